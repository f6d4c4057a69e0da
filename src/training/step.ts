import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { nativeOp } from '../backend/graph';
import type { Heads } from '../models/network/heads';
import type { ForwardContext, Layer, Network, Parameter, Values } from '../models/network/network';
import { statelessUniform } from '../random/philox';
import type { Task } from '../tasks/task';
import { lossSignal, lossSums, meanLosses } from './loss';

/*
 * The parts of a training step, as pure functions of tensors. All models of a stack are computed together on a leading axis; the engine
 * decides whether a part runs op by op or as a recorded graph.
 */

/** What a stack of models has in common. */
export interface StackShape {
  readonly network: Network;
  readonly tasks: readonly Task[];
  /** Number of models. */
  readonly stack: number;
  /** Shape of one input row. */
  readonly inputShape: readonly number[];
  /** Columns of the label matrix that each model reads, `[stack][columns]`; undefined where every model reads all, in order. */
  readonly columns?: readonly (readonly number[])[];
  /** Whether class weights are given. */
  readonly weighted: boolean;
  /** `[stack]`: steps of each model's whole training, for what anneals. */
  readonly totalSteps: readonly number[];
  /** The layer, from 0, of each shared parameter, where products and weights are wanted of every layer by itself; see `layersOf`. */
  readonly layers?: readonly number[];
}

/** How many groups of shared parameters have products and weights of their own. */
export function layerCount({ layers }: { readonly layers?: readonly number[] | undefined }): number {
  return layers ? Math.max(...layers) + 1 : 1;
}

/** Data that stays on the device. */
export interface Resident {
  /** `[rows, features]`; the last row is all zeros and stands for no row. */
  readonly inputs: Tensor;
  /** `[rows, columns]`, 0 where missing. */
  readonly labels: Tensor;
  /** `[rows, columns]`, 1 where there is a label. */
  readonly mask: Tensor;
  /** `[stack, classes]`; all 1 where no class is weighted. */
  readonly classWeights: Tensor;
}

/** The rows that a step works on. */
export interface Batch {
  /** `[stack, batch]` int32, rows of the resident tensors. */
  readonly rows: Tensor;
  /** `[stack, 2]` int32: a model's random stream and the step's number. */
  readonly seeds: Tensor;
}

const STREAM = 0x9e3779b1 | 0;

/** Uniform draws per model, `[stack, ...shape]`, that depend on the model's seed only, never on its place in the stack. */
export function uniformDraws(seeds: Tensor, stream: number, shape: readonly number[]): Tensor {
  const stack = seeds.shape[0]!;
  const size = shape.reduce((a, b) => a * b, 1);
  const offset = tf.tensor1d([Math.imul(stream + 1, STREAM), 0], 'int32');
  if (tf.getBackend() === 'tensorflow') {
    const draws = tf
      .unstack(seeds)
      .map((seed) =>
        nativeOp('StatelessRandomUniform', { dtype: { type: 'float32' }, T: { type: 'int32' }, Tseed: { type: 'int32' } }, [
          tf.tensor1d([size], 'int32'),
          tf.add(seed, offset),
        ]),
      );
    return tf.reshape(tf.stack(draws), [stack, ...shape]);
  }
  const pairs = seeds.dataSync();
  const values = new Float32Array(stack * size);
  for (let s = 0; s < stack; s++) {
    const pair = [(pairs[2 * s]! + Math.imul(stream + 1, STREAM)) | 0, pairs[2 * s + 1]!] as const;
    values.set(statelessUniform(size, pair), s * size);
  }
  return tf.tensor(values, [stack, ...shape]);
}

/** 1 where a row of the batch has a label, 0 where it fills the batch up: `[stack, batch, columns] -> [stack, batch]`. */
function rowsOf(mask: Tensor): Tensor {
  return tf.cast(tf.greater(tf.sum(mask, 2), 0), 'float32');
}

/**
 * A context whose random draws come from `seeds`; each of the `copies` of a model (one per task gradient) sees the same draws.
 * @param rows see `ForwardContext`, `[stack * copies, batch]`
 */
