import { describe, expect, it } from 'vitest';
import { compareArguments, numberOf, parseStrictly } from '../../src/cli/compare-arguments';
import { inFlags } from '../../src/cli/compare-command';
import { UsageError } from '../../src/cli/usage';

describe('options of taskloom compare', () => {
  it('sorts texts, numbers and flags', () => {
    const given = compareArguments(['t.csv', '--seeds', '-1', '--lr=-.5', '--test', '.2', '--quiet', '--delimiter', ';']);
    expect(given).toEqual({
      file: 't.csv',
      text: { seeds: '-1', delimiter: ';' },
      number: { lr: -0.5, test: 0.2 },
      flag: { quiet: true },
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
    expect(inFlags('compare: batchSize must be an integer of at least 1, got 0')).toBe(
      '--batch-size must be an integer of at least 1, got 0',
    );
    expect(inFlags("mlp(options): option 'sizes' must be an array, got 0")).toBe('--trunk must be an array, got 0');
    expect(inFlags('Cannot build task data: groups names column "who"')).toBe('--groups names column "who"');
    expect(inFlags("cagrad(options): option 'c' must be number >= 0")).toBe("--methods: option 'c' of cagrad must be number >= 0");
    expect(inFlags('compare: seed 3 is there twice')).toBe('compare: seed 3 is there twice');
  });
});
