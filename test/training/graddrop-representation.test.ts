import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { graddrop } from '../../src/balancing';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { random } from '../../src/random/random';
import { sgd } from '../../src/training/optimizer';
import type { StackPlan } from '../../src/training/steps/plan';
import { ruleGradients } from '../../src/training/steps/rule';
import { weightedGradients } from '../../src/training/steps/weighted';
import { buildOf, expectClose, regressionTask, startValues } from '../models/support';

/*
 * GradDrop at the activations z = x W + b of a linear layer, heads y_t = z c_t + d_t with squared errors averaged over n rows. A task's signal
 * is g_t = 2 / n (y_t - target_t) c_t^T; its sign purity is of sum over rows of g_t sign(z). What goes on through W keeps, unit by unit and for
 * all rows, the tasks with a positive or those with a negative one.
 */

const [ROWS, IN, UNITS] = [6, 3, 400];
const tasks = [regressionTask('p'), regressionTask('q'), regressionTask('r')];
const draws = random(5, 'graddrop');
const normals = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.fround(draws.normal())));
const x = normals(ROWS, IN);
const targets = normals(ROWS, 3);

function run(leak: number, scale: StackPlan['scale'] = 'native') {
  return tf.tidy(() => {
    const network = buildOf(hardSharing(mlp([UNITS], { activation: 'linear' })), { input: { shape: [IN] }, tasks });
    const values = startValues(network, [1]);
    const parameters = network.parameters.map(({ name }) => values[name]!);
    const shape = { network, tasks, stack: 1, inputShape: [IN], weighted: false, totalSteps: [1] };
    const { rule } = graddrop({ leak });
    const plan: StackPlan = {
      shape,
      optimizer: sgd(),
      step: { kind: 'rule', rule, representation: true },
      after: false,
      scale,
      heads: 'plain',
      batch: ROWS,
      evaluationBatch: ROWS,
      unroll: 1,
      perModel: false,
      absences: false,
      keptGradients: 0,
    };
    const data = { inputs: tf.tensor2d(x), labels: tf.tensor2d(targets), mask: tf.ones([ROWS, 3]), classWeights: tf.ones([1, 1]) };
    const batch = {
      rows: tf.tensor2d([x.map((_, i) => i)], [1, ROWS], 'int32'),
      seeds: tf.tensor2d([[7, 0]], [1, 2], 'int32'),
    };
    const { gradients } = ruleGradients(plan, parameters, data, batch, [], tf.ones([1, 3]));
    const sum = weightedGradients(shape, parameters, data, batch, tf.ones([1, 3])).gradients;
    const list = (t: tf.Tensor): number[] => [...t.dataSync()];
    const of = (all: readonly tf.Tensor[]) => Object.fromEntries(network.parameters.map(({ name }, i) => [name, list(all[i]!)]));
    return { values: of(parameters), found: of(gradients), sum: of(sum) };
  });
}

/** Gradients `[in + 1]` by a unit's weights and bias of a signal `[rows]`. */
const through = (signal: readonly number[]): number[] => [
  ...Array.from({ length: IN }, (_, i) => signal.reduce((s, v, row) => s + v * x[row]![i]!, 0)),
  signal.reduce((s, v) => s + v, 0),
];

test.each([0, 0.3])('keeps one sign a unit, of all rows, with the probability of the purity; leak %s', (leak) => {
  const { values, found, sum } = run(leak);
  const at = (name: string, i: number): number => values[name]![i]!;
  const z = x.map((row) =>
    Array.from({ length: UNITS }, (_, u) => row.reduce((s, v, i) => s + v * at('trunk/0/weights', i * UNITS + u), at('trunk/0/bias', u))),
  );
  const y = z.map((row) => tasks.map((_, t) => row.reduce((s, v, u) => s + v * at('heads/weights', u * 3 + t), at('heads/bias', t))));
  let [kept, expected, variance, mixed] = [0, 0, 0, 0];
  for (let u = 0; u < UNITS; u++) {
    const signals = tasks.map((_, t) => y.map((row, i) => (2 / ROWS) * (row[t]! - targets[i]![t]!) * at('heads/weights', u * 3 + t)));
    const pure = signals.map((signal) => signal.reduce((s, v, i) => s + v * Math.sign(z[i]![u]!), 0));
    const options = [1, -1].map((sign) =>
      through(x.map((_, i) => signals.reduce((s, signal, t) => s + signal[i]! * (pure[t]! * sign > 0 ? 1 : leak), 0))),
    );
    const ours = [...Array.from({ length: IN }, (_, i) => found['trunk/0/weights']![i * UNITS + u]!), found['trunk/0/bias']![u]!];
    const off = options.map((option) => Math.max(...option.map((v, i) => Math.abs(v - ours[i]!))));
    const size = Math.max(...signals.flatMap(through).map(Math.abs));
    // Sums of some 400 products in float32.
    expect(Math.min(...off)).toBeLessThan(1e-4 * size);
    const purity = (1 + pure.reduce((s, v) => s + v, 0) / pure.reduce((s, v) => s + Math.abs(v), 0)) / 2;
    if (purity > 1 - 1e-9 || purity < 1e-9) {
      expect(off[purity > 0.5 ? 0 : 1]).toBeLessThan(1e-4 * size);
      continue;
    }
    mixed++;
    kept += off[0]! < off[1]! ? 1 : 0;
    expected += purity;
    variance += purity * (1 - purity);
  }
  expect(mixed).toBeGreaterThan(100);
  expect(Math.abs(kept - expected)).toBeLessThan(4 * Math.sqrt(variance));
  // Heads follow their own losses.
  for (const name of ['heads/weights', 'heads/bias']) {
    const scale = Math.max(...sum[name]!.map(Math.abs));
    for (const [i, v] of sum[name]!.entries()) expect(Math.abs(found[name]![i]! - v)).toBeLessThan(1e-5 * scale);
  }
});

test('all that leaks is the sum', () => {
  const { found, sum } = run(1);
  for (const [name, values] of Object.entries(sum)) expectClose(found[name]!, values, 1e-5);
});

test('the sum is as often as long as there are tasks, and leaves the heads alone', () => {
  const [one, three] = [run(0.3).found, run(0.3, 'sum').found];
  for (const [name, values] of Object.entries(one)) {
    const factor = name.startsWith('trunk/') ? 3 : 1;
    const size = Math.max(...values.map(Math.abs));
    for (const [i, value] of values.entries()) expect(Math.abs(three[name]![i]! - factor * value)).toBeLessThan(1e-5 * size);
  }
});