export function trainingContext(seeds: Tensor, copies: number, totalSteps: readonly number[], rows?: Tensor): ForwardContext {
  const stack = seeds.shape[0]!;
  let stream = 0;
  const uniform = (models: number, shape: readonly number[]): Tensor => {
    // A stack may hold several networks a model (experts, one network per task) side by side.
    const inner = models / (stack * copies);
    const draws = uniformDraws(seeds, stream++, [inner, ...shape]);
    if (copies === 1) return tf.reshape(draws, [models, ...shape]);
    return tf.reshape(tf.tile(tf.expandDims(draws, 1), [1, copies, ...new Array<number>(shape.length + 1).fill(1)]), [models, ...shape]);
  };
  return {
    training: true,
    uniform,
    ...(rows && { rows }),
    get progress() {
      const own = tf.div(tf.cast(tf.slice(seeds as tf.Tensor2D, [0, 1], [-1, 1]), 'float32'), tf.tensor2d([...totalSteps], [stack, 1]));
      return tf.reshape(tf.tile(own, [1, copies]), [stack * copies]);
    },
    dropout(x, rate) {
      if (rate === 0) return x;
      const keep = tf.cast(tf.greaterEqual(uniform(x.shape[0]!, x.shape.slice(1)), rate), 'float32');
      return tf.mul(x, tf.mul(keep, 1 / (1 - rate)));
    },
  };
}

/** The context outside training: nothing is random. */
export const inferenceContext: ForwardContext = {
  training: false,
  dropout: (x) => x,
  uniform: (stack, shape) => tf.fill([stack, ...shape], 0.5),
};

/** Inputs and labels of a batch. */
export interface Gathered {
  readonly x: Tensor;
  readonly y: Tensor;
  readonly mask: Tensor;
}

/** Reads the batch's rows from the resident data. */
export function gather(shape: StackShape, data: Resident, rows: Tensor): Gathered {
  const [stack, batch] = rows.shape as [number, number];
  const x = tf.reshape(tf.gather(data.inputs, rows as tf.Tensor2D), [stack, batch, ...shape.inputShape]);
  if (!shape.columns) return { x, y: tf.gather(data.labels, rows as tf.Tensor2D), mask: tf.gather(data.mask, rows as tf.Tensor2D) };
  const width = data.labels.shape[1]!;
  const columns = tf.tensor3d(shape.columns.flat(), [stack, 1, shape.columns[0]!.length], 'int32');
  const cells = tf.add(tf.mul(tf.expandDims(rows, 2), tf.scalar(width, 'int32')), columns) as tf.Tensor3D;
  return { x, y: tf.gather(tf.reshape(data.labels, [-1]), cells), mask: tf.gather(tf.reshape(data.mask, [-1]), cells) };
}

function named(parameters: readonly Parameter[], tensors: readonly Tensor[]): Values {
  return Object.fromEntries(parameters.map(({ name }, i) => [name, tensors[i]!]));
}

/** A step's result: the tasks' losses `[stack, tasks]` and a gradient per parameter. */
export interface WeightedGradients {
  readonly losses: Tensor;
  readonly gradients: readonly Tensor[];
}

/** `tf.valueAndGrads` for a function with further outputs: these are kept out of the tape's reach. */
function gradientsOf(f: (...p: Tensor[]) => { total: Tensor; kept: Tensor }, at: readonly Tensor[]): { kept: Tensor; gradients: Tensor[] } {
  let kept: Tensor | undefined;
  const { grads } = tf.valueAndGrads((...p: Tensor[]) => {
    const result = f(...p);
    kept = tf.keep(result.kept);
    return result.total as tf.Scalar;
  })([...at]);
  // What outlives the tape belongs to the caller's scope again.
  const free = tf.clone(kept!);
  kept!.dispose();
  return { kept: free, gradients: grads };
}

type TracedLayer = Layer & Required<Pick<Layer, 'trace'>>;

interface TracedChain {
  readonly layers: readonly TracedLayer[];
  readonly trace: NonNullable<Heads['trace']>;
}

