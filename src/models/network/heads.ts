import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { cellsOf, kindOf } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import { type Features, shapeRows, sizeOf, summarize, summaryWidth } from './features';
import { glorotUniform } from './initial';
import type { ForwardContext, Parameter, Values } from './network';

/** A linear head per task. */
export interface Heads {
  readonly parameters: readonly Parameter[];
  /** What heads read of an encoder's output `[models, batch, size]`: of a sequence its positions, its summary, or both, as the tasks need. */
  readonly pool: (z: Tensor, context: ForwardContext) => Tensor;
  /** `[stack, batch, pooled] -> [stack, batch, outputs]` from one representation. */
  readonly apply: (values: Values, z: Tensor) => Tensor;
  /** The same from a representation per task, `[stack * tasks, batch, pooled]`. */
  readonly applyEach: (values: Values, z: Tensor) => Tensor;
  /** `apply` with a backward pass of its own, where all heads are one matrix. */
  readonly trace?: (values: Values, z: Tensor, context: ForwardContext) => HeadsTrace;
  /** The same of `applyEach`. */
  readonly traceEach?: (values: Values, z: Tensor) => HeadsTrace;
}

/** The tasks' outputs with the backward pass through what makes them of a representation. */
export interface HeadsTrace {
  /** `[stack, batch, outputs]` */
  readonly outputs: Tensor;
  /**
   * Backward pass of one signal.
   * @param signal gradients by the outputs, `[stack, batch, outputs]`
   * @param each whether the gradients by the representation are wanted of each task's outputs apart
   * @returns per parameter `[stack, ...shape]`; by the representation `[stack, tasks, batch, width]`, or `[stack, 1, batch, width]` of all
   *   outputs together
   */
  readonly backward: (signal: Tensor, each: boolean) => { readonly parameters: readonly Tensor[]; readonly input: Tensor };
}

const WEIGHTS = 'heads/weights';
const BIAS = 'heads/bias';

/**
 * Weights of heads that start near a constant, as a share of those after Glorot: too small to be seen in the first losses. At 0 the tasks'
 * first gradients by what lies below would be 0, too, and methods that keep something of the first step (ExcessMTL) could not use it.
 */
const SMALL = 0.01;

type Initial = Parameter['initial'];

/** Weights after Glorot; small where the outputs are to be near a constant. */
function headWeights(width: number, outputs: number): Initial {
  const whole = glorotUniform(width, outputs, [width, outputs]);
  return (random, constants) => (constants ? whole(random).map((weight) => SMALL * weight) : whole(random));
}

/** Biases that give the constants of some outputs, or 0. */
function headBias(outputs: readonly number[]): Initial {
  return (_, constants) => Float32Array.from(outputs, (output) => constants?.[output] ?? 0);
}

/** Whether a task's head works at every position of a sequence. */
function perPosition(features: Features, task: Task): boolean {
  return features.sequence && kindOf(task).perPosition === true;
}

/** Which heads there are and what they read. */
interface Layout {
  readonly features: Features;
  readonly tasks: readonly Task[];
  /** Tasks whose heads read one vector a row; their heads are one matrix. */
  readonly whole: readonly number[];
  /** Tasks whose heads work at every position of a sequence. */
  readonly token: readonly number[];
  /** Width of what a head reads. */
  readonly width: number;
  /** Numbers of a row of the encoder's output. */
  readonly size: number;
  /** Columns of the matrix, in all and per task. */
  readonly wholeOutputs: number;
  readonly wholeSizes: readonly number[];
}

/** @throws RangeError when a tagging task has more or fewer positions than the sequence */
function layoutOf(features: Features, tasks: readonly Task[]): Layout {
  const whole = tasks.flatMap((task, t) => (perPosition(features, task) ? [] : [t]));
  const token = tasks.flatMap((task, t) => (perPosition(features, task) ? [t] : []));
  for (const t of token) {
    const positions = cellsOf(tasks[t]!);
    if (positions !== features.shape[0]) {
      throw new RangeError(
        `Cannot put a head for task "${tasks[t]!.name}" on a sequence of ${features.shape[0]} positions: its labels have ${positions}`,
      );
    }
  }
  const wholeSizes = whole.map((t) => tasks[t]!.outputs);
  const wholeOutputs = wholeSizes.reduce((n, outputs) => n + outputs, 0);
  return { features, tasks, whole, token, width: summaryWidth(features), size: sizeOf(features.shape), wholeOutputs, wholeSizes };
}

