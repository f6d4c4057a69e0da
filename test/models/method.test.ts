import { describe, expect, test } from 'vitest';
import { mgda } from '../../src/balancing/aggregators/mgda';
import { pcgrad } from '../../src/balancing/aggregators/pcgrad';
import { fixed } from '../../src/balancing/weightings/fixed';
import { uncertainty } from '../../src/balancing/weightings/uncertainty';
import { mlp } from '../../src/models/encoders/mlp';
import { chainedTargets } from '../../src/models/linear/chained-targets';
import { stackedTargets } from '../../src/models/linear/stacked-targets';
import { methodToJSON } from '../../src/models/registry';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { mmoe } from '../../src/models/sharing/mmoe';
import { methodCode } from '../../src/study/method-text';

describe('a method balances once', () => {
  const hard = hardSharing(mlp([4]));
  test.each([
    [
      'two weightings',
      () => hard.with(fixed({ weights: [1000, 1] })).with(uncertainty()),
      /with\(uncertainty\(\)\).*by fixed\(\) already.*lossWeight/,
    ],
    ['an aggregator after a weighting', () => hard.with(uncertainty()).with(pcgrad()), /with\(pcgrad\(\)\).*by uncertainty\(\) already/],
    ['the same once more', () => hard.with(pcgrad()).with(pcgrad()), /by pcgrad\(\) already/],
  ])('%s: the first is not dropped in silence', (_, make, message) => {
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
    // The method it is made from stays free.
    expect(hard.with(uncertainty()).balancing!.info.name).toBe('uncertainty');
  });
});

describe('an encoder in the place of options is named as what it is', () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      'chainedTargets',
      () => chainedTargets(mlp([4]) as never),
      /^chainedTargets\(options\): options must be an object of options, got the encoder mlp\(...\); it takes no encoder$/,
    ],
    ['stackedTargets', () => stackedTargets(mlp([4]) as never), /^stackedTargets\(options\).*got the encoder mlp\(...\)/],
    ['mmoe', () => mmoe(mlp([4]) as never), /^mmoe\(options\).*; write mmoe\(\{ expert: mlp\(...\) \}\)$/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('how an update is used is told with the method', () => {
  const hard = hardSharing(mlp([4]));
  const told = (method: typeof hard): [unknown, string] => {
    const json = methodToJSON(method) as { update: unknown };
    return [json.update, methodCode(json).replace(/^.*\.with\(/, 'with(')];
  };
  const plain = { scale: 'native', gradients: 'parameters' };
  test('a method whose numbers have changed is told from what it was', () => {
    expect(methodToJSON(hard.with(uncertainty()))).toMatchObject({ balancing: { name: 'uncertainty', revision: 2 } });
  });
  test.each<[typeof hard, object, string]>([
    // What was the only way before there were options is not named, so that runs kept then are still known.
    [hard.with(pcgrad({ order: 'index' })), plain, 'with(tl.balancers.pcgrad({ order: "index", reduction: "sum" }))'],
    [hard.with(uncertainty()), plain, 'with(tl.weightings.uncertainty({ learningRate: null, initial: 0 }))'],
    [hard.with(mgda()), { ...plain, heads: 'weighted' }, 'with(tl.balancers.mgda({ norm: "none" }))'],
    [hard.with(mgda(), { heads: 'plain' }), plain, 'with(tl.balancers.mgda({ norm: "none" }), { heads: "plain" })'],
    [
      hard.with(mgda(), { groups: 'layer', scale: 'sum' }),
      { ...plain, scale: 'sum', groups: 'layer' },
      'with(tl.balancers.mgda({ norm: "none" }), { scale: "sum", groups: "layer" })',
    ],
    [
      hard.with(pcgrad(), { heads: 'weighted' }),
      { ...plain, heads: 'weighted' },
      'with(tl.balancers.pcgrad({ order: "random", reduction: "sum" }), { heads: "weighted" })',
    ],
  ])('%#', (method, update, code) => {
    expect(told(method)).toEqual([update, code]);
  });
});