/** The network as a chain whose layers have their own backward pass; undefined where it is none. */
function tracedChain(network: Network): TracedChain | undefined {
  const { layered } = network;
  const trace = layered?.heads.trace;
  if (!layered || !trace || network.penalty || !layered.layers.every((layer) => layer.trace)) return undefined;
  return { layers: layered.layers as readonly TracedLayer[], trace };
}

/** Forward pass of a chain and the gradient of its (weighted) losses by the outputs. */
function forwardChain(shape: StackShape, chain: TracedChain, values: Values, data: Resident, batch: Batch, weights: Tensor | undefined) {
  const { x, y, mask } = gather(shape, data, batch.rows);
  const context = trainingContext(batch.seeds, 1, shape.totalSteps);
  let z = x;
  const traces = chain.layers.map((layer) => {
    const trace = layer.trace(values, z, context);
    z = trace.output;
    return trace;
  });
  const flat = z.rank === 3 ? z : tf.reshape(z, [z.shape[0]!, z.shape[1]!, -1]);
  const top = chain.trace(values, flat, context);
  const { losses, signal } = lossSignal(shape.tasks, top.outputs, y, mask, shape.weighted ? data.classWeights : undefined, weights);
  /** Backward pass of K signals by the representation, `[stack, K, batch, width]`: gradients per parameter, layers in order. */
  const backward = (signals: Tensor): Tensor[] => {
    let signal = tf.reshape(signals, [...signals.shape.slice(0, 3), ...z.shape.slice(2)]);
    const found: (readonly Tensor[])[] = [];
    for (let i = traces.length - 1; i >= 0; i--) {
      const { parameters, input } = traces[i]!.backward(signal, i > 0);
      found.unshift(parameters);
      if (input) signal = input;
    }
    return found.flat();
  };
  return { losses, representation: flat, top: (each: boolean) => top.backward(signal, each), backward };
}

/** Losses and the gradients of the weighted sum of the tasks' losses; `weights` `[stack, tasks]`. */
export function weightedGradients(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  batch: Batch,
  weights: Tensor,
): WeightedGradients {
  const { network, tasks } = shape;
  const chain = tracedChain(network);
  if (chain) {
    const values = named(network.parameters, parameters);
    const { losses, top, backward } = forwardChain(shape, chain, values, data, batch, weights);
    const { parameters: own, input } = top(false);
    const trunk = backward(input).map((g) => tf.squeeze(g, [1]));
    return { losses, gradients: [...trunk, ...own] };
  }
  const { x, y, mask } = gather(shape, data, batch.rows);
  const rows = rowsOf(mask);
  const { kept, gradients } = gradientsOf((...p) => {
    const values = named(network.parameters, p);
    const context = (): ForwardContext => trainingContext(batch.seeds, 1, shape.totalSteps, rows);
    const outputs = network.forward(values, x, context());
    const losses = meanLosses(lossSums(tasks, outputs, y, mask, shape.weighted ? data.classWeights : undefined));
    const total = tf.sum(tf.mul(losses, weights));
    return {
      total: network.penalty ? tf.add(total, tf.sum(network.penalty(values, x, context()))) : total,
      kept: losses,
    };
  }, parameters);
  return { losses: kept, gradients };
}

/** The tasks' losses on a batch, `[stack, tasks]`, with the draws that a training step on it makes. */
export function batchLosses(shape: StackShape, parameters: readonly Tensor[], data: Resident, batch: Batch): Tensor {
  const { x, y, mask } = gather(shape, data, batch.rows);
  const context = trainingContext(batch.seeds, 1, shape.totalSteps, rowsOf(mask));
  const outputs = shape.network.forward(named(shape.network.parameters, parameters), x, context);
  return meanLosses(lossSums(shape.tasks, outputs, y, mask, shape.weighted ? data.classWeights : undefined));
}

/** Per-task gradients of a stack. */
export interface TaskGradients {
  /** `[stack, tasks]` */
  readonly losses: Tensor;
  /**
   * `[stack, tasks, tasks]`: products of the tasks' gradients by the shared parameters, or by the last shared layer's; with layers
   * `[stack, layers, tasks, tasks]`.
   */
  readonly gramian: Tensor;
  /** Per shared parameter, `[stack, tasks, ...shape]`. */
  readonly jacobian: readonly Tensor[];
  /** Per task parameter, `[stack, ...shape]`: the gradient of the plain sum of the losses. */
  readonly own: readonly Tensor[];
  /** Per parameter, the penalty's gradient, which no task's weight touches; empty where there is no penalty. */
  readonly penalty: readonly Tensor[];
}

