import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { textConv } from '../../../src/models/encoders/text-conv';
import { inferenceContext } from '../../../src/models/forward-context';
import { encode } from '../../../src/models/network/features';
import type { Encoder, ForwardContext, InputShape, Values } from '../../../src/models/network/network';
import { expectClose, list, normals, randomValues } from '../support';

/** Runs an encoder alone, with random values, as a network's forward would. */
function run(
  encoder: Encoder,
  input: InputShape,
  x: Tensor,
  change: (values: Record<string, Tensor>) => Values = (v) => v,
): { out: Tensor; values: Values } {
  const layers = encoder.build(input, 'e');
  const parameters = layers.flatMap((layer) => layer.parameters);
  const values = change(randomValues({ parameters, forward: () => x }, x.shape[0]!, 3));
  const context: ForwardContext =
    input.vocabulary === undefined ? inferenceContext : { ...inferenceContext, mask: tf.cast(tf.notEqual(x, 0), 'float32') };
  return { out: encode(layers, values, x, context), values };
}

test('filters over windows of vectors, each at its largest', () => {
  tf.tidy(() => {
    const x = normals(1, [1, 1, 5, 2]);
    const { out, values } = run(textConv({ windows: [2, 3], filters: 2 }), { shape: [5, 2] }, x);
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
    const each = run(textConv({ windows: [2, 3], filters: 2, perToken: true }), { shape: [5, 2] }, x).out;
    expectClose(
      list(each),
      [0, 1, 2, 3, 4].flatMap((t) => [2, 3].flatMap((window) => [0, 1].map((f) => filter(window, f, t)))),
    );
  });
});

test('padding changes nothing', () => {
  tf.tidy(() => {
    const encoder = textConv({ embedding: 3, windows: [3], filters: 4 });
    const short = run(encoder, { shape: [3], vocabulary: 9 }, tf.tensor([4, 8, 1], [1, 1, 3]));
    const long = run(encoder, { shape: [6], vocabulary: 9 }, tf.tensor([4, 8, 1, 0, 0, 0], [1, 1, 6]), () => short.values);
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
