import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompareResult, MethodResult } from '../../src/cli/result';
import { fromJSON } from '../../src/study/comparison';
import type { ComparisonData } from '../../src/study/comparison-data';
import { type Command, compileCommand, root } from './taskloom';

let command: Command;
const emotions = join(root, 'data', 'emotions.csv');

/** 40 rows of two numbers, a text, a binary label and a real one; every fifth label of `price` is missing. */
function table(
  options: { readonly separator?: string; readonly eol?: string; readonly bom?: boolean; readonly header?: boolean } = {},
): string {
  const { separator = ',', eol = '\n', bom = false, header = true } = options;
  const lines = Array.from({ length: 40 }, (_, i) => {
    const [x, y] = [Math.sin(i * 1.7), Math.cos(i * 2.3)];
    const name = i % 3 === 0 ? `"red${separator} dark"` : 'blue';
    return [x.toFixed(4), y.toFixed(4), name, x + y > 0 ? 1 : 0, i % 5 === 0 ? 'NA' : (x - y).toFixed(4)].join(separator);
  });
  const names = ['x', 'y', 'color', 'ripe', 'price'].join(separator);
  return `${bom ? '\ufeff' : ''}${[...(header ? [names] : []), ...lines].join(eol)}${eol}`;
}

const quick = ['--seeds', '2', '--epochs', '2', '--trunk', '4', '--batch-size', '8'];
const tasks = ['--tasks', 'ripe=binary,price=regression'];

beforeAll(() => {
  command = compileCommand();
  command.write('t.csv', table());
}, 120_000);
afterAll(() => command.remove());