/** `[stack, ...] -> [stack * copies, ...]`, the copies of a model side by side. */
function tileModels(x: Tensor, copies: number): Tensor {
  const [stack, ...rest] = x.shape as [number, ...number[]];
  if (copies === 1) return x;
  return tf.reshape(tf.tile(tf.expandDims(x, 1), [1, copies, ...rest.map(() => 1)]), [stack * copies, ...rest]);
}

/**
 * Which of the shared parameters, in order, belong to the last shared layer: the last one with parameters of the chain of layers that all
 * tasks read. All of them in a network without such a chain.
 */
export function lastSharedLayer({ parameters, layered }: Network): boolean[] {
  const last = [...(layered?.layers ?? [])].reverse().find((layer) => layer.parameters.some(({ role }) => role === 'shared'));
  const names = last && new Set(last.parameters.map(({ name }) => name));
  return parameters.filter(({ role }) => role === 'shared').map(({ name }) => names?.has(name) ?? true);
}

/**
 * The gradients of all tasks in one pass: the shared parameters are copied once a task, so that a single backward pass yields each task's
 * gradient as the gradient of its own copy.
 * @param lastLayer whether the Gramian is that of the last shared layer
 */
export function taskGradients(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  batch: Batch,
  lastLayer = false,
): TaskGradients {
  const { network, tasks, stack } = shape;
  const copies = tasks.length;
  const products = (jacobian: readonly Tensor[]): Tensor => {
    const chosen = lastSharedLayer(network);
    const counted = lastLayer ? jacobian.filter((_, i) => chosen[i]) : jacobian;
    return productsOf(shape, counted, counted);
  };
  const chain = tracedChain(network);
  if (chain) {
    const values = named(network.parameters, parameters);
    const { losses, top, backward } = forwardChain(shape, chain, values, data, batch, undefined);
    const { parameters: own, input } = top(true);
    const jacobian = backward(input);
    return { losses, jacobian, gramian: products(jacobian), own: [...own], penalty: [] };
  }
  const isShared = network.parameters.map(({ role }) => role === 'shared');
  const { x, y, mask } = gather(shape, data, batch.rows);
  const [xs, ys, masks] = [x, y, mask].map((t) => tileModels(t, copies)) as [Tensor, Tensor, Tensor];
  const weights = shape.weighted ? tileModels(data.classWeights, copies) : undefined;
  const own = tf.tile(tf.eye(copies), [stack, 1]);
  // Before the gradients are recorded: what is saved for them leaks where an encoder throws.
  const [rows, rowsOfEach] = [rowsOf(mask), rowsOf(masks)];
  const { kept, gradients } = gradientsOf(
    (...p) => {
      const values = named(network.parameters, p);
      const outputs = network.forward(values, xs, trainingContext(batch.seeds, copies, shape.totalSteps, rowsOfEach));
      const losses = tf.mul(meanLosses(lossSums(tasks, outputs, ys, masks, weights)), own);
      return { total: tf.sum(losses), kept: tf.reshape(tf.sum(losses, 1), [stack, copies]) };
    },
    parameters.map((p) => tileModels(p, copies)),
  );
  const penalties = network.penalty
    ? gradientsOf((...p) => {
        const context = trainingContext(batch.seeds, 1, shape.totalSteps, rows);
        const total = tf.sum(network.penalty!(named(network.parameters, p), x, context));
        return { total, kept: total };
      }, parameters).gradients
    : [];
  const perTask = gradients.map((g) => tf.reshape(g, [stack, copies, ...g.shape.slice(1)]));
  const jacobian = perTask.filter((_, i) => isShared[i]);
  return {
    losses: kept,
    jacobian,
    gramian: products(jacobian),
    own: perTask.flatMap((g, i) => (isShared[i] ? [] : [tf.sum(g, 1)])),
    penalty: penalties,
  };
}

