import { expect, test } from 'vitest';
import { cagrad, famo, mgda, nashmtl, pcgrad, sdmgrad, sum } from '../../src/balancing';
import { optionError, optionName, optionSetting, saidOf, withOptionNames } from '../../src/options/option-error';
import {
  type CallSpecs,
  COUNT,
  choiceOption,
  defaultText,
  describeOptions,
  listOption,
  nearest,
  numberOption,
  optional,
  readCall,
} from '../../src/options/spec';

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

interface CallOptions {
  readonly count?: number;
  readonly way?: 'near' | 'far';
  readonly share?: number;
  readonly list?: readonly number[];
}

const specs: CallSpecs<CallOptions, 'share'> = {
  count: numberOption(3, 'how many', COUNT),
  way: choiceOption('near', ['near', 'far'], 'which way'),
  share: optional(numberOption(0.5, 'a share', { above: 0, below: 1 }), 'half of them'),
  list: listOption([1], 'some', { min: 0 }),
};

test('options of a call: defaults fill in, what may be absent stays absent, messages name the call, the option and the entry', () => {
  const read = (options: object, under?: string) => readCall<CallOptions, 'share'>('call', specs, options, under);
  expect(read({})).toEqual({ count: 3, way: 'near', list: [1] });
  expect(read({ share: 0.1, count: undefined })).toEqual({ count: 3, way: 'near', share: 0.1, list: [1] });
  expect(() => read({ count: 0 })).toThrow(new RangeError('call: count must be an integer of at least 1, got 0'));
  expect(() => read({ count: '3' })).toThrow(new TypeError('call: count must be an integer of at least 1, got "3"'));
  expect(() => read({ count: null })).toThrow(new TypeError('call: count must be an integer of at least 1, got null'));
  expect(() => read({ share: 1 })).toThrow(new RangeError('call: share must be a number in (0, 1), got 1'));
  expect(() => read({ list: [1, -2] })).toThrow(new RangeError('call: list[1] must be a number at least 0, got -2'));
  expect(() => read({ list: [] })).toThrow('call: list must be a non-empty array, each a number at least 0, got an array of 0');
  expect(() => read({ way: 'nera' }, 'inner')).toThrow(
    new RangeError(`call: inner.way must be 'near' or 'far', got "nera" (did you mean "near"?)`),
  );
  expect(() => read({ coun: 1 })).toThrow(
    new TypeError('call: unknown option "coun" (did you mean "count"?); options: count, way, share, list'),
  );
  expect(() => read([] as never)).toThrow('call: expected an object of options, got an array of 0; options: count');
  expect(defaultText(specs.share)).toBe('half of them');
});

test('a table that lacks an option, has one too many or one of another type is no table', () => {
  // @ts-expect-error `way` has no specification
  const lacking: CallSpecs<{ readonly count?: number; readonly way?: string }> = { count: specs.count };
  // @ts-expect-error nobody knows `other`
  const more: CallSpecs<{ readonly count?: number }> = { count: specs.count, other: specs.count };
  // @ts-expect-error a number is no text
  const wrong: CallSpecs<{ readonly count?: string }> = { count: specs.count };
  // @ts-expect-error what may be absent has to be named
  const absent: CallSpecs<{ readonly share?: number }> = { share: specs.share };
  expect([lacking, more, wrong, absent]).toHaveLength(4);
});

test('names of options in messages are those of the reader', () => {
  const error = optionError(RangeError, 'call', `${optionName('way')} is there; leave ${optionSetting('ignore', ['a', 'b'])} out`);
  expect(error).toEqual(new RangeError("call: way is there; leave ignore: ['a', 'b'] out"));
  const { who, text } = saidOf(new Error('later', { cause: error }))!;
  expect(who).toBe('call');
  expect(withOptionNames(text, (name, value) => `--${name}${value === undefined ? '' : ` ${String(value)}`}`)).toBe(
    '--way is there; leave --ignore a,b out',
  );
  expect(saidOf(new Error('other'))).toBeUndefined();
});
