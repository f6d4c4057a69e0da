import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
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

const part = (x: Tensor, start: number, size: number): Tensor =>
  start === 0 && size === x.shape[2] ? x : tf.slice(x as tf.Tensor3D, [0, 0, start], [-1, -1, size]);

/** Elementwise loss of one kind; z and y `[stack, batch, n]`. */
const ELEMENTWISE: Readonly<Partial<Record<Task['kind'], (z: Tensor, y: Tensor) => Tensor>>> = {
  // softplus(z) - z y is the cross entropy of a logit, without overflow and with the right gradient at 0.
  binary: (z, y) => tf.sub(tf.softplus(z), tf.mul(z, y)),
  regression: (z, y) => tf.square(tf.sub(z, y)),
};

/**
 * The tasks' losses over a batch: cross entropy in nats (binary, multiclass, tagging), squared error of the standardised target
 * (regression). Labels that are missing count nothing.
 * @param outputs `[stack, batch, outputs]`, logits or standardised values, tasks side by side
 * @param labels `[stack, batch, columns]`, class codes or standardised values, 0 where missing
 * @param mask `[stack, batch, columns]`, 1 where there is a label
 * @param classWeights `[stack, classes]`, tasks side by side
 */
export function lossSums(tasks: readonly Task[], outputs: Tensor, labels: Tensor, mask: Tensor, classWeights?: Tensor): LossSums {
  const [stack, batch] = [outputs.shape[0]!, outputs.shape[1]!];
  const sums: Tensor[] = [];
  const counts: Tensor[] = [];
  let column = 0;
  let output = 0;
  let classes = 0;
  for (let t = 0; t < tasks.length; ) {
    const { kind } = tasks[t]!;
    const elementwise = ELEMENTWISE[kind];
    if (elementwise) {
      // Neighbouring tasks of one kind are one tensor, so that the number of ops does not grow with the tasks.
      let n = 1;
      while (t + n < tasks.length && tasks[t + n]!.kind === kind) n++;
      const y = part(labels, column, n);
      let m = part(mask, column, n);
      if (classWeights && kind === 'binary') {
        const pairs = tf.reshape(tf.slice(classWeights as tf.Tensor2D, [0, classes], [-1, 2 * n]), [stack, 1, n, 2]);
        const [negative, positive] = tf.unstack(pairs, 3);
        m = tf.mul(m, tf.add(negative!, tf.mul(y, tf.sub(positive!, negative!))));
      }
      sums.push(tf.sum(tf.mul(elementwise(part(outputs, output, n), y), m), 1));
      counts.push(tf.sum(m, 1));
      column += n;
      output += n;
      classes += kind === 'binary' ? 2 * n : 0;
      t += n;
      continue;
    }
    const task = tasks[t]!;
    const size = task.classes.length;
    const length = task.outputs / size;
    const logits = tf.reshape(part(outputs, output, task.outputs), [stack, batch, length, size]);
    const y = tf.oneHot(tf.cast(part(labels, column, length), 'int32'), size) as Tensor;
    const hot = tf.cast(tf.reshape(y, [stack, batch, length, size]), 'float32');
    let m = part(mask, column, length);
    if (classWeights) {
      const weights = tf.reshape(tf.slice(classWeights as tf.Tensor2D, [0, classes], [-1, size]), [stack, 1, 1, size]);
      m = tf.mul(m, tf.sum(tf.mul(hot, weights), 3));
    }
    const losses = tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), hot), 3));
    sums.push(tf.reshape(tf.sum(tf.mul(losses, m), [1, 2]), [stack, 1]));
    counts.push(tf.reshape(tf.sum(m, [1, 2]), [stack, 1]));
    column += length;
    output += task.outputs;
    classes += size;
    t += 1;
  }
  const join = (parts: Tensor[]): Tensor => (parts.length === 1 ? parts[0]! : tf.concat(parts, 1));
  return { sums: join(sums), counts: join(counts) };
}

/** Mean losses `[stack, tasks]`; 0 where the batch has no label. */
export function meanLosses({ sums, counts }: LossSums): Tensor {
  return tf.div(sums, tf.maximum(counts, 1e-12));
}