/** Whether `representationGradients` can be had of a network. */
export function canWeighAtRepresentation(network: Network): boolean {
  return tracedChain(network) !== undefined;
}

/** @throws RangeError when the network is no chain of layers below linear heads */
function chainOf(network: Network): TracedChain {
  const chain = tracedChain(network);
  if (chain) return chain;
  throw new RangeError(
    'gradients: "representation" needs one representation below linear heads, as hardSharing with an mlp has; use gradients: "parameters" here',
  );
}

/** Losses `[stack, tasks]` and products `[stack, tasks, tasks]` of the tasks' gradients by the shared representation of the batch. */
export function representationProducts(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  batch: Batch,
): { readonly losses: Tensor; readonly gramian: Tensor } {
  const chain = chainOf(shape.network);
  const values = named(shape.network.parameters, parameters);
  const { losses, top } = forwardChain(shape, chain, values, data, batch, undefined);
  const signals = top(true).input;
  return { losses, gramian: gramianOf([signals], [signals], shape.stack, shape.tasks.length) };
}

/**
 * Gradients where the tasks' gradients are combined at the representation and then taken through the trunk once (MGDA-UB, Sener & Koltun
 * 2018, 1810.04650).
 * @param weights `[stack, tasks]`
 * @param use see `AtRepresentation`
 */
export function representationGradients(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  batch: Batch,
  weights: Tensor,
  use: Omit<AtRepresentation, 'factorsOf'>,
): WeightedGradients {
  const factorsOf = (): Tensor => tf.reshape(weights, [...weights.shape, 1, 1]);
  return gradientsThroughRepresentation(shape, parameters, data, batch, { ...use, factorsOf });
}

/** How the tasks' gradients by the representation become one, and what heads follow. */
export interface AtRepresentation {
  /**
   * What the tasks' gradients are multiplied by before they are summed, `[stack, tasks, 1, width or 1]`.
   * @param signals the tasks' gradients, `[stack, tasks, batch, width]`
   * @param representation `[stack, batch, width]`
   */
  readonly factorsOf: (signals: Tensor, representation: Tensor) => Tensor;
  /** `[stack, tasks]`, weights of the losses that heads follow; without, they follow the losses themselves. */
  readonly heads?: Tensor | undefined;
  /** `[stack]`: rescale the combined gradient to the length of the mean one of the present tasks, of which this is the share. */
  readonly presentShare?: Tensor | undefined;
  /** `[stack]`: multiply the combined gradient. */
  readonly factor?: Tensor | undefined;
}

/** The common part of `representationGradients` and of rules at the representation. */
export function gradientsThroughRepresentation(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  batch: Batch,
  { factorsOf, heads, presentShare, factor }: AtRepresentation,
): WeightedGradients {
  const chain = chainOf(shape.network);
  const values = named(shape.network.parameters, parameters);
  const { losses, representation, top, backward } = forwardChain(shape, chain, values, data, batch, undefined);
  const { parameters: own, input: signals } = top(true);
  let combined = tf.sum(tf.mul(signals, factorsOf(signals, representation)), 1, true);
  if (presentShare) {
    const length = (t: Tensor): Tensor => tf.sqrt(tf.sum(tf.square(t), [1, 2, 3], true));
    const mean = tf.div(length(tf.mean(signals, 1, true)), tf.reshape(presentShare, [-1, 1, 1, 1]));
    combined = tf.mul(combined, tf.div(mean, tf.maximum(length(combined), 1e-12)));
  }
  if (factor) combined = tf.mul(combined, tf.reshape(factor, [-1, 1, 1, 1]));
  const trunk = backward(combined).map((g) => tf.squeeze(g, [1]));
  return { losses, gradients: [...trunk, ...weighOwn(shape.network, own, heads)] };
}

