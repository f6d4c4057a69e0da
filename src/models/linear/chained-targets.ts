import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { numberOption } from '../../options/spec';
import { random } from '../../random/random';
import type { Task } from '../../tasks/task';
import { type ArchitectureFactory, defineArchitecture } from '../define-architecture';
import { fold, spread, unfold } from '../network/copies';
import { flattenRows, sizeOf } from '../network/features';
import { checkLinearInput, checkLinearTasks, lossOf, unsolved } from './linear-tasks';
import { metaInputs } from './meta-inputs';
import { type CrossFit, type OutOfFoldOptions, ridgeStrength, TARGETS_AS_INPUTS, targetLearner, withPredictions } from './out-of-fold';

/** Options of {@link chainedTargets}. */
export interface ChainedTargetsOptions extends OutOfFoldOptions {
  /** Chains whose predictions are averaged, each in a random order of the tasks; all orders where there are fewer. @default 10 */
  readonly chains?: number;
}

/** Number of different orders of `tasks` tasks, at most `count`. */
function orderCount(tasks: number, count: number): number {
  let orders = 1;
  for (let t = 2; t <= tasks && orders < count; t++) orders *= t;
  return Math.min(count, orders);
}

/** Different orders of `tasks` tasks: `count` of them, or all there are. */
export function chainOrders(tasks: number, count: number, seed: number): number[][] {
  const orders = orderCount(tasks, count);
  const found = new Map<string, number[]>();
  const draws = random(seed, 'chains');
  while (found.size < orders) {
    const order = [...draws.permutation(tasks)];
    found.set(order.join(), order);
  }
  return [...found.values()];
}

/** The mean over chains of what they predict, as outputs: logits of mean probabilities, mean values. `[stack, chains, batch, tasks] -> [stack, batch, tasks]` */
function meanOfChains(tasks: readonly Task[], scores: Tensor): Tensor {
  if (scores.shape[1] === 1) return tf.squeeze(scores, [1]);
  const binary = tf.tensor1d(tasks.map((task) => (lossOf(task) === 'logistic' ? 1 : 0)));
  // log of the mean of sigmoid(z), less that of sigmoid(-z).
  const logit = tf.sub(tf.logSumExp(tf.neg(tf.softplus(tf.neg(scores))), 1), tf.logSumExp(tf.neg(tf.softplus(scores)), 1));
  return tf.add(tf.mul(logit, binary), tf.mul(tf.mean(scores, 1), tf.sub(1, binary)));
}

/**
 * Ensemble of regressor chains: in each chain, a task's model reads the inputs and the predictions of the tasks before it; chains differ in
 * the order of the tasks and are averaged (Spyromitros-Xioufis, Tsoumakas, Groves, Vlahavas 2016, 1211.6581, with out-of-fold estimates).
 *
 * Models learn from predictions that models of the other folds made of a row, and predict from those of models of all rows, see
 * `stackedTargets`. Labels may be missing. Orders are drawn by the training's seed.
 *
 * Models are linear, without epochs: ridge for regressions (labels standardized), logistic with a ridge for binary tasks, whose predictions
 * are passed on and averaged as probabilities. The paper takes any base and regressions only. Parameters: `chains/weights`
 * `[chains, features + tasks, tasks]`, zero where a task does not follow another, `chains/bias` `[chains, 1, tasks]`.
 *
 * Costs chains x tasks x (folds + 1) linear fits, and with `lambda` null some fifteen more a model.
 * @throws TypeError or RangeError for an option; when it is trained, RangeError for multiclass and tagging tasks, class weights and token ids
 * @example
 * const comparison = await compare(data, { methods: { alone: linearMtl('ridge'), chains: chainedTargets() } });
 */
export const chainedTargets: ArchitectureFactory<[options?: ChainedTargetsOptions]> = defineArchitecture({
  name: 'chainedTargets',
  title: 'Ensemble of regressor chains',
  paper: TARGETS_AS_INPUTS,
  options: {
    chains: numberOption(10, 'chains that are averaged, each in a random order of the tasks', { integer: true, min: 1 }),
    folds: numberOption(10, 'folds by which later models get their predictions', { integer: true, min: 2 }),
    lambda: ridgeStrength(),
  },
  read: (options?: ChainedTargetsOptions) => options ?? {},
  build({ input, tasks }, { chains }) {
    checkLinearInput('chainedTargets', input);
    checkLinearTasks('chainedTargets', tasks);
    const [features, T] = [sizeOf(input.shape), tasks.length];
    const count = orderCount(T, chains);
    return {
      parameters: [unsolved('chains/weights', [count, features + T, T], true), unsolved('chains/bias', [count, 1, T], false)],
      forward(values, inputs) {
        const [fromInputs, fromTasks] = tf.split(fold(values['chains/weights']!) as Tensor3D, [features, T], 1) as [Tensor3D, Tensor3D];
        const x = spread(flattenRows(inputs), count) as Tensor3D;
        const own = tf.add(tf.matMul(x, fromInputs), fold(values['chains/bias']!));
        let scores: Tensor = own;
        // After k rounds the first k + 1 tasks of every chain are what they should be, whatever its order.
        for (let k = 1; k < T; k++) scores = tf.add(own, tf.matMul(metaInputs(tasks, scores) as Tensor3D, fromTasks));
        return meanOfChains(tasks, unfold(scores, count));
      },
    };
  },
  *solve(problem, { chains, ...options }) {
    const learner = targetLearner('chainedTargets', problem, options);
    const { inputs } = learner;
    const [features, T] = [inputs.train[0]!.length, problem.tasks.length];
    const orders = chainOrders(T, chains, problem.seed);
    const size = (features + T) * T;
    const weights = new Float32Array(orders.length * size);
    const bias = new Float32Array(orders.length * T);
    /** Chains that begin alike share their first models. */
    const known = new Map<string, CrossFit>();
    for (const [c, order] of orders.entries()) {
      const before: CrossFit[] = [];
      for (const [place, t] of order.entries()) {
        const way = order.slice(0, place + 1).join();
        const own = known.get(way) ?? (yield* learner.crossFitting(t, withPredictions(inputs, before)));
        known.set(way, own);
        for (const [f, weight] of own.model.weights.entries()) {
          const row = f < features ? f : features + order[f - features]!;
          weights[c * size + row * T + t] = weight;
        }
        bias[c * T + t] = own.model.intercept;
        before.push(own);
      }
    }
    return [weights, bias];
  },
});
