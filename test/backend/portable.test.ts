import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { speedUpPortableMatMul } from '../../src/backend/portable-mat-mul';
import { graddrop, pcgrad } from '../../src/balancing';
import { clusteredTasks } from '../../src/data/simulators';
import { splitData } from '../../src/data/split';
import { taskData } from '../../src/data/task-data';
import { lookUp } from '../../src/models/encoders/embedding';
import { mlp } from '../../src/models/encoders/mlp';
import type { Method } from '../../src/models/method';
import { halve } from '../../src/models/network/convolution';
import { crossStitch } from '../../src/models/sharing/cross-stitch';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { mmoe } from '../../src/models/sharing/mmoe';
import { singleTask } from '../../src/models/sharing/single-task';
import { adam } from '../../src/training/optimizer';
import { trainRuns } from '../../src/training/runs';
import { checkSettings } from '../../src/training/settings';
import { list, normals, roundingOf } from '../models/support';

const planted = clusteredTasks({ groups: 1, tasksPerGroup: 2, features: 6, rows: 80, seed: 3 });
const data = taskData(planted.table, { tasks: planted.tasks });
const split = splitData(data, { test: 0.3, seed: 0 });
const trunk = mlp([6], { dropout: 0.2 });
const methods: Record<string, Method> = {
  single: singleTask(trunk),
  hard: hardSharing(trunk),
  pcgrad: hardSharing(trunk).with(pcgrad()),
  graddrop: hardSharing(trunk).with(graddrop()),
  mmoe: mmoe({ expert: trunk, experts: 2 }),
  crossStitch: crossStitch(trunk),
};
let native: string;

beforeAll(async () => {
  await loadBackend();
  native = tf.getBackend();
  speedUpPortableMatMul();
});
afterAll(async () => {
  await tf.setBackend(native);
});

async function predictions(method: Method, backend: string): Promise<number[]> {
  await tf.setBackend(backend);
  // Adam's default epsilon would turn the rounding of a gradient near 0 into a whole step; with this one it grows 10 times at most.
  const optimizer = adam({ epsilon: 1e-3 });
  const { onProgress, ...settings } = checkSettings('test', { optimizer, epochs: 3, batchSize: 16 });
  expect(onProgress).toBeUndefined();
  const [result] = await trainRuns(data, [{ name: 'run', method, seed: 1, split, learningRate: 0.01 }], settings);
  return result!.predictions.flatMap((values) => [...values]);
}

test.each(Object.keys(methods))('%s gives the same numbers on the portable backend, dropout included', async (name) => {
  const here = await predictions(methods[name]!, native);
  const portable = await predictions(methods[name]!, 'wasm');
  expect(portable.length).toBe(here.length);
  for (const [i, value] of here.entries()) expect(Math.abs(portable[i]! - value)).toBeLessThan(1e-4);
});

test.each([
  // Leading axes, rows, inner, columns: on both sides of the size from which products are computed one by one.
  [[3], 40, 24, 56],
  [[2, 3], 30, 40, 20],
  [[], 64, 64, 64],
  [[1], 128, 200, 3],
  [[4], 3, 5, 2],
])('matrix products of %j, %i x %i x %i are those of the native backend, and leave nothing behind', async (lead, rows, inner, columns) => {
  for (const [transposeA, transposeB] of [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const) {
    const product = (): number[][] =>
      tf.tidy(() => {
        const a = normals(1, [...lead, ...(transposeA ? [inner, rows] : [rows, inner])]);
        const b = normals(2, [...lead, ...(transposeB ? [columns, inner] : [inner, columns])]);
        const c = tf.matMul(a, b, transposeA, transposeB);
        expect(c.shape).toEqual([...lead, rows, columns]);
        return [list(c), list(tf.matMul(tf.abs(a), tf.abs(b), transposeA, transposeB))];
      });
    await tf.setBackend(native);
    const [here, sizes] = product();
    await tf.setBackend('wasm');
    const before = tf.memory();
    const [portable] = product();
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    const worst = portable!.reduce((most, value, i) => Math.max(most, Math.abs(value - here![i]!) / sizes![i]!), 0);
    expect(worst).toBeLessThan(2 * roundingOf(inner));
  }
});

test('the gradient of looked-up rows adds what reached each row', async () => {
  await tf.setBackend('wasm');
  tf.tidy(() => {
    // Two models with tables of 4 rows of 2; in the first, row 3 is read twice, in the second row 1; others once or never.
    const ids = tf.tensor([3, 0, 3, 1, 1, 2], [2, 1, 3]);
    const arriving = tf.reshape(tf.range(1, 13), [2, 1, 3, 2]);
    const [gradient] = tf.grads((table: Tensor) => tf.sum(tf.mul(lookUp(table, ids), arriving)))([normals(1, [2, 4, 2])]);
    expect(list(gradient!)).toEqual([3, 4, 0, 0, 0, 0, 1 + 5, 2 + 6, 0, 0, 7 + 9, 8 + 10, 11, 12, 0, 0]);
  });
});

test.each([
  [4, 4],
  [4, 5],
  [5, 4],
  [5, 5],
  [1, 4],
  [3, 1],
])('means over 2 x 2 cells of %i x %i and their gradient are over the cells that there are', async (height, width) => {
  await tf.setBackend('wasm');
  tf.tidy(() => {
    const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)];
    const x = tf.reshape(tf.range(0, height * width * 2), [1, 1, height, width, 2]);
    const arriving = tf.reshape(tf.range(1, rows * columns * 2 + 1), [1, 1, rows, columns, 2]);
    const means = new Array<number>(rows * columns * 2).fill(0);
    const slopes: number[] = [];
    for (let i = 0; i < height * width * 2; i++) {
      const [row, column, channel] = [Math.floor(i / (2 * width)), Math.floor(i / 2) % width, i % 2] as [number, number, number];
      const count = (row === height - 1 && height % 2 === 1 ? 1 : 2) * (column === width - 1 && width % 2 === 1 ? 1 : 2);
      const cell = (Math.floor(row / 2) * columns + Math.floor(column / 2)) * 2 + channel;
      means[cell]! += i / count;
      slopes.push((cell + 1) / count);
    }
    const [gradient] = tf.grads((images: Tensor) => tf.sum(tf.mul(halve(images), arriving)))([x]);
    // Small integers over 1, 2 or 4: no rounding.
    expect(list(halve(x))).toEqual(means);
    expect(list(gradient!)).toEqual(slopes);
  });
});
