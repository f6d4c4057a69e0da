import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { embedding } from '../../../src/models/encoders/embedding';
import { inferenceContext } from '../../../src/models/forward-context';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { buildOf, expectClose, list, multiclassTask, normals, problemOf, randomValues, runEncoder, taggingTask } from '../support';

const words = { shape: [4], vocabulary: 6 };

test('looks up the rows of each model, 0 for padding', () => {
  tf.tidy(() => {
    const x = tf.tensor([3, 1, 0, 0, 5, 5, 2, 1], [2, 1, 4]);
    const { out, values } = runEncoder(embedding(2), words, x);
    const flat = [0, 1].map((s) => list(tf.slice(values['e/table']!, [s], [1])));
    const expected = [
      [3, 1, 0, 0],
      [5, 5, 2, 1],
    ].map((ids, s) => ids.flatMap((id) => (id === 0 ? [0, 0] : [flat[s]![2 * id]!, flat[s]![2 * id + 1]!])));
    expectClose(list(out), expected.flat());
  });
});

test('tagging heads read every position, others the mean over tokens, together or alone', () => {
  tf.tidy(() => {
    const [slots, intent] = [taggingTask('slots', 4, 3), multiclassTask('intent', 2)];
    const both = problemOf(words, [slots, intent]);
    const network = buildOf(hardSharing(embedding(2)), both);
    const values = randomValues(network, 1);
    const x = tf.tensor([3, 1, 0, 0], [1, 1, 4]);
    const out = list(network.forward(values, x, inferenceContext));
    expect(out.length).toBe(4 * 3 + 2);
    const table = list(values['trunk/table']!);
    const vector = (id: number): number[] => (id === 0 ? [0, 0] : table.slice(2 * id, 2 * id + 2));
    const apply = (name: string, v: number[], n: number): number[] => {
      const [w, b] = [list(values[`${name}/weights`]!), list(values[`${name}/bias`]!)];
      return Array.from({ length: n }, (_, j) => b[j]! + v.reduce((sum, vi, i) => sum + vi * w[i * n + j]!, 0));
    };
    const mean = [0, 1].map((i) => (vector(3)[i]! + vector(1)[i]!) / 2);
    const expected = [...[3, 1, 0, 0].flatMap((id) => apply('head/slots', vector(id), 3)), ...apply('heads', mean, 2)];
    expectClose(out, expected);
    const alone = buildOf(hardSharing(embedding(2)), { ...both, tasks: [intent] });
    expectClose(list(alone.forward(values, x, inferenceContext)), expected.slice(12));
    expect(() => buildOf(hardSharing(embedding(2)), problemOf(words, [taggingTask('slots', 5, 3)]))).toThrow(/4 positions.*5/);
  });
});

test('gradients reach the rows that were looked up', () => {
  tf.tidy(() => {
    const layers = embedding(2).build(words, 'e');
    const x = tf.tensor([3, 1, 0, 3, 5, 5, 2, 1], [2, 1, 4]);
    const mask = tf.cast(tf.notEqual(x, 0), 'float32');
    const grad = tf.grad((table: Tensor) => tf.sum(layers[0]!.apply({ 'e/table': table }, x, { ...inferenceContext, mask })))(
      normals(1, [2, 6, 2]),
    );
    const counts = [0, 1, 0, 2, 0, 0, 0, 1, 1, 0, 0, 2];
    expectClose(
      list(grad),
      counts.flatMap((n) => [n, n]),
    );
  });
});

test('refuses numbers', () => {
  expect(() => embedding(3).build({ shape: [4] }, 'e')).toThrow(
    /embedding: inputs must be ids, \[length\] with a vocabulary; got numbers of shape \[4\]/,
  );
  expect(() => embedding(0)).toThrow(RangeError);
});
