import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { sizeOf } from './features';
import { repeated } from './initial';
import type { ForwardContext, Layer, Parameter, Values } from './network';

/*
 * Several networks of one shape inside a model (experts, a network per task) are one more axis of the stack: values and inputs of
 * `[stack, copies, ...]` become `[stack * copies, ...]`, and layers work on them as on any stack.
 */

/** `[stack, copies, ...] -> [stack * copies, ...]` */
export function fold(x: Tensor): Tensor {
  const [stack, copies, ...rest] = x.shape as [number, number, ...number[]];
  return tf.reshape(x, [stack * copies, ...rest]);
}

/** `[stack * copies, ...] -> [stack, copies, ...]` */
export function unfold(x: Tensor, copies: number): Tensor {
  const [models, ...rest] = x.shape as [number, ...number[]];
  return tf.reshape(x, [models / copies, copies, ...rest]);
}

/** Gives every copy the same: `[stack, ...] -> [stack * copies, ...]`. */
export function spread(x: Tensor, copies: number): Tensor {
  if (copies === 1) return x;
  const [stack, ...rest] = x.shape as [number, ...number[]];
  // A broadcast sum: the gradient of tile adds slice by slice.
  const wide = tf.add(tf.reshape(x, [stack, 1, sizeOf(rest)]), tf.zeros([1, copies, 1]));
  return tf.reshape(wide, [stack * copies, ...rest]);
}

/** The context of `copies` networks a model. */
export function spreadContext(context: ForwardContext, copies: number): ForwardContext {
  const { mask, rows } = context;
  if (copies === 1 || !(mask || rows)) return context;
  return { ...context, ...(mask && { mask: spread(mask, copies) }), ...(rows && { rows: spread(rows, copies) }) };
}

/** Networks of one shape side by side in a model. */
export interface Copies {
  readonly count: number;
  readonly parameters: readonly Parameter[];
  /** The layers of one copy; they read what `values` returns. */
  readonly layers: readonly Layer[];
  /** All copies' values under the names that `layers` know, `[stack * copies, ...shape]`. */
  readonly values: (values: Values) => Values;
}

/** `count` copies whose parameters are held together, `[count, ...shape]` each, under the names of one. Every copy may serve every task. */
export function sharedCopies(layers: readonly Layer[], count: number): Copies {
  const names = layers.flatMap((layer) => layer.parameters.map(({ name }) => name));
  return {
    count,
    layers,
    parameters: layers.flatMap((layer) => layer.parameters.map((parameter) => repeated(parameter, count, 'shared'))),
    values: (values) => Object.fromEntries(names.map((name) => [name, fold(values[name]!)])),
  };
}

/** A parameter that holds a block a task along an axis of its shape (`blocks` next to each other), each of which only its task's loss reaches. */
export function ownBlocks(parameter: Parameter, axis: number, blocks = 1): Parameter {
  const tasks = Array.from({ length: parameter.shape[axis]! }, (_, i) => Math.floor(i / blocks));
  return { ...parameter, role: 'task', taskBlocks: { axis, tasks } };
}

/**
 * Copies whose parameters are held apart, each under names of its own.
 * @param build the layers under a scope
 * @param scopes one a copy
 * @param owner the one task that a copy serves, or `shared`
 */
export function ownCopies(
  build: (scope: string) => readonly Layer[],
  scopes: readonly string[],
  owner: (copy: number) => number | 'shared',
): Copies {
  const built = scopes.map(build);
  const layers = built[0]!;
  const lists = built.map((own, copy) => own.flatMap((layer) => layer.parameters.map((parameter) => ownedBy(parameter, owner(copy)))));
  return {
    count: scopes.length,
    layers,
    parameters: lists.flat(),
    values: (values) =>
      Object.fromEntries(
        lists[0]!.map(({ name }, i) => [
          name,
          lists.length === 1
            ? values[name]!
            : fold(
                tf.stack(
                  lists.map((list) => values[list[i]!.name]!),
                  1,
                ),
              ),
        ]),
      ),
  };
}

/** The parameter as one that serves this task alone, or several. */
export function ownedBy(parameter: Parameter, owner: number | 'shared'): Parameter {
  const { task: _, columnTasks: __, taskBlocks: ___, ...rest } = parameter;
  return owner === 'shared' ? { ...rest, role: 'shared' } : { ...rest, role: 'task', task: owner };
}
