import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { embedding } from '../../src/models/encoders/embedding';
import { gru } from '../../src/models/encoders/gru';
import { mlp } from '../../src/models/encoders/mlp';
import { textConv } from '../../src/models/encoders/text-conv';
import { transformer } from '../../src/models/encoders/transformer';
import { inferenceContext } from '../../src/models/forward-context';
import type { Method } from '../../src/models/method';
import type { Encoder } from '../../src/models/network/network';
import { architectures } from '../../src/models/registry';
import { taskGradients } from '../../src/training/steps/task-gradients';
import { weightedGradients } from '../../src/training/steps/weighted';
import { batchOf, buildOf, expectClose, multiclassTask, problemOf, randomValues, taggingTask } from './support';

// Slots and intent of one sentence: a head per position beside a head on the mean.
const problem = problemOf({ shape: [4], vocabulary: 7 }, [taggingTask('slots', 4, 3), multiclassTask('intent', 2)]);
const sentences = (): tf.Tensor2D => tf.tensor2d([3, 1, 6, 2, 5, 5, 0, 0, 2, 0, 0, 0, 6, 1, 4, 0, 1, 2, 3, 4, 4, 4, 0, 0], [6, 4]);
const encoders: Readonly<Record<string, Encoder>> = {
  textConv: textConv({ embedding: 3, windows: [2], filters: 4, perToken: true }),
  gru: gru(4, { embedding: 3, perToken: true }),
  transformer: transformer(4, { blocks: 1, perToken: true }),
};
const a = architectures;
const methods = (e: Encoder): Readonly<Record<string, Method>> => ({
  hardSharing: a.hardSharing(e),
  softSharing: a.softSharing(e),
  lowRankHeads: a.lowRankHeads(e, { rank: 2 }),
  crossStitch: a.crossStitch(e, { units: 'channel' }),
  nddr: a.nddr(e),
  sluice: a.sluice(e, { subspaces: 1 }),
  mtan: a.mtan(e),
  mmoe: a.mmoe({ expert: e, experts: 2, stem: embedding(3) }),
  cgc: a.cgc({ expert: e, stem: embedding(3) }),
  ple: a.ple({ expert: e, stem: embedding(3) }),
  dselectk: a.dselectk({ expert: e, experts: 2, stem: embedding(3) }),
  film: a.film(e),
  ltb: a.ltb(e),
  planned: a.planned({ layers: ['shared', 'separate'] }, e),
  'hardSharing with towers': a.hardSharing(e, { tower: mlp([3], { activation: 'tanh' }) }),
  'crossStitch with towers': a.crossStitch(e, { tower: mlp([3], { activation: 'tanh' }) }),
  'hardSharing with towers on sequences': a.hardSharing(e, { tower: gru(3, { perToken: true }) }),
});

describe.each(Object.entries(encoders))('%s', (_, encoder) => {
  test.each(Object.entries(methods(encoder)))('%s reads sentences, whatever their padding, alone or in a stack', (__, method) => {
    tf.tidy(() => {
      const network = buildOf(method, problem);
      const values = randomValues(network, 2);
      const x = tf.add(tf.expandDims(sentences(), 0), tf.zeros([2, 1, 1])) as Tensor;
      const out = network.forward(values, x, inferenceContext);
      expect(out.shape).toEqual([2, 6, 14]);
      const alone = Object.fromEntries(Object.entries(values).map(([name, v]) => [name, tf.slice(v, [1], [1])]));
      expectClose(tf.slice(out, [1], [1]), network.forward(alone, tf.slice(x, [1], [1]), inferenceContext));
      // The vector of the padding id is never read.
      const moved = Object.fromEntries(
        Object.entries(values).map(([name, v]) => {
          if (!name.endsWith('/table')) return [name, v];
          const rest = v.shape.slice(1, -2).map(() => 0);
          const row = tf.oneHot(tf.tensor1d([0], 'int32'), 7);
          return [name, tf.add(v, tf.reshape(tf.cast(row, 'float32'), [1, ...rest.map(() => 1), 7, 1]))];
        }),
      );
      expectClose(network.forward(moved, x, inferenceContext), out, 1e-6);
    });
  });

  test('the gradients of the tasks sum to that of the sum', () => {
    tf.tidy(() => {
      for (const name of ['hardSharing', 'mmoe', 'crossStitch', 'planned', 'hardSharing with towers']) {
        const network = buildOf(methods(encoder)[name]!, problem);
        const values = randomValues(network, 2);
        const parameters = network.parameters.map((p) => values[p.name]!);
        const { shape, data, batch } = batchOf(problem, network, 2, 6, sentences());
        const sum = weightedGradients(shape, parameters, data, batch, tf.ones([2, 2]));
        const each = taskGradients(shape, parameters, data, batch);
        expectClose(each.losses, sum.losses);
        let [s, o] = [0, 0];
        for (const [i, { role }] of network.parameters.entries()) {
          const total = role === 'task' ? each.own[o++]! : tf.sum(each.jacobian[s++]!, 1);
          // Sums over six rows, their positions and the layers above: some hundreds of terms in another order.
          expectClose(total, sum.gradients[i]!, 1e-4);
        }
      }
    });
  });
});