/** The matrix of the heads that read one vector a row, with its biases. */
function wholeParameters({ tasks, whole, width, wholeOutputs }: Layout, outputsOf: (t: number) => number[]): Parameter[] {
  if (whole.length === 0) return [];
  const columnTasks = whole.flatMap((t) => new Array<number>(tasks[t]!.outputs).fill(t));
  const initial: Initial = (random, constants) => {
    const all = new Float32Array(width * wholeOutputs);
    let offset = 0;
    for (const t of whole) {
      const { name, outputs } = tasks[t]!;
      const own = headWeights(width, outputs)(random.split(name), constants);
      for (let i = 0; i < width; i++) all.set(own.subarray(i * outputs, (i + 1) * outputs), i * wholeOutputs + offset);
      offset += outputs;
    }
    return all;
  };
  const bias = headBias(whole.flatMap(outputsOf));
  return [
    { name: WEIGHTS, shape: [width, wholeOutputs], role: 'task', columnTasks, decay: true, initial },
    { name: BIAS, shape: [1, wholeOutputs], role: 'task', columnTasks, decay: false, initial: bias },
  ];
}

function parametersOf(layout: Layout): Parameter[] {
  const { tasks, token, width } = layout;
  const firstOutputs = tasks.map((_, t) => tasks.slice(0, t).reduce((n, { outputs }) => n + outputs, 0));
  const outputsOf = (t: number, count: number = tasks[t]!.outputs): number[] =>
    Array.from({ length: count }, (_, i) => firstOutputs[t]! + i);
  const tagging = token.flatMap((t): Parameter[] => {
    const { name, classes } = tasks[t]!;
    const own = { role: 'task', task: t } as const;
    const [weights, bias] = [headWeights(width, classes.length), headBias(outputsOf(t, classes.length))];
    return [
      { name: `head/${name}/weights`, shape: [width, classes.length], ...own, decay: true, initial: weights },
      { name: `head/${name}/bias`, shape: [1, classes.length], ...own, decay: false, initial: bias },
    ];
  });
  return [...wholeParameters(layout, (t) => outputsOf(t)), ...tagging];
}

/** Whether heads of both sorts read one tensor, positions first and then the summary. */
const readsBoth = ({ whole, token }: Layout): boolean => whole.length > 0 && token.length > 0;

const positions = (layout: Layout, z: Tensor): Tensor =>
  readsBoth(layout) ? tf.slice(z as Tensor3D, [0, 0, 0], [-1, -1, layout.size]) : z;

const summary = (layout: Layout, z: Tensor): Tensor =>
  readsBoth(layout) ? tf.slice(z as Tensor3D, [0, 0, layout.size], [-1, -1, layout.width]) : z;

/** Columns of the matrix, or of what it gives, per task. */
const split = ({ whole, wholeSizes }: Layout, x: Tensor): Tensor[] => (whole.length === 1 ? [x] : tf.split(x, [...wholeSizes], 2));

const weightsOf = (values: Values): Tensor3D => values[WEIGHTS] as Tensor3D;

/** A tagging head at every position. */
function tag({ features, tasks, width }: Layout, values: Values, t: number, z: Tensor): Tensor {
  const { name } = tasks[t]!;
  const [models, batch] = z.shape as [number, number];
  const rows = tf.reshape(shapeRows(z, features.shape), [models, -1, width]) as Tensor3D;
  const scores = tf.add(tf.matMul(rows, values[`head/${name}/weights`] as Tensor3D), values[`head/${name}/bias`]!);
  return tf.reshape(scores, [models, batch, -1]);
}

/** Puts outputs per task side by side. */
function inOrder(layout: Layout, wholePart: Tensor | undefined, tagged: readonly Tensor[]): Tensor {
  if (tagged.length === 0) return wholePart!;
  const { tasks, token, whole } = layout;
  const parts = wholePart ? split(layout, wholePart) : [];
  const all = tasks.map((_, t) => (token.includes(t) ? tagged[token.indexOf(t)]! : parts[whole.indexOf(t)]!));
  return all.length === 1 ? all[0]! : tf.concat(all, 2);
}

/** `Heads.apply` */
function apply(layout: Layout, values: Values, z: Tensor): Tensor {
  const { whole, token } = layout;
  const wholePart = whole.length > 0 ? tf.add(tf.matMul(summary(layout, z) as Tensor3D, weightsOf(values)), values[BIAS]!) : undefined;
  return inOrder(
    layout,
    wholePart,
    token.map((t) => tag(layout, values, t, positions(layout, z))),
  );
}

