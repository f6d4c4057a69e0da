import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { numberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture } from '../define-architecture';
import { flattenRows, sizeOf } from '../network/features';
import { heads } from '../network/heads';
import type { Values } from '../network/network';
import { checkLinearInput, checkLinearTasks, unsolved } from './linear-tasks';
import { metaInputs } from './meta-inputs';
import {
  type CrossFit,
  type LinearPart,
  type OutOfFoldOptions,
  ridgeStrength,
  TARGETS_AS_INPUTS,
  targetLearner,
  withPredictions,
} from './out-of-fold';

/** Options of {@link stackedTargets}. */
export interface StackedTargetsOptions extends OutOfFoldOptions {}

/** Weights of several linear models, `[features, models]`. */
function byFeature(models: readonly LinearPart[]): Float32Array {
  const features = models[0]!.weights.length;
  return Float32Array.from(
    { length: features * models.length },
    (_, at) => models[at % models.length]!.weights[Math.floor(at / models.length)]!,
  );
}

/**
 * Stacked single targets: a model per task on the inputs, and above it a second one on the inputs and the first models' predictions of all
 * tasks (Spyromitros-Xioufis, Tsoumakas, Groves, Vlahavas 2016, 1211.6581, with out-of-fold estimates).
 *
 * The second stage learns from predictions that models of the other folds made of a row, and predicts from those of models of all rows. In-fold
 * predictions would be better in training than ever again, and the second stage would trust them too much. Labels may be missing: a row
 * without one is predicted all the same.
 *
 * Models are linear, without epochs: ridge for regressions (labels standardized), logistic with a ridge for binary tasks, whose predictions
 * are passed on as probabilities. The paper takes any base and regressions only. Parameters: `first/weights` `[features, tasks]`,
 * `first/bias` `[1, tasks]`, `heads/weights` `[features + tasks, tasks]`, `heads/bias` `[1, tasks]`.
 * @throws TypeError or RangeError for an option; when it is trained, RangeError for multiclass and tagging tasks, class weights and token ids
 * @example
 * const comparison = await compare(data, { methods: { alone: linearMtl('ridge'), stacked: stackedTargets() } });
 */
export const stackedTargets: ArchitectureFactory<[options?: StackedTargetsOptions]> = defineArchitecture({
  name: 'stackedTargets',
  title: 'Stacked single targets',
  paper: TARGETS_AS_INPUTS,
  options: {
    folds: numberOption(10, 'folds by which the second stage gets its predictions', { integer: true, min: 2 }),
    lambda: ridgeStrength(),
  },
  read: (options?: StackedTargetsOptions) => options ?? {},
  build({ input, tasks }) {
    checkLinearInput('stackedTargets', input);
    checkLinearTasks('stackedTargets', tasks);
    const [features, T] = [sizeOf(input.shape), tasks.length];
    const top = heads({ shape: [features + T], sequence: false }, tasks);
    const first = (values: Values, x: Tensor): Tensor =>
      metaInputs(tasks, tf.add(tf.matMul(x as Tensor3D, values['first/weights'] as Tensor3D), values['first/bias']!));
    return {
      parameters: [unsolved('first/weights', [features, T], true), unsolved('first/bias', [1, T], false), ...top.parameters],
      forward(values, inputs) {
        const x = flattenRows(inputs);
        return top.apply(values, tf.concat([x, first(values, x)], 2));
      },
    };
  },
  *solve(problem, options) {
    const learner = targetLearner('stackedTargets', problem, options);
    const { inputs } = learner;
    const first: CrossFit[] = [];
    for (const t of problem.tasks.keys()) first.push(yield* learner.crossFitting(t, inputs));
    const wide = withPredictions(inputs, first);
    const second: LinearPart[] = [];
    for (const t of problem.tasks.keys()) {
      second.push(learner.model(t, wide));
      yield;
    }
    const models = first.map(({ model }) => model);
    return [models, second].flatMap((parts) => [byFeature(parts), Float32Array.from(parts, ({ intercept }) => intercept)]);
  },
});
