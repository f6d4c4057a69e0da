import { describe, expect, test } from 'vitest';
import { fixed } from '../../src/balancing/fixed';
import { pcgrad } from '../../src/balancing/pcgrad';
import { uncertainty } from '../../src/balancing/uncertainty';
import { mlp } from '../../src/models/encoders/mlp';
import { chainedTargets } from '../../src/models/linear/chained-targets';
import { stackedTargets } from '../../src/models/linear/stacked-targets';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { mmoe } from '../../src/models/sharing/mmoe';

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