/** `Heads.applyEach` */
function applyEach(layout: Layout, values: Values, z: Tensor): Tensor {
  const { tasks, whole, token, width, wholeOutputs, wholeSizes } = layout;
  if (tasks.length === 1) return apply(layout, values, z);
  const [models, batch, columns] = z.shape as [number, number, number];
  const stack = models / tasks.length;
  if (token.length === 0 && wholeSizes.every((n) => n === wholeSizes[0])) {
    const n = wholeSizes[0]!;
    const matrices = tf.transpose(tf.reshape(weightsOf(values), [stack, width, tasks.length, n]), [0, 2, 1, 3]);
    const weights = tf.reshape(matrices, [models, width, n]);
    const scores = tf.reshape(tf.matMul(z as Tensor3D, weights as Tensor3D), [stack, tasks.length, batch, n]);
    return tf.add(tf.reshape(tf.transpose(scores, [0, 2, 1, 3]), [stack, batch, wholeOutputs]), values[BIAS]!);
  }
  const each = tf.unstack(tf.reshape(z, [stack, tasks.length, batch, columns]), 1);
  const matrices = whole.length > 0 ? split(layout, weightsOf(values)) : [];
  const own = whole.map((t, i) => tf.matMul(summary(layout, each[t]!) as Tensor3D, matrices[i] as Tensor3D) as Tensor);
  const wholePart = own.length > 0 ? tf.add(own.length === 1 ? own[0]! : tf.concat(own, 2), values[BIAS]!) : undefined;
  return inOrder(
    layout,
    wholePart,
    token.map((t) => tag(layout, values, t, positions(layout, each[t]!))),
  );
}

/** Gradients of each task's outputs by what its head reads: `[stack, batch, outputs] -> [stack, tasks, batch, width]`. */
function inputPerTask(layout: Layout, values: Values, signal: Tensor): Tensor {
  const { tasks, width, wholeSizes } = layout;
  const [stack, batch] = signal.shape as [number, number];
  if (wholeSizes.every((n) => n === 1)) {
    const each = tf.reshape(tf.transpose(signal, [0, 2, 1]), [stack, tasks.length, batch, 1]);
    return tf.mul(each, tf.reshape(tf.transpose(weightsOf(values), [0, 2, 1]), [stack, tasks.length, 1, width]));
  }
  const signals = split(layout, signal);
  const own = split(layout, weightsOf(values)).map((w, t) => tf.matMul(signals[t] as Tensor3D, w as Tensor3D, false, true) as Tensor);
  return tf.stack(own, 1);
}

/** `Heads.trace`; only where all heads are one matrix. */
function trace(layout: Layout, values: Values, z: Tensor): HeadsTrace {
  return {
    outputs: tf.add(tf.matMul(z as Tensor3D, weightsOf(values)), values[BIAS]!),
    backward: (signal, each) => ({
      parameters: [tf.matMul(z as Tensor3D, signal as Tensor3D, true, false), tf.sum(signal, 1, true)],
      input: each ? inputPerTask(layout, values, signal) : tf.expandDims(tf.matMul(signal as Tensor3D, weightsOf(values), false, true), 1),
    }),
  };
}

/** `Heads.traceEach`; only where all heads are one matrix. */
function traceEach(layout: Layout, values: Values, z: Tensor): HeadsTrace {
  const { tasks, width } = layout;
  const [models, batch] = z.shape as [number, number];
  const own = tf.unstack(tf.reshape(z, [models / tasks.length, tasks.length, batch, width]), 1);
  return {
    outputs: applyEach(layout, values, z),
    backward(signal) {
      const signals = split(layout, signal);
      const weights = own.map((x, t) => tf.matMul(x as Tensor3D, signals[t] as Tensor3D, true, false) as Tensor);
      return {
        parameters: [weights.length === 1 ? weights[0]! : tf.concat(weights, 2), tf.sum(signal, 1, true)],
        input: inputPerTask(layout, values, signal),
      };
    },
  };
}

/**
 * Linear heads, the tasks' outputs side by side in task order.
 *
 * Heads that read one vector a row are one matrix `heads/weights` `[width, outputs]` with `heads/bias` `[1, outputs]`, so that the cost
 * hardly grows with the number of tasks; a tagging task on a sequence has `head/<task>/weights` `[token width, classes]` and its bias, and
 * works at every position. Each task's columns start from a stream of the task's name: a network of one task starts with the same head as
 * that task's in a network of many.
 *
 * Weights are drawn after Glorot & Bengio (2010), biases are 0. Where a training starts near a constant prediction, the biases give the
 * constant and the weights are a hundredth of that.
 * @throws RangeError when a tagging task has more or fewer positions than the sequence
 */
export function heads(features: Features, tasks: readonly Task[]): Heads {
  const layout = layoutOf(features, tasks);
  return {
    parameters: parametersOf(layout),
    pool(z, context) {
      if (!features.sequence || layout.whole.length === 0) return z;
      const short = summarize(features, z, context);
      return readsBoth(layout) ? tf.concat([z, short], 2) : short;
    },
    apply: (values, z) => apply(layout, values, z),
    applyEach: (values, z) => applyEach(layout, values, z),
    ...(!features.sequence && {
      trace: (values: Values, z: Tensor) => trace(layout, values, z),
      traceEach: (values: Values, z: Tensor) => traceEach(layout, values, z),
    }),
  };
}