/** Gradients of the tasks' own parameters, each times the weight of its task's loss; `weights` `[stack, tasks]`, undefined: as they are. */
export function weighOwn(network: Network, own: readonly Tensor[], weights: Tensor | undefined): readonly Tensor[] {
  if (!weights) return own;
  const columns = tf.unstack(weights, 1);
  const ownParameters = network.parameters.filter(({ role }) => role === 'task');
  return own.map((g, i) => {
    const { task: index, columnTasks, taskBlocks, shape } = ownParameters[i]!;
    const blocks = taskBlocks ?? (columnTasks && { axis: shape.length - 1, tasks: columnTasks });
    if (blocks) {
      const each = tf.gather(weights, [...blocks.tasks], 1);
      return tf.mul(g, tf.reshape(each, [g.shape[0]!, ...shape.map((size, axis) => (axis === blocks.axis ? size : 1))]));
    }
    return index === undefined ? g : tf.mul(g, tf.reshape(columns[index]!, [g.shape[0]!, ...g.shape.slice(1).map(() => 1)]));
  });
}

/** Products of the tasks' gradients on two batches of their own, and on the first of them; each as `TaskGradients.gramian`. */
export function crossGramian(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  left: Batch,
  right: Batch,
): { readonly cross: Tensor; readonly gramian: Tensor } {
  // Two passes, which run side by side in a graph.
  const [first, second] = [left, right].map((batch) => taskGradients(shape, parameters, data, batch)) as [TaskGradients, TaskGradients];
  const cross = productsOf(shape, first.jacobian, second.jacobian);
  const { gramian } = first;
  return { cross, gramian };
}

/** Sum over the parameters of the products of two Jacobians, `[stack, tasks, tasks]`. */
export function gramianOf(left: readonly Tensor[], right: readonly Tensor[], stack: number, tasks: number): Tensor {
  const products = left.map((l, i) => {
    const flat = (t: Tensor): tf.Tensor3D => tf.reshape(t, [stack, tasks, -1]);
    return tf.matMul(flat(l), flat(right[i]!), false, true) as Tensor;
  });
  if (products.length === 0) return tf.zeros([stack, tasks, tasks]);
  return products.length === 1 ? products[0]! : tf.addN(products);
}

/** The same of the shared parameters together, or of each layer: `[stack, tasks, tasks]` or `[stack, layers, tasks, tasks]`. */
function productsOf(shape: StackShape, left: readonly Tensor[], right: readonly Tensor[]): Tensor {
  const { stack, tasks, layers } = shape;
  if (!layers) return gramianOf(left, right, stack, tasks.length);
  const each = Array.from({ length: layerCount(shape) }, (_, layer) => {
    const [l, r] = [left, right].map((all) => all.filter((__, i) => layers[i] === layer)) as [Tensor[], Tensor[]];
    return gramianOf(l, r, stack, tasks.length);
  });
  return tf.stack(each, 1);
}

/** Per shared parameter, the sum of the tasks' gradients with the weights of its layer; `weights` `[stack, layers * tasks]`. */
export function combine(shape: StackShape, jacobian: readonly Tensor[], weights: Tensor): Tensor[] {
  const { stack, layers } = shape;
  const tasks = shape.tasks.length;
  const each = layers ? tf.split(weights as tf.Tensor2D, layerCount(shape), 1) : [weights];
  const rows = each.map((own) => tf.reshape(own, [stack, 1, tasks]) as tf.Tensor3D);
  return jacobian.map((j, i) => {
    const [, , ...rest] = j.shape as number[];
    return tf.reshape(tf.matMul(rows[layers?.[i] ?? 0]!, tf.reshape(j, [stack, tasks, -1]) as tf.Tensor3D), [stack, ...rest]);
  });
}

/** Scales each model's gradients so that their joint Euclidean norm is at most `limit` (Pascanu, Mikolov, Bengio 2013, 1211.5063). */
export function clipByGlobalNorm(gradients: readonly Tensor[], limit: number): Tensor[] {
  const stack = gradients[0]!.shape[0]!;
  const squares = gradients.map((g) => tf.sum(tf.reshape(tf.square(g), [stack, -1]), 1));
  const norm = tf.sqrt(squares.length === 1 ? squares[0]! : tf.addN(squares));
  const factor = tf.minimum(1, tf.div(limit, tf.maximum(norm, 1e-12)));
  return gradients.map((g) => tf.mul(g, tf.reshape(factor, [stack, ...g.shape.slice(1).map(() => 1)])));
}

