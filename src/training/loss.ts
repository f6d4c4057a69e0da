import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Kind } from '../tasks/kind';
import { cellsOf, kindOf } from '../tasks/registry';
import type { Task } from '../tasks/task';

/** Masked loss sums of a batch: the loss of task t is `sums / counts`. Both `[stack, tasks]`. */
export interface LossSums {
  readonly sums: Tensor;
  /** Weighted numbers of labels; 0 where the batch has none. */
  readonly counts: Tensor;
}

/** Number of classes over all tasks: columns of the class-weight tensor. */
export function totalClasses(tasks: readonly Task[]): number {
  return tasks.reduce((sum, task) => sum + task.classes.length, 0);
}

/** Neighboring tasks whose losses are computed together, with their places in the tensors. */
interface Group {
  readonly kind: Kind;
  /** Tasks. */
  readonly count: number;
  readonly column: number;
  readonly columns: number;
  readonly output: number;
  readonly outputs: number;
  readonly class: number;
  /** Classes per task. */
  readonly classes: number;
}

/** Tasks of kinds that say so are one tensor a run of neighbors, so that the number of ops does not grow with the tasks. */
function groupsOf(tasks: readonly Task[]): Group[] {
  const groups: Group[] = [];
  let [column, output, first] = [0, 0, 0];
  for (let t = 0; t < tasks.length; ) {
    const task = tasks[t]!;
    const kind = kindOf(task);
    const cells = cellsOf(task);
    const joins = (other: Task): boolean => other.kind === task.kind && cellsOf(other) === cells;
    let count = 1;
    if (kind.loss.joins) while (t + count < tasks.length && joins(tasks[t + count]!)) count++;
    const columns = cells * count;
    const outputs = task.outputs * count;
    groups.push({ kind, count, column, columns, output, outputs, class: first, classes: task.classes.length });
    column += columns;
    output += outputs;
    first += task.classes.length * count;
    t += count;
  }
  return groups;
}

const columnsOf = (x: Tensor, start: number, size: number): Tensor =>
  start === 0 && size === x.shape[2] ? x : tf.slice(x as tf.Tensor3D, [0, 0, start], [-1, -1, size]);

function sumsAndTargets(
  tasks: readonly Task[],
  outputs: Tensor,
  labels: Tensor,
  mask: Tensor,
  classWeights: Tensor | undefined,
): LossSums & { readonly slopes: () => Tensor } {
  const groups = groupsOf(tasks).map((group) => {
    const { kind, count, classes } = group;
    const { sums, weight, slopes } = kind.loss.of({
      count,
      classes,
      labels: columnsOf(labels, group.column, group.columns),
      mask: columnsOf(mask, group.column, group.columns),
      z: columnsOf(outputs, group.output, group.outputs),
      ...(classWeights &&
        classes > 0 && { classWeights: () => tf.slice(classWeights as tf.Tensor2D, [0, group.class], [-1, classes * count]) }),
    });
    const counts = weight.shape[2] === count ? tf.sum(weight, 1) : tf.reshape(tf.sum(weight, [1, 2]), [-1, 1]);
    return { sums, counts, slopes };
  });
  const join = (parts: Tensor[], axis: number): Tensor => (parts.length === 1 ? parts[0]! : tf.concat(parts, axis));
  const own = tasks.map(({ lossWeight = 1 }) => lossWeight);
  const weighted = own.some((weight) => weight !== 1);
  const sums = join(
    groups.map((g) => g.sums),
    1,
  );
  return {
    sums: weighted ? tf.mul(sums, tf.tensor2d([own])) : sums,
    counts: join(
      groups.map((g) => g.counts),
      1,
    ),
    slopes() {
      const slopes = join(
        groups.map((g) => g.slopes()),
        2,
      );
      return weighted ? tf.mul(slopes, perOutput(tasks, tf.tensor2d([own]))) : slopes;
    },
  };
}

/** Index of the task that each output column belongs to. */
function taskOfOutput(tasks: readonly Task[]): number[] {
  return tasks.flatMap((task, t) => new Array<number>(task.outputs).fill(t));
}

/** A factor per task, `[stack, tasks]`, as a factor per output column, `[stack, 1, outputs]`. */
function perOutput(tasks: readonly Task[], factors: Tensor): Tensor {
  const owners = taskOfOutput(tasks);
  return tf.expandDims(owners.length === tasks.length ? factors : tf.gather(factors, tf.tensor1d(owners, 'int32'), 1), 1);
}

/**
 * The tasks' losses over a batch as their kinds define them, such as the cross entropy in nats or the squared error of the standardized target,
 * times the task's `lossWeight`. Labels that are missing count nothing. Differentiable by `outputs`.
 * @param outputs `[stack, batch, outputs]`, logits or standardized values, tasks side by side
 * @param labels `[stack, batch, columns]`, class codes or standardized values, 0 where missing
 * @param mask `[stack, batch, columns]`, 1 where there is a label
 * @param classWeights `[stack, classes]`, tasks side by side
 */
export function lossSums(tasks: readonly Task[], outputs: Tensor, labels: Tensor, mask: Tensor, classWeights?: Tensor): LossSums {
  let counts: Tensor | undefined;
  const differentiable = tf.customGrad((z, save) => {
    const parts = sumsAndTargets(tasks, z as Tensor, labels, mask, classWeights);
    counts = tf.keep(parts.counts);
    // What is not saved is freed before the backward pass.
    (save as (tensors: Tensor[]) => void)([parts.slopes()]);
    return { value: parts.sums, gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(saved[0]!, perOutput(tasks, dy)) };
  });
  const sums = differentiable(outputs);
  const free = tf.clone(counts!);
  counts!.dispose();
  return { sums, counts: free };
}

/** Mean losses `[stack, tasks]`; 0 where the batch has no label. */
export function meanLosses({ sums, counts }: LossSums): Tensor {
  return tf.div(sums, tf.maximum(counts, 1e-12));
}

/** Mean losses and how their weighted sum changes with the outputs. */
export interface LossSignal {
  /** `[stack, tasks]` */
  readonly losses: Tensor;
  /** `[stack, batch, outputs]` */
  readonly signal: Tensor;
}

/**
 * Mean losses with the gradient of their weighted sum by the outputs, without an automatic derivative.
 * @param weights `[stack, tasks]`; all 1 without
 */
export function lossSignal(
  tasks: readonly Task[],
  outputs: Tensor,
  labels: Tensor,
  mask: Tensor,
  classWeights: Tensor | undefined,
  weights: Tensor | undefined,
): LossSignal {
  const { sums, counts, slopes } = sumsAndTargets(tasks, outputs, labels, mask, classWeights);
  const divisors = tf.maximum(counts, 1e-12);
  const signal = weights ? tf.mul(slopes(), perOutput(tasks, tf.div(weights, divisors))) : tf.div(slopes(), perOutput(tasks, divisors));
  return { losses: tf.div(sums, divisors), signal };
}
