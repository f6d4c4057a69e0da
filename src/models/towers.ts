import type { Tensor } from '@tensorflow/tfjs-core';
import type { Task } from '../tasks/task';
import { ownCopies, ownedBy, spreadContext } from './copies';
import { encode, type Features, featuresOf, shapeRows } from './features';
import { heads } from './heads';
import type { Encoder, ForwardContext, InputShape, Parameter, Values } from './network';

/** A small network of each task's own, or none, with its head on top. */
export interface Towers {
  readonly parameters: readonly Parameter[];
  /** `[stack * tasks, batch, ...input] -> [stack, batch, outputs]`; `context` is that of the stack. */
  readonly apply: (values: Values, z: Tensor, context: ForwardContext) => Tensor;
}

/**
 * A tower per task, under `tower/<task>/...`, and its head; null: the head alone.
 * @param features what a tower reads
 */
export function towersOf(tower: Encoder | null, features: Features, tasks: readonly Task[]): Towers {
  if (!tower) {
    const top = heads(features, tasks);
    return {
      parameters: top.parameters,
      apply: (values, z, context) => top.applyEach(values, top.pool(z, spreadContext(context, tasks.length))),
    };
  }
  return ownTowers(tower, { shape: features.shape }, tasks, (task) => task);
}

/**
 * A network per task with its head.
 * @param owner the task that a tower serves, or `shared` where other tasks' losses reach it too
 */
export function ownTowers(tower: Encoder, input: InputShape, tasks: readonly Task[], owner: (task: number) => number | 'shared'): Towers {
  const copies = ownCopies(
    (scope) => tower.build(input, scope),
    tasks.map(({ name }) => `tower/${name}`),
    owner,
  );
  const top = heads(featuresOf(copies.layers), tasks);
  const own = tasks.every((_, task) => owner(task) === task);
  return {
    parameters: [...copies.parameters, ...top.parameters.map((parameter) => (own ? parameter : ownedBy(parameter, 'shared')))],
    apply(values, z, context) {
      const inner = spreadContext(context, tasks.length);
      const h = encode(copies.layers, copies.values(values), shapeRows(z, input.shape), inner);
      return top.applyEach(values, top.pool(h, inner));
    },
  };
}
