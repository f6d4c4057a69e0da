import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { OptionSpec } from '../../options/spec';
import { kindOf } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import { optionalEncoderOption } from '../encoder-option';
import { type Copies, fold, ownCopies, ownedBy, spread, spreadContext, unfold } from './copies';
import { encode, entries, type Features, featuresOf, flattenRows, shapeRows, summarize, summaryWidth } from './features';
import { type Heads, type HeadsTrace, heads } from './heads';
import type { Encoder, ForwardContext, InputShape, Layer, Parameter, Values } from './network';

/** Layers of each task's own, as an option of architectures whose heads are linear without them. */
export interface TowerOptions {
  /** Layers of each task's own between what it reads and its head, for instance `mlp([32])`; null: none. @default null */
  readonly tower?: Encoder | null;
}

/** The option `tower`. */
export const towerOption = (): OptionSpec<Encoder | null> =>
  optionalEncoderOption("layers of each task's own before its head, for instance mlp([32]); null: none");

/** A small network of each task's own, or none, with its head on top. */
export interface Towers {
  readonly parameters: readonly Parameter[];
  /** `[stack * tasks, batch, ...input] -> [stack, batch, outputs]`; `context` is that of the stack. */
  readonly apply: (values: Values, z: Tensor, context: ForwardContext) => Tensor;
  /** The same with a backward pass of its own, where the towers' layers have one; gradients by `z` are `[stack, tasks, batch, size]`. */
  readonly trace?: (values: Values, z: Tensor, context: ForwardContext) => HeadsTrace;
}

/** Towers above one representation that all tasks read. */
export interface CommonTowers {
  readonly parameters: readonly Parameter[];
  /** What they read of an encoder's output `[stack, batch, size]`. */
  readonly pool: (z: Tensor, context: ForwardContext) => Tensor;
  /** `[stack, batch, pooled] -> [stack, batch, outputs]` */
  readonly apply: (values: Values, z: Tensor, context: ForwardContext) => Tensor;
  readonly trace?: NonNullable<Heads['trace']>;
}

/**
 * A tower per task, under `tower/<task>/...`, and its head; null: the head alone. Towers are computed together, as one stack.
 *
 * Above a sequence, a tower that reads vectors (an mlp) reads the mean over the positions that hold a token, that of a tagging task every
 * position; one that reads sequences reads them whole.
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
  if (features.sequence && tower.flattens) return vectorTowers(tower, features, tasks);
  return ownTowers(tower, { shape: features.shape }, tasks, (task) => task);
}

/** `towersOf` where all tasks read the same. */
export function commonTowers(tower: Encoder | null, features: Features, tasks: readonly Task[]): CommonTowers {
  if (!tower) return heads(features, tasks);
  const { parameters, apply, trace } = towersOf(tower, features, tasks);
  const each = (z: Tensor): Tensor => spread(z, tasks.length);
  return {
    parameters,
    pool: (z) => z,
    apply: (values, z, context) => apply(values, each(z), context),
    ...(trace && {
      trace(values: Values, z: Tensor, context: ForwardContext): HeadsTrace {
        const { outputs, backward } = trace(values, each(z), context);
        return {
          outputs,
          backward(signal, apart) {
            const found = backward(signal, true);
            return apart ? found : { ...found, input: tf.sum(found.input, 1, true) };
          },
        };
      },
    }),
  };
}

