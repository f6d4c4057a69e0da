import { expect, test } from 'vitest';
import { pcgrad } from '../../src/balancing/aggregators/pcgrad';
import { encoder } from '../../src/models/encoder';
import { mlp } from '../../src/models/encoders/mlp';
import { matchParameters, totalParameters } from '../../src/models/parameter-count';
import { architectures } from '../../src/models/registry';
import { grouped } from '../../src/models/sharing/grouped';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { mmoe } from '../../src/models/sharing/mmoe';
import { singleTask } from '../../src/models/sharing/single-task';
import { binaryTask, problemOf } from './support';

const problem = problemOf(10, [binaryTask('a'), binaryTask('b'), binaryTask('c')]);
const hard = (width: number): number => 10 * width + width + 3 * (width + 1);

test('counts one network, a network per task, or those of a plan', () => {
  const plan = {
    groups: [
      { train: ['a', 'b'], serve: ['a', 'b'] },
      { train: ['a', 'c'], serve: ['c'] },
    ],
  };
  expect(totalParameters(grouped(plan, mlp([20])), problem)).toBe(2 * (10 * 20 + 20 + 2 * 21));
  expect(totalParameters(hardSharing(mlp([20])), problem)).toBe(hard(20));
  expect(totalParameters(singleTask(mlp([20])), problem)).toBe(3 * (10 * 20 + 20 + 21));
});

test('finds the width whose count is nearest to the target', () => {
  // 14 numbers per unit and 3 biases: 283 is width 20 exactly, 290 is still nearest to 20, 291 to 21.
  for (const [target, width] of [
    [283, 20],
    [289, 20],
    [291, 21],
    [17, 1],
  ] as const) {
    expect(totalParameters(matchParameters(hardSharing(mlp([50])), problem, target), problem)).toBe(hard(width));
  }
});

const withEncoder = Object.values(architectures).flatMap(({ info }) => (info.encoder === undefined ? [] : [info.name]));

test.each(withEncoder)('%s comes as near as its widths allow, with its balancing', (name) => {
  const { info, fromOptions } = architectures[name as keyof typeof architectures];
  const method = fromOptions({ [info.encoder!]: mlp([8, 8]) }).with(pcgrad(), { scale: 'matchMean' });
  const matched = matchParameters(method, problem, 3000);
  expect(Math.abs(totalParameters(matched, problem) / 3000 - 1)).toBeLessThan(0.15);
  expect(matched.balancing?.info.name).toBe('pcgrad');
  expect(matched.update.scale).toBe('matchMean');
  expect(matched.architecture.name).toBe(name);
});

test('says what cannot be', () => {
  expect(() => matchParameters(mmoe({ expert: mlp([8]), experts: 4 }), problem, 10)).toThrow(
    /mmoe has at least \d+ parameters for this problem, wanted 10/,
  );
  const own = encoder('mine', { init: () => ({ parameters: {}, outputShape: [10] }), apply: (_, x) => x });
  expect(() => matchParameters(hardSharing(own), problem, 100)).toThrow(/encoder "mine" cannot be scaled/);
  expect(() => matchParameters(hardSharing(mlp([8])), problem, -1)).toThrow(/target must be a positive number/);
});