describe('taskloom compare', () => {
  it('writes a result that fromJSON reads, a page, and prints the table and verdicts', async () => {
    const { code, stdout, stderr } = await command.run([
      'compare',
      't.csv',
      ...tasks,
      ...quick,
      '--methods',
      'single,hard,hard+pcgrad:order=index',
      '--json',
      'r.json',
      '--html',
      'r.html',
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toContain('hard+pcgrad:order=index');
    const result = JSON.parse(readFileSync(join(command.folder, 'r.json'), 'utf8'));
    const methods = result.methods as MethodResult[];
    expect(methods.map(({ name }) => name)).toEqual(['single', 'hard', 'hard+pcgrad:order=index']);
    // A trunk of 4 on 2 numbers and 2 colors, and a head of 1: (4 * 4 + 4) + (4 + 1) for each of two networks; shared, with two heads.
    expect(methods.map(({ parameters }) => parameters)).toEqual([50, 30, 30]);
    for (const method of methods) {
      expect(method.seconds).toBeGreaterThan(0);
      // 28 training rows in batches of 8 are 4 steps an epoch, for 2 epochs and 2 seeds. Of single-task learning's 2 networks, that of
      // `price` has labels on at most 24 of them: 3 steps.
      expect(method.stepsPerSecond * method.seconds).toBeCloseTo(method.separate ? 28 : 16, 6);
    }
    const restored = fromJSON(result);
    expect(restored.verdicts().map(({ sentence }) => sentence)).toEqual((result as CompareResult).verdicts.map(({ sentence }) => sentence));
    for (const { method, seed, metrics } of restored.data.runs)
      expect(methods.find(({ name }) => name === method)!.tasks.price![seed]!.rmse).toBe(metrics.price!.rmse);
    const page = readFileSync(join(command.folder, 'r.html'), 'utf8');
    expect(page).toContain('Comparison on t.csv');
    expect(page).not.toMatch(/<script[^>]+src=|<link/);
  });

  it.skipIf(!existsSync('/dev/full'))('loses nothing on a full disk: what cannot be written is printed', async () => {
    const { code, stdout, stderr } = await command.run([
      'compare',
      't.csv',
      ...tasks,
      ...quick,
      '--json',
      '/dev/full',
      '--html',
      'kept.html',
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^taskloom: cannot write \/dev\/full: ENOSPC.*; what should be in it is on standard output\n$/);
    const [table, json] = [stdout.slice(0, stdout.indexOf('\n{\n')), stdout.slice(stdout.indexOf('\n{\n'))];
    expect(table).toContain('ripe');
    expect(fromJSON(JSON.parse(json)).data.runs).toHaveLength(4);
    expect(readFileSync(join(command.folder, 'kept.html'), 'utf8')).toContain('Comparison on t.csv');

    const page = await command.run(['compare', 't.csv', ...tasks, ...quick, '--quiet', '--json', 'kept.json', '--html', '/dev/full']);
    expect(page).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^taskloom: cannot write \/dev\/full: ENOSPC/) });
    expect(fromJSON(JSON.parse(readFileSync(join(command.folder, 'kept.json'), 'utf8'))).data.runs).toHaveLength(4);

    // Standard output itself on a full disk.
    const shell = await command.script(`
      const { openSync } = require('node:fs');
      const { dirname, join } = require('node:path');
      const main = join(dirname(require.resolve('taskloom/package.json')), 'dist', 'cli', 'main.js');
      const args = ${JSON.stringify(['compare', 't.csv', ...tasks, ...quick])};
      const { stderr, status } = require('node:child_process').spawnSync(process.execPath, [main, ...args], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] });
      console.log(JSON.stringify({ stderr: String(stderr), status }));
    `);
    const { stderr: shown, status } = JSON.parse(shell.stdout) as { stderr: string; status: number };
    expect(status).toBe(1);
    expect(shown).toContain(table.split('\n')[0]);
    expect(shown).toMatch(/taskloom: cannot write to standard output: ENOSPC/);
    expect(shown).not.toMatch(/\n\s+at /);
  });

  it('gives the same numbers for the same table in another dialect', async () => {
    command.write('dialect.csv', table({ separator: ';', eol: '\r\n', bom: true }));
    command.write('bare.csv', table({ header: false }));
    const runs = await Promise.all([
      command.run(['compare', 't.csv', ...tasks, ...quick, '--json', 'a.json', '--quiet']),
      command.run(['compare', 'dialect.csv', ...tasks, ...quick, '--delimiter', ';', '--json', 'b.json', '--quiet']),
      command.run(['compare', 'bare.csv', '--tasks', 'c4=binary,c5=regression', ...quick, '--no-header', '--json', 'c.json', '--quiet']),
    ]);
    for (const run of runs) expect(run).toEqual({ code: 0, stdout: '', stderr: '' });
    const scores = ['a', 'b', 'c'].map((name) => {
      const result = JSON.parse(readFileSync(join(command.folder, `${name}.json`), 'utf8')) as ComparisonData;
      return result.runs.map(({ metrics }: { metrics: object }) => Object.values(metrics));
    });
    expect(scores[1]).toEqual(scores[0]);
    // Tasks of other names: their heads start from other values.
    expect(scores[2]).toHaveLength(4);
  });

  it('starts at the best constant prediction, or with --start glorot at a random guess', async () => {
    const errors = async (...more: readonly string[]): Promise<number[]> => {
      // Steps of this length change nothing.
      const args = ['compare', 't.csv', ...tasks, ...quick, '--lr', '1e-12', ...more, '--json', 's.json', '--html', 's.html', '--quiet'];
      expect(await command.run(args)).toEqual({ code: 0, stdout: '', stderr: '' });
      const { runs } = JSON.parse(readFileSync(join(command.folder, 's.json'), 'utf8')) as ComparisonData;
      return runs.map(({ metrics }) => metrics.price!.relativeRmse!);
    };
    const code = "start: 'glorot'";
    // An error of 1 is that of the training rows' mean.
    for (const error of await errors()) expect(error).toBeCloseTo(1, 1);
    expect(readFileSync(join(command.folder, 's.html'), 'utf8')).not.toContain(code);
    expect(Math.max(...(await errors('--start', 'glorot')))).toBeGreaterThan(1.1);
    expect(readFileSync(join(command.folder, 's.html'), 'utf8')).toContain(code);
  });

  it('takes given splits, and reads a negative number as a value', async () => {
    const half = (from: number): number[] => Array.from({ length: 20 }, (_, i) => from + i);
    command.write('splits.json', JSON.stringify({ 4: { train: half(0), test: half(20) }, 9: { train: half(20), test: half(0) } }));
    const { code, stderr } = await command.run([
      'compare',
      't.csv',
      ...tasks,
      '--epochs',
      '2',
      '--trunk',
      '4',
      '--batch-size',
      '8',
      '--splits',
      'splits.json',
      '--json',
      'given.json',
      '--quiet',
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const comparison = JSON.parse(readFileSync(join(command.folder, 'given.json'), 'utf8'));
    expect(comparison.seeds).toEqual([4, 9]);
    expect(comparison.runs[0].testRows).toBe(20);
    expect(await command.run(['compare', 't.csv', ...tasks, '--seeds', '-1'])).toMatchObject({
      code: 2,
      stderr: 'taskloom: --seeds must be an integer of at least 1 and at most 100000, got -1\n',
    });
  });

  it('reads Latin-1, and categories where it is told to', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 5},K${i}\u00f6ln,${i % 2}`);
    command.write('latin.csv', Buffer.from(`ma\u00df,ort,y\n${rows.join('\n')}\n`, 'latin1'));
    const args = ['compare', 'latin.csv', '--tasks', 'y=binary', '--encoding', 'latin1', ...quick, '--json', 'latin.json', '--quiet'];
    expect(await command.run([...args, '--categorical', 'ma\u00df', '--ignore', 'ort'])).toEqual({ code: 0, stdout: '', stderr: '' });
    const result = JSON.parse(readFileSync(join(command.folder, 'latin.json'), 'utf8')) as CompareResult;
    // Five categories into a trunk of 4 and a head of 1: (5 * 4 + 4) + (4 + 1); as a number it would be 13.
    expect(result.methods[0]!.parameters).toBe(29);
    expect((await command.run(args)).stderr).toMatch(/"ort": it holds text .* 60 distinct values.*ignore.*categorical/);
  });

  it('says 1 where every run of a method diverges, and writes what there is', async () => {
    const { code, stdout } = await command.run(['compare', 't.csv', ...tasks, ...quick, '--lr', '1e30', '--json', 'diverged.json']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/diverged in epoch 1/);
    expect(command.files()).toContain('diverged.json');
  });

  it('stops when it is interrupted, and writes the runs that are finished', async () => {
    const long = ['--methods', 'single,hard+nashmtl', '--seeds', '2', '--epochs', '30000', '--trunk', '4', '--batch-size', '8'];
    const result = await command.run(['compare', 't.csv', ...tasks, ...long, '--json', 'stopped.json'], {}, 12_000);
    expect(result.code).toBe(130);
    const text = result.stdout + result.stderr;
    expect(text).toMatch(/interrupted/);
    expect(command.files().includes('stopped.json')).toBe(!text.includes('nothing is written'));
  });

  it('runs on a table of the package', async () => {
    const { code, stdout } = await command.run([
      'compare',
      emotions,
      '--tasks',
      'amazed=binary,happy=binary',
      '--ignore',
      'relaxing,quiet,sad,angry',
      '--seeds',
      '0,5',
      '--epochs',
      '1',
      '--trunk',
      '8',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/amazed rocAuc/);
  });
});

describe('bad input: exit code 2, one clear message, nothing written', () => {
  const cases: [what: string, args: string[], message: RegExp][] = [
    ['no command', [], /no command given/],
    ['an unknown command', ['comapre'], /unknown command "comapre" \(did you mean "compare"\?\)/],
    ['no table', ['compare'], /compare needs a table/],
    ['two tables', ['compare', 't.csv', 'u.csv', ...tasks], /expected one table, got 2: t\.csv, u\.csv/],
    ['a file that is not there', ['compare', 'tt.csv', ...tasks], /tt\.csv: there is no such file/],
    ['an empty file', ['compare', 'empty.csv', ...tasks], /empty\.csv as CSV: it is empty/],
    ['no rows', ['compare', 'header.csv', ...tasks], /header\.csv as CSV: it has a header and no rows/],
    ['a line with too many cells', ['compare', 'ragged.csv', ...tasks], /data row 1 .* has 6 cells, the header has 5/],
    ['a column that is there twice', ['compare', 'twice.csv', '--tasks', 'b=binary'], /column "a" is there 2 times/],
    ['a missing header', ['compare', 'numbers.csv', ...tasks], /first line holds numbers .*--no-header/],
    ['another delimiter', ['compare', 'semicolon.csv', ...tasks], /--delimiter/],
    ['no tasks', ['compare', 't.csv'], /--tasks is needed.*the table has x, y, color, ripe, price/],
    ['an unknown column', ['compare', 't.csv', '--tasks', 'rip=binary'], /column "rip", which is not among the table's 5 columns.*"ripe"/],
    ['an unknown kind', ['compare', 't.csv', '--tasks', 'ripe=binray'], /"ripe" has the kind "binray" \(did you mean "binary"\?\)/],
    ['a task without a kind', ['compare', 't.csv', '--tasks', 'ripe,price=regression'], /"ripe" has no kind; write ripe=binary/],
    ['a task twice', ['compare', 't.csv', '--tasks', 'ripe=binary,ripe=regression'], /"ripe" is there twice/],
    ['text for a regression', ['compare', 't.csv', '--tasks', 'color=regression'], /color.*blue|color.*red, dark/],
    ['three values for a binary task', ['compare', 'classes.csv', '--tasks', 'three=binary'], /three.*3 .*values/],
    ['one value for a binary task', ['compare', 'classes.csv', '--tasks', 'one=binary'], /one.*1 .*value/],
    ['no label at all', ['compare', 'classes.csv', '--tasks', 'none=regression'], /none.*no label|none.*missing/],
    ['an unknown input', ['compare', 't.csv', ...tasks, '--inputs', 'x,z'], /--inputs names column "z"/],
    ['an unknown ignored column', ['compare', 't.csv', ...tasks, '--ignore', 'colr'], /--ignore names column "colr".*"color"/],
    [
      'an unknown rule of stopping',
      ['compare', 't.csv', ...tasks, '--stopping', 'task'],
      /--stopping must be joint or per-task, got "task"/,
    ],
    ['an unknown start', ['compare', 't.csv', ...tasks, '--start', 'zero'], /--start must be constant or glorot, got "zero"/],
    ['an unknown group column', ['compare', 't.csv', ...tasks, '--groups', 'who'], /--groups names column "who"/],
    [
      'an unknown method',
      ['compare', 't.csv', ...tasks, '--methods', 'singel'],
      /unknown architecture "singel" \(did you mean "single"\?\)/,
    ],
    [
      'an unknown balancing',
      ['compare', 't.csv', ...tasks, '--methods', 'hard+pcgard'],
      /balancing method "pcgard" \(did you mean "pcgrad"\?\)/,
    ],
    ['an unknown option of a method', ['compare', 't.csv', ...tasks, '--methods', 'hard+cagrad:d=1'], /unknown option "d"/],
    [
      'a bad value of an option',
      ['compare', 't.csv', ...tasks, '--methods', 'hard+cagrad:c=much'],
      /--methods: option 'c' of cagrad must be number.*got "much"/,
    ],
    ['a method twice', ['compare', 't.csv', ...tasks, '--methods', 'hard,hard'], /"hard" is there twice/],
    ['an unknown option', ['compare', 't.csv', ...tasks, '--epoch', '5'], /unknown option --epoch \(did you mean "--epochs"\?\)/],
    ['an option without value', ['compare', 't.csv', ...tasks, '--epochs'], /--epochs needs a value/],
    ['seeds 0', ['compare', 't.csv', ...tasks, '--seeds', '0'], /--seeds must be an integer of at least 1 and at most 100000, got 0/],
    ['repeated seeds', ['compare', 't.csv', ...tasks, '--seeds', '3,3'], /seed 3 is there twice/],
    ['a seed that is no number', ['compare', 't.csv', ...tasks, '--seeds', 'five'], /--seeds must be a number, got "five"/],
    ['epochs 0', ['compare', 't.csv', ...tasks, '--epochs', '0'], /--epochs must be an integer of at least 1, got 0/],
    ['a batch larger than the data', ['compare', 't.csv', ...tasks, '--batch-size', '4000'], /batch.?size.*28.*4000/i],
    ['a learning rate that is none', ['compare', 't.csv', ...tasks, '--lr', 'fast'], /--lr must be a number, got "fast"/],
    ['a test share of 1', ['compare', 't.csv', ...tasks, '--test', '1'], /--test must be a number in/],
    ['a trunk without width', ['compare', 't.csv', ...tasks, '--trunk', '8,0'], /--trunk must be .*integer >= 1, got \[8,0\]/],
    ['an unknown baseline', ['compare', 't.csv', ...tasks, '--baseline', 'sinlge'], /baseline "sinlge" is none of the methods/],
    ['splits that are not there', ['compare', 't.csv', ...tasks, '--splits', 'no.json'], /--splits: cannot read no\.json/],
    ['splits that are no JSON', ['compare', 't.csv', ...tasks, '--splits', 't.csv'], /--splits: t\.csv is not valid JSON/],
    [
      'a split out of range',
      ['compare', 't.csv', ...tasks, '--splits', 'range.json'],
      /"test" holds 40 at position 1; the table's 40 rows have indices 0 to 39/,
    ],
    ['a split that overlaps', ['compare', 't.csv', ...tasks, '--splits', 'overlap.json'], /row 1 is in "train" and in "test"/],
    [
      'a folder that is not there',
      ['compare', 't.csv', ...tasks, '--json', 'no/r.json'],
      /--json: cannot write no\/r\.json: there is no folder/,
    ],
    ['the table as output', ['compare', 't.csv', ...tasks, '--html', './t.csv'], /--html would overwrite the table/],
    ['an argument of methods', ['methods', 'all'], /methods takes no "all"/],
  ];
  let before: string[];

  beforeAll(() => {
    command.write('empty.csv', '');
    command.write('header.csv', 'x,y,color,ripe,price\n');
    command.write('ragged.csv', 'x,y,color,ripe,price\n1,2,a,0,1\n1,2,a,0,1,7\n');
    command.write('twice.csv', 'a,b,a\n1,0,1\n2,1,2\n');
    command.write(
      'numbers.csv',
      table({ header: false })
        .replace(/"red, dark"|blue/g, '0.5')
        .replace(/NA/g, '1.5'),
    );
    command.write('semicolon.csv', table({ separator: ';' }));
    command.write('classes.csv', `x,three,one,none\n${Array.from({ length: 12 }, (_, i) => `${i / 7},${i % 3},1,`).join('\n')}\n`);
    command.write('range.json', JSON.stringify({ 0: { train: [0, 1], test: [2, 40] } }));
    command.write('overlap.json', JSON.stringify({ 0: { train: [0, 1], test: [1, 2] } }));
    before = command.files();
  });

  it.each(cases)('%s', async (_, args, message) => {
    const outputs = args[0] === 'compare' && !args.includes('--json') && args.length > 1 ? ['--json', 'out.json'] : [];
    const { code, stdout, stderr } = await command.run([...args, ...outputs]);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n {4}at /);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(command.files()).toEqual(before);
  });
});
