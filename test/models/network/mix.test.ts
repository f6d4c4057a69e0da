import * as tf from '@tensorflow/tfjs-core';
import { test } from 'vitest';
import { mixChannels, mixCopies, mixExperts } from '../../../src/models/network/mix';
import { expectClose, list, normals } from '../support';

test('copies and channels are mixed as their sums say', () => {
  tf.tidy(() => {
    const [stack, out, copies, cells, channels] = [2, 2, 3, 4, 5];
    const x = normals(1, [stack * copies, cells, channels]);
    const w = normals(2, [stack, out, copies]);
    const c = normals(3, [stack, channels, out, copies]);
    const [xs, ws, cs] = [list(x), list(w), list(c)];
    const sums = (weight: (s: number, o: number, i: number, k: number) => number): number[] => {
      const all: number[] = [];
      for (let s = 0; s < stack; s++)
        for (let o = 0; o < out; o++)
          for (let n = 0; n < cells; n++)
            for (let k = 0; k < channels; k++)
              all.push([0, 1, 2].reduce((sum, i) => sum + weight(s, o, i, k) * xs[((s * copies + i) * cells + n) * channels + k]!, 0));
      return all;
    };
    expectClose(
      list(mixCopies(w, x)),
      sums((s, o, i) => ws[(s * out + o) * copies + i]!),
    );
    expectClose(
      list(mixChannels(c, x)),
      sums((s, o, i, k) => cs[((s * channels + k) * out + o) * copies + i]!),
    );
  });
});

test('experts are mixed by row, shared or per group', () => {
  tf.tidy(() => {
    const [stack, groups, experts, batch, width] = [2, 2, 3, 4, 5];
    const g = normals(1, [stack, groups, experts, batch]);
    for (const own of [1, groups]) {
      const h = normals(2, [stack, own, experts, batch, width]);
      const [gs, hs] = [list(g), list(h)];
      const all: number[] = [];
      for (let s = 0; s < stack; s++)
        for (let t = 0; t < groups; t++)
          for (let b = 0; b < batch; b++)
            for (let i = 0; i < width; i++)
              all.push(
                [0, 1, 2].reduce((sum, e) => {
                  const at = (((s * own + (own === 1 ? 0 : t)) * experts + e) * batch + b) * width + i;
                  return sum + gs[((s * groups + t) * experts + e) * batch + b]! * hs[at]!;
                }, 0),
              );
      expectClose(list(mixExperts(g, h)), all);
    }
  });
});
