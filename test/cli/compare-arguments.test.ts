import { describe, expect, it } from 'vitest';
import { cagrad } from '../../src/balancing';
import { compareArguments, numberOf, parseStrictly } from '../../src/cli/compare-arguments';
import { compareHelp } from '../../src/cli/compare-help';
import { allFlags, inFlags, noteInFlags } from '../../src/cli/flags';
import { UsageError } from '../../src/cli/usage';
import { readCsv, taskData } from '../../src/data';
import { mlp } from '../../src/models/encoders/mlp';
import { binary } from '../../src/tasks/kinds/binary';
import { checkSettings } from '../../src/training/settings';

/** What the command line says of what the library refuses. */
function said(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return inFlags(error as Error);
  }
  throw new Error('nothing was refused');
}

describe('options of taskloom compare', () => {
  it('sorts texts, flags and options', () => {
    const given = compareArguments(['t.csv', '--seeds', '-1', '--lr=-.5', '--test', '.2', '--quiet', '--delimiter', ';']);
    expect(given).toEqual({
      file: 't.csv',
      text: { delimiter: ';' },
      flag: { quiet: true },
      options: { seeds: -1, learningRate: -0.5, test: 0.2 },
    });
  });

  it('refuses what is unknown, valueless or valued', () => {
    expect(() => compareArguments(['--batchsize', '4'])).toThrow(
      /^unknown option --batchsize \(did you mean "--batch-size"\?\); options: --tasks, /,
    );
    expect(() => compareArguments(['--json', '--quiet'])).toThrow(new UsageError('--json needs a value'));
    expect(() => parseStrictly(['--json=yes'], { json: { type: 'boolean' } })).toThrow(/--json' does not take an argument/);
    expect(() => numberOf('--lr', ' ')).toThrow('--lr must be a number, got " "');
  });

  it('puts messages of the library in its own words', () => {
    const table = { x: ['a', 'b', 'c'], y: [0, 1, 0] };
    expect(said(() => checkSettings('compare', { batchSize: 0 }))).toBe('--batch-size must be an integer of at least 1, got 0');
    expect(said(() => checkSettings('compare', { patience: 3, validation: 0 }))).toBe(
      '--patience needs validation rows; set --validation above 0, got 0',
    );
    expect(said(() => mlp(0 as never))).toMatch(/^--trunk must be an array/);
    expect(said(() => taskData(table, { tasks: { y: binary() }, groups: 'who' }))).toMatch(/^--groups names column "who"/);
    expect(said(() => cagrad({ c: -1 }))).toBe("--methods: option 'c' of cagrad must be number >= 0, got -1");
    expect(said(() => binary({ lossWeight: 0 }))).toMatch(/^--tasks: option 'lossWeight' of binary must be/);
    expect(inFlags(new RangeError('compare: seed 3 is there twice'))).toBe('compare: seed 3 is there twice');
  });

  it('says what to do in flags: markers, columns that look like names, another separator, no header', () => {
    const many = Array.from({ length: 60 }, (_, i) => `person ${i}`);
    const y = many.map((_, i) => i % 2);
    expect(said(() => taskData({ who: many, y }, { tasks: { y: binary() } }))).toMatch(
      /leave it out \(--ignore who\) or, if these are categories, say so \(--categorical who\)$/,
    );
    const { notes } = taskData({ id: y.map((_, i) => i + 1), y }, { tasks: { y: binary() } });
    expect(notes.map(noteInFlags)[0]).toMatch(/if it is an identifier, leave it out \(--ignore id\)$/);
    const gaps = y.map((_, i) => (i % 9 === 0 ? 'N/A' : i % 7 === 0 ? '?' : i));
    expect(said(() => taskData({ gaps, y }, { tasks: { y: binary() } }))).toMatch(/declare it: --missing 'N\/A,\?'$/);
    expect(said(() => readCsv(Buffer.from('a;b\n1;2\n')))).toMatch(/pass --delimiter ';'$/);
    expect(said(() => readCsv(Buffer.from('5.1,3.5\n4.9,3.0\n')))).toMatch(/say that there is none: --no-header, or/);
  });

  it('reads every option of the table of settings and of the study from its flag', () => {
    const { options } = compareArguments(
      '--epochs 3 --lr 0.1 --stopping per-task --start glorot --keep runs --seeds 3,7 --margin .02 --primary hard'.split(' '),
    );
    expect(options).toEqual({
      epochs: 3,
      learningRate: 0.1,
      stopping: 'perTask',
      start: 'glorot',
      directory: 'runs',
      seeds: [3, 7],
      margin: 0.02,
      primary: 'hard',
    });
    for (const { name } of allFlags) if (name !== 'help') expect(compareHelp).toMatch(new RegExp(`^  --${name}\\b`, 'm'));
    expect(compareHelp).toMatch(/--validation X .*\(default: 0\.15 with --patience, per-task/);
    expect(compareHelp).not.toMatch(/[\uE000-\uE002]|undefined/);
    for (const line of compareHelp.split('\n')) expect(line.length).toBeLessThanOrEqual(130);
  });
});
