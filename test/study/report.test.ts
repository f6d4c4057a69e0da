import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { madeComparison } from './support/made-comparison';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'taskloom-report-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const means = { single: [0.7, 0.9], 'a|b <i>': [0.8, 0.8], pcgrad: [0.6, 1] };

describe('report', () => {
  it('is one page with everything in it', () => {
    const comparison = madeComparison({ means });
    const file = join(directory, 'deep', 'x.html');
    const html = comparison.report({ file, title: 'My study' });
    expect(readFileSync(file, 'utf8')).toBe(html);
    const page = html.replace(/<script>[\s\S]*?<\/script>/g, '');
    expect(page).not.toMatch(/\b(src|href)=/);
    const { document } = new JSDOM(page).window;
    expect(document.querySelector('h1')!.textContent).toBe('My study');
    expect([...document.querySelectorAll('h2')].map((h) => h.textContent)).toEqual([
      'What was found',
      'The tests',
      'Data',
      'Design',
      'Methods',
      'How to repeat it',
    ]);
    expect(document.querySelectorAll('[data-figure]')).toHaveLength(3);
    const text = document.body.textContent!;
    for (const { sentence } of comparison.verdicts()) expect(text).toContain(sentence);
    expect(text).toContain('Caruana (1997) Multitask Learning');
    expect(text).toContain('arXiv 2001.06782');
    expect(text).toContain('Node v20');
    // Names are text, not mark-up.
    expect(document.querySelector('td i')).toBeNull();
    expect(text).toContain('a|b <i>');
  });

  it('tells how to repeat the study, in code', () => {
    const { window } = new JSDOM(
      madeComparison({ means })
        .report()
        .replace(/<script>[\s\S]*?<\/script>/g, ''),
    );
    const code = window.document.querySelector('pre')!.textContent!;
    expect(code).toContain('"pcgrad": tl.architectures.hardSharing.fromOptions({ trunk: tl.mlp([8]) }).with(tl.balancers.pcgrad())');
    expect(code).toContain('seeds: [0,1,2,3,4,5,6,7,8,9]');
    expect(code).toContain('tl.taskData(frame, { tasks: { "t0": tl.binary(), "t1": tl.regression() } })');
  });

  it('lists failed runs', () => {
    const comparison = madeComparison({
      means,
      change: (run) => (run.seed === 4 && run.method === 'pcgrad' ? { ...run, metrics: {}, failure: 'the loss became NaN' } : run),
    });
    expect(comparison.report()).toContain('the loss became NaN');
    expect(comparison.markdown()).toContain('the loss became NaN');
  });

  it('has a Markdown form, with figures beside the file', () => {
    const comparison = madeComparison({ means });
    const file = join(directory, 'my study.md');
    const markdown = comparison.markdown({ file });
    expect(readFileSync(file, 'utf8')).toBe(markdown);
    for (const name of ['gains', 'scores', 'curves']) {
      expect(markdown).toContain(`(my%20study-${name}.svg)`);
      expect(readFileSync(join(directory, `my study-${name}.svg`), 'utf8')).toMatch(/^<svg/);
    }
    // Pipes in names must not break tables: as many cells in every line of a table.
    const lines = markdown.split('\n').filter((line) => line.startsWith('| '));
    const cells = (line: string): number => line.replace(/\\\|/g, '').split('|').length;
    expect(new Set(lines.filter((line) => line.includes('not enough') || line.includes('positive')).map(cells)).size).toBe(1);
    expect(comparison.markdown()).not.toContain('.svg');
  });

  it('refuses options that do not exist', () => {
    const comparison = madeComparison({ means });
    expect(() => comparison.report({ fiel: 'x' } as never)).toThrow(/unknown option "fiel".*did you mean "file"/);
    expect(() => comparison.report({ file: '' })).toThrow(/file must be the path/);
    expect(existsSync(join(directory, 'x'))).toBe(false);
  });

  it('works for one method and for no finished run', () => {
    expect(madeComparison({ means: { single: [0.7, 0.9] } }).report()).toContain('What was found');
    expect(madeComparison({ means, rest: { runs: [] } }).markdown()).toContain('How to repeat it');
  });
});
