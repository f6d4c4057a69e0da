import type { Tensor } from '@tensorflow/tfjs-core';
import type { Task } from '../tasks/task';
import { ownCopies, spreadContext } from './copies';
import { encode, type Features, featuresOf, shapeRows } from './features';
import { type Heads, heads } from './heads';
import type { Encoder, ForwardContext, Parameter, Values } from './network';

/** A small network of each task's own, or none, with its head on top. */
export interface Towers {
  readonly parameters: readonly Parameter[];
  /** `[stack * tasks, batch, size] -> [stack, batch, outputs]`; `context` is that of the stack. */
  readonly apply: (values: Values, z: Tensor, context: ForwardContext) => Tensor;
}

/** A tower per task, under `tower/<task>/...`, and its head; null: the head alone. */
export function towersOf(tower: Encoder | null, features: Features, tasks: readonly Task[]): Towers {
  const inner = (context: ForwardContext): ForwardContext => spreadContext(context, tasks.length);
  if (!tower) {
    const top: Heads = heads(features, tasks);
    return { parameters: top.parameters, apply: (values, z, context) => top.applyEach(values, top.pool(z, inner(context))) };
  }
  const copies = ownCopies(
    (scope) => tower.build({ shape: features.shape }, scope),
    tasks.map(({ name }) => `tower/${name}`),
    (task) => task,
  );
  const top = heads(featuresOf(copies.layers), tasks);
  return {
    parameters: [...copies.parameters, ...top.parameters],
    apply(values, z, context) {
      const h = encode(copies.layers, copies.values(values), shapeRows(z, features.shape), inner(context));
      return top.applyEach(values, top.pool(h, inner(context)));
    },
  };
}
