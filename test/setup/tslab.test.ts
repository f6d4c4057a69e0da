import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { projectAt } from '../../src/setup/steps.mjs';
import { mendConverter, notebookKernel } from '../../src/setup/tslab.mjs';

/** tslab's converter of cells, as much of it as is used here. */
interface Converter {
  convert(declarations: string, source: string): { output: string; declOutput: string; diagnostics: { messageText: string }[] };
  close(): void;
}

const root = path.join(__dirname, '..', '..');
const folder = mkdtempSync(path.join(tmpdir(), 'taskloom-tslab-'));
let converter: Converter;

beforeAll(async () => {
  // A copy of the kernel, mended by the step of the set-up as on a fresh machine.
  const kernel = path.join(folder, 'node_modules', 'tslab');
  cpSync(path.join(root, 'node_modules', 'tslab'), kernel, { recursive: true, filter: (from) => !from.endsWith('node_modules') });
  symlinkSync(path.join(root, 'node_modules'), path.join(kernel, 'node_modules'));
  const step = notebookKernel(projectAt(folder));
  if (!(await step.ready())) await step.make();
  expect(await step.ready()).toBe(true);
  const { createConverter } = createRequire(__filename)(path.join(kernel, 'dist', 'converter.js')) as {
    createConverter(options: object): Converter;
  };
  converter = createConverter({ cwd: root, isJS: false, isBrowser: false });
}, 60_000);

afterAll(() => {
  converter?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What cells leave in `exports`, run one after the other. */
function run(...cells: string[]): Record<string, unknown> {
  const exports: Record<string, unknown> = {};
  let declarations = '';
  for (const cell of cells) {
    const { output, declOutput, diagnostics } = converter.convert(declarations, cell);
    expect(diagnostics.map(({ messageText }) => messageText)).toEqual([]);
    runInNewContext(output, { exports });
    declarations = `${declarations}\n${declOutput}`;
  }
  return exports;
}

it('a shorthand property may name a variable of an earlier cell, at any depth, beside those of its own cell', () => {
  const cells = ['let methods = { a: 1 }; let seeds = 3;', 'const own = 7; let made = { methods, own, inner: [{ seeds }] };'];
  expect(run(...cells).made).toEqual({ methods: { a: 1 }, own: 7, inner: [{ seeds: 3 }] });
  expect(run('let seeds = 3;', 'function inner(seeds: number) { return { seeds }; }\nlet made = [inner(5), { seeds }];').made).toEqual([
    { seeds: 5 },
    { seeds: 3 },
  ]);
});

it('and so may a destructuring assignment, with and without a default', () => {
  const { x, y } = run('let x = 1; let y = 2; let z = 5;', '({ x, y = z } = { x: 4 } as { x: number; y?: number });');
  expect([x, y]).toEqual([4, 5]);
});

it('leaves another version and unknown code as they are, and mends once only', async () => {
  const source = readFileSync(path.join(folder, 'node_modules', 'tslab', 'dist', 'converter.js'), 'utf8');
  expect(mendConverter(source)).toBe(source);
  expect(mendConverter('something else')).toBe('something else');
  const other = path.join(folder, 'other');
  mkdirSync(path.join(other, 'node_modules', 'tslab', 'dist'), { recursive: true });
  writeFileSync(path.join(other, 'node_modules', 'tslab', 'package.json'), '{"version":"9.0.0"}');
  expect(await notebookKernel(projectAt(other)).ready()).toBe(true);
});
