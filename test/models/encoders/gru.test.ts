import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { gru } from '../../../src/models/encoders/gru';
import type { Values } from '../../../src/models/network/network';
import { expectClose, list, normals, runEncoder } from '../support';

/** One direction in float64, from the definition. */
function states(values: Values, way: string, x: number[][], size: number): number[][] {
  const part = (name: string): number[] => list(values[`e/${way}/${name}`]!);
  const [W, b, U, c] = [part('input/weights'), part('input/bias'), part('state/weights'), part('state/bias')];
  const line = (v: number[], m: number[], bias: number[], j: number): number =>
    v.reduce((sum, vi, i) => sum + vi * m[i * 3 * size + j]!, bias[j]!);
  const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
  let h = new Array<number>(size).fill(0);
  return x.map((v) => {
    h = h.map((before, j) => {
      const r = sigmoid(line(v, W, b, j) + line(h, U, c, j));
      const z = sigmoid(line(v, W, b, size + j) + line(h, U, c, size + j));
      const n = Math.tanh(line(v, W, b, 2 * size + j) + r * line(h, U, c, 2 * size + j));
      return (1 - z) * n + z * before;
    });
    return h;
  });
}

test('both directions compute the recurrence of its definition', () => {
  tf.tidy(() => {
    const x = normals(1, [1, 1, 4, 2]);
    const v = list(x);
    const rows = [0, 1, 2, 3].map((t) => v.slice(2 * t, 2 * t + 2));
    const { out, values } = runEncoder(gru(3, { bidirectional: true, perToken: true }), { shape: [4, 2] }, x);
    const [there, back] = [states(values, 'forward', rows, 3), states(values, 'backward', [...rows].reverse(), 3).reverse()];
    expectClose(
      list(out),
      there.flatMap((h, t) => [...h, ...back[t]!]),
    );
    const last = runEncoder(gru(3, { bidirectional: true }), { shape: [4, 2] }, x, () => values).out;
    expectClose(list(last), [...there[3]!, ...back[0]!]);
  });
});

test('padding changes nothing', () => {
  tf.tidy(() => {
    const encoder = gru(3, { embedding: 2, bidirectional: true });
    const short = runEncoder(encoder, { shape: [3], vocabulary: 9 }, tf.tensor([4, 8, 1], [1, 1, 3]));
    const long = runEncoder(encoder, { shape: [5], vocabulary: 9 }, tf.tensor([4, 8, 1, 0, 0], [1, 1, 5]), () => short.values);
    expectClose(long.out, short.out);
  });
});

test('refuses a size of 0 and what is no sequence', () => {
  expect(() => gru(0)).toThrow(/'size' must be integer >= 1, got 0/);
  expect(() => gru(3).build({ shape: [3, 3, 1] }, 'e')).toThrow(TypeError);
});
