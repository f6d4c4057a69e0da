import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { textConv } from '../../../src/models/encoders/text-conv';
import { expectClose, list, normals, runEncoder } from '../support';

test('filters over windows of vectors, each at its largest', () => {
  tf.tidy(() => {
    const x = normals(1, [1, 1, 5, 2]);
    const { out, values } = runEncoder(textConv({ windows: [2, 3], filters: 2 }), { shape: [5, 2] }, x);
    const v = list(x);
    const cell = (t: number, i: number): number => (t < 0 || t > 4 ? 0 : v[2 * t + i]!);
    const filter = (window: number, f: number, t: number): number => {
      const [w, b] = [list(values[`e/window${window}/weights`]!), list(values[`e/window${window}/bias`]!)];
      let sum = b[f]!;
      const before = Math.floor((window - 1) / 2);
      for (let k = 0; k < window; k++) for (let i = 0; i < 2; i++) sum += cell(t - before + k, i) * w[(2 * k + i) * 2 + f]!;
      return Math.max(0, sum);
    };
    const expected = [2, 3].flatMap((window) => [0, 1].map((f) => Math.max(...[0, 1, 2, 3, 4].map((t) => filter(window, f, t)))));
    expectClose(list(out), expected);
    const each = runEncoder(textConv({ windows: [2, 3], filters: 2, perToken: true }), { shape: [5, 2] }, x).out;
    expectClose(
      list(each),
      [0, 1, 2, 3, 4].flatMap((t) => [2, 3].flatMap((window) => [0, 1].map((f) => filter(window, f, t)))),
    );
  });
});

test('padding changes nothing', () => {
  tf.tidy(() => {
    const encoder = textConv({ embedding: 3, windows: [3], filters: 4 });
    const short = runEncoder(encoder, { shape: [3], vocabulary: 9 }, tf.tensor([4, 8, 1], [1, 1, 3]));
    const long = runEncoder(encoder, { shape: [6], vocabulary: 9 }, tf.tensor([4, 8, 1, 0, 0, 0], [1, 1, 6]), () => short.values);
    expectClose(long.out, short.out);
  });
});

test('refuses what is no sequence', () => {
  expect(() => textConv().build({ shape: [3] }, 'e')).toThrow(
    /textConv: inputs must be token ids \[length\] or vectors \[length, width\]; got shape \[3\]/,
  );
  expect(() => textConv({ windows: [] })).toThrow(TypeError);
  expect(() => textConv({ windows: [0] })).toThrow(/'windows' must be an array of one or more: integer >= 1, got \[0\]/);
});