/** Rows whose losses an evaluation sums up at a time. */
export const EVALUATION_BLOCK = 64;

/**
 * Outputs `[stack, batch, outputs]` without training, with the loss sums and label counts `[stack, blocks, tasks]` of each
 * {@link EVALUATION_BLOCK} rows: a float32 sum over all of them would depend on how many rows are filled up.
 * @param rows `[stack, batch]`
 */
export function evaluate(
  shape: StackShape,
  parameters: readonly Tensor[],
  data: Resident,
  rows: Tensor,
): { readonly outputs: Tensor; readonly sums: Tensor; readonly counts: Tensor } {
  const { network, tasks } = shape;
  const { x, y, mask } = gather(shape, data, rows);
  const outputs = network.forward(named(network.parameters, parameters), x, inferenceContext);
  const [stack, batch] = rows.shape as [number, number];
  const blocks = Math.ceil(batch / EVALUATION_BLOCK);
  const extra = blocks * EVALUATION_BLOCK - batch;
  const apart = (t: Tensor): Tensor => {
    const filled =
      extra === 0
        ? t
        : tf.pad(t as tf.Tensor3D, [
            [0, 0],
            [0, extra],
            [0, 0],
          ]);
    return tf.reshape(filled, [stack * blocks, EVALUATION_BLOCK, ...t.shape.slice(2)]);
  };
  const weights = shape.weighted ? tileModels(data.classWeights, blocks) : undefined;
  const { sums, counts } = lossSums(tasks, apart(outputs), apart(y), apart(mask), weights);
  const perBlock = (t: Tensor): Tensor => tf.reshape(t, [stack, blocks, tasks.length]);
  return { outputs, sums: perBlock(sums), counts: perBlock(counts) };
}

/** Tasks whose trial steps are computed at a time: the outputs take memory by their number times the number of all tasks. */
const LOOKAHEAD_CHUNK = 16;

/**
 * Losses of all tasks after a plain gradient step of each task on the shared parameters, `[stack, tasks, tasks]`: entry (i, j) is the loss
 * of task j once task i's gradient alone has moved the shared parameters by `rate` (the look-ahead of TAG, Fifty et al. 2021, 2109.04617).
 * The draws (dropout) are those of `batchLosses` and `taskGradients` on the batch, so that only the step makes a difference.
 */
export function lookaheadLosses(shape: StackShape, parameters: readonly Tensor[], data: Resident, batch: Batch, rate: number): Tensor {
  const { network, tasks, stack } = shape;
  const { jacobian } = taskGradients(shape, parameters, data, batch);
  const { x, y, mask } = gather(shape, data, batch.rows);
  const chunks = Array.from({ length: Math.ceil(tasks.length / LOOKAHEAD_CHUNK) }, (_, c) =>
    tf.tidy(() => {
      const first = c * LOOKAHEAD_CHUNK;
      const copies = Math.min(LOOKAHEAD_CHUNK, tasks.length - first);
      let shared = 0;
      const moved = network.parameters.map(({ role }, i) => {
        const tiled = tileModels(parameters[i]!, copies);
        if (role !== 'shared') return tiled;
        const own = jacobian[shared++]!;
        const [, , ...rest] = own.shape;
        const step = tf.slice(own, [0, first, ...rest.map(() => 0)], [stack, copies, ...rest]);
        return tf.sub(tiled, tf.mul(rate, tf.reshape(step, tiled.shape)));
      });
      const [xs, ys, masks] = [x, y, mask].map((t) => tileModels(t, copies)) as [Tensor, Tensor, Tensor];
      const context = trainingContext(batch.seeds, copies, shape.totalSteps, rowsOf(masks));
      const outputs = network.forward(named(network.parameters, moved), xs, context);
      const weights = shape.weighted ? tileModels(data.classWeights, copies) : undefined;
      return tf.reshape(meanLosses(lossSums(tasks, outputs, ys, masks, weights)), [stack, copies, tasks.length]);
    }),
  );
  return chunks.length === 1 ? chunks[0]! : tf.concat(chunks, 1);
}
