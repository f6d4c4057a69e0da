import { describe, expect, it } from 'vitest';
import { binary, multiclass, regression, tagging } from '../../src/tasks';

describe('task factories', () => {
  it('make plain specifications, without keys that were not given', () => {
    expect(binary()).toEqual({ kind: 'binary' });
    expect(multiclass({ column: 'c', classWeights: 'balanced' })).toEqual({ kind: 'multiclass', column: 'c', classWeights: 'balanced' });
    expect(regression({ column: 'y' })).toEqual({ kind: 'regression', column: 'y' });
    expect(tagging({ classWeights: { O: 0.1 } })).toEqual({ kind: 'tagging', classWeights: { O: 0.1 } });
    expect(binary({ positive: false })).toEqual({ kind: 'binary', positive: false });
  });

  it('refuse unknown options with the nearest known one', () => {
    expect(() => binary({ postive: 1 } as never)).toThrow(
      new TypeError(
        "binary(options): unknown option 'postive'; did you mean 'positive'? It has column, positive, classWeights, lossWeight, metric",
      ),
    );
    expect(() => regression({ positive: 1 } as never)).toThrow("regression(options): unknown option 'positive'");
    expect(() => multiclass('age' as never)).toThrow('multiclass(options): options must be an object, got "age"');
  });

  it('refuse options of the wrong type or out of range', () => {
    expect(() => tagging({ column: 3 as never })).toThrow("tagging(options): option 'column' must be the name of a column, got 3");
    expect(() => binary({ positive: [1] as never })).toThrow("'positive' must be one of the two label values, got [1]");
    expect(() => multiclass({ classWeights: 'balance' as never })).toThrow(
      `'classWeights' must be 'balanced', or an object with a finite number >= 0 for each class, got "balance"`,
    );
    expect(() => multiclass({ classWeights: { a: -1 } })).toThrow(RangeError);
    expect(() => multiclass({ classWeights: { a: Number.NaN } })).toThrow(RangeError);
  });
});
