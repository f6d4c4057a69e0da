import { expect, test } from 'vitest';
import { cagrad, famo, mgda, nashmtl, pcgrad, sdmgrad, sum } from '../../src/balancing';
import { describeOptions, nearest, numberOption } from '../../src/options/spec';

test('unknown options name the nearest one', () => {
  expect(() => pcgrad({ ordre: 'index' } as never)).toThrow(
    new TypeError("pcgrad(options): unknown option 'ordre'; did you mean 'order'? It has order, reduction"),
  );
  expect(() => sum({ c: 1 } as never)).toThrow(new TypeError("sum(options): unknown option 'c'; it has no options"));
  expect(() => sum([] as never)).toThrow(TypeError);
});

test('values of the wrong type or out of range name the option, what is expected and what was given', () => {
  expect(() => cagrad({ c: -1 })).toThrow(new RangeError("cagrad(options): option 'c' must be number >= 0, got -1"));
  expect(() => cagrad({ c: Number.NaN })).toThrow(RangeError);
  expect(() => cagrad({ c: Number.POSITIVE_INFINITY })).toThrow(RangeError);
  expect(() => cagrad({ c: '1' as never })).toThrow(new TypeError('cagrad(options): option \'c\' must be number >= 0, got "1"'));
  expect(() => cagrad({ c: null as never })).toThrow(TypeError);
  expect(() => sdmgrad({ iterations: 1.5 })).toThrow(new RangeError("sdmgrad(options): option 'iterations' must be integer >= 1, got 1.5"));
  expect(() => sdmgrad({ momentum: 1 })).toThrow(/number >= 0 and < 1/);
  expect(() => nashmtl({ maxNorm: 0 })).toThrow(/number > 0 \| null/);
  expect(() => famo({ minLosses: 3 as never })).toThrow(TypeError);
  expect(() => famo({ minLosses: [0, Number.NaN] })).toThrow(RangeError);
  expect(() => mgda({ norm: 3 as never })).toThrow(TypeError);
});

test('defaults fill in, null stays null', () => {
  expect(nashmtl().options).toEqual({ maxNorm: 1, every: 1 });
  expect(nashmtl({ maxNorm: null }).options).toEqual({ maxNorm: null, every: 1 });
});

test('options as data', () => {
  expect(describeOptions<{ x?: number }>({ x: numberOption(2, 'an x', { above: 0, max: 5 }) })).toEqual([
    { name: 'x', type: 'number > 0 and <= 5', default: 2, doc: 'an x' },
  ]);
  expect(nearest('lambd', ['c', 'lambda', 'rho'])).toBe('lambda');
});