/** Towers on vectors above a sequence: on its summary, those of tagging tasks at every position. */
function vectorTowers(tower: Encoder, features: Features, tasks: readonly Task[]): Towers {
  const [length, width] = features.shape as [number, number];
  const indices = (tagging: boolean): number[] => tasks.flatMap((task, t) => ((kindOf(task).perPosition === true) === tagging ? [t] : []));
  const groups = [false, true].flatMap((tagging) => {
    const members = indices(tagging);
    if (members.length === 0) return [];
    const own = members.map((t) => tasks[t]!);
    const copies = ownCopies(
      (scope) => tower.build({ shape: [width] }, scope),
      own.map(({ name }) => `tower/${name}`),
      (copy) => copy,
    );
    const size = summaryWidth(featuresOf(copies.layers));
    const top = heads(tagging ? { shape: [length, size], sequence: true } : { shape: [size], sequence: false }, own);
    const parameters = [...copies.parameters, ...top.parameters].map((parameter) => ({
      ...parameter,
      ...(parameter.task !== undefined && { task: members[parameter.task]! }),
      ...(parameter.columnTasks && { columnTasks: parameter.columnTasks.map((t) => members[t]!) }),
    }));
    const sizes = own.map(({ outputs }) => outputs);
    return [{ tagging, members, sizes, copies, top, parameters }];
  });
  return {
    parameters: groups.flatMap(({ parameters }) => parameters),
    apply(values, z, context) {
      const outputs = new Array<Tensor>(tasks.length);
      const apart = entries(unfold(z, tasks.length), 1);
      for (const { tagging, members, sizes, copies, top } of groups) {
        const mine = fold(
          tf.stack(
            members.map((t) => apart[t]!),
            1,
          ),
        );
        const inner = spreadContext(context, members.length);
        const [models, batch] = mine.shape as [number, number];
        const read = tagging ? tf.reshape(mine, [models, batch * length, width]) : summarize(features, mine, inner);
        const h = encode(copies.layers, copies.values(values), read, inner);
        const all = top.applyEach(values, tagging ? tf.reshape(h, [models, batch, -1]) : h);
        const parts = sizes.length === 1 ? [all] : tf.split(all, sizes, 2);
        for (const [i, t] of members.entries()) outputs[t] = parts[i]!;
      }
      return outputs.length === 1 ? outputs[0]! : tf.concat(outputs, 2);
    },
  };
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
  const traced = top.traceEach && copies.layers.every((layer): layer is TracedLayer => layer.trace !== undefined);
  return {
    parameters: [...copies.parameters, ...top.parameters.map((parameter) => (own ? parameter : ownedBy(parameter, 'shared')))],
    apply(values, z, context) {
      const inner = spreadContext(context, tasks.length);
      const h = encode(copies.layers, copies.values(values), shapeRows(z, input.shape), inner);
      return top.applyEach(values, top.pool(h, inner));
    },
    ...(traced && { trace: (values, z, context) => traceTowers(copies, top, values, z, shapeRows(z, input.shape), context) }),
  };
}

type TracedLayer = Layer & Required<Pick<Layer, 'trace'>>;

/** Forward and backward pass of a stack of towers whose layers have backward passes, `x` being `z` as the towers read it. */
function traceTowers(copies: Copies, top: Heads, values: Values, z: Tensor, x: Tensor, context: ForwardContext): HeadsTrace {
  const own = copies.values(values);
  const inner = spreadContext(context, copies.count);
  let h = x;
  const traces = (copies.layers as readonly TracedLayer[]).map((layer) => {
    const trace = layer.trace(own, h, inner);
    h = trace.output;
    return trace;
  });
  const { outputs, backward } = top.traceEach!(values, flattenRows(h));
  return {
    outputs,
    backward(signal) {
      const heads = backward(signal, true);
      let signals = tf.reshape(heads.input, [h.shape[0]!, 1, ...h.shape.slice(1)]);
      const found: (readonly Tensor[])[] = [];
      for (const trace of [...traces].reverse()) {
        const { parameters, input } = trace.backward(signals, true);
        found.unshift(parameters);
        signals = input!;
      }
      // One block a tower, as the towers' parameters are held.
      const blocks = found.flat().map((g) => tf.unstack(unfold(tf.squeeze(g, [1]), copies.count), 1));
      const towers = Array.from({ length: copies.count }, (_, copy) => blocks.map((parts) => parts[copy]!)).flat();
      const [models, batch] = z.shape as [number, number];
      return {
        parameters: [...towers, ...heads.parameters],
        input: tf.reshape(signals, [models / copies.count, copies.count, batch, -1]),
      };
    },
  };
}
