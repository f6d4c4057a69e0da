import * as tf from '@tensorflow/tfjs-core';
import { Matrix, SVD } from 'ml-matrix';
import { expect, test } from 'vitest';
import { nuclearNorm } from '../../../src/models/network/nuclear-norm';
import { expectClose, list, normals, roundingOf } from '../support';

test('is the sum of the singular values, with U V^T as its gradient', () => {
  tf.tidy(() => {
    const m = normals(1, [2, 4, 9]) as tf.Tensor3D;
    const { value, grad } = tf.valueAndGrad((t: tf.Tensor) => tf.sum(nuclearNorm(t as tf.Tensor3D)))(m);
    const each = [0, 1].map((s) => new SVD(Matrix.from1DArray(4, 9, list(m).slice(36 * s, 36 * (s + 1))), { autoTranspose: true }));
    const norms = each.map(({ diagonal }) => diagonal.reduce((a, b) => a + b, 0));
    expectClose(nuclearNorm(m), norms, 1e-4);
    expectClose(list(value), [norms[0]! + norms[1]!], 1e-4);
    const turns = each.flatMap(({ leftSingularVectors: u, rightSingularVectors: v }) => u.mmul(v.transpose()).to1DArray());
    expectClose(list(grad), turns, 1e-3);
  });
});

test('is finite with a finite gradient where rows are equal or all is 0', () => {
  tf.tidy(() => {
    const row = normals(2, [1, 1, 9]);
    const equal = tf.add(row, tf.zeros([1, 3, 9])) as tf.Tensor3D;
    const { value, grad } = tf.valueAndGrad((t: tf.Tensor) => tf.sum(nuclearNorm(t as tf.Tensor3D)))(equal);
    // One singular value, sqrt(3) |row|; two more of sqrt(1e-6 / 3) of it by the smoothing, whose squares the Gramian's sums of 9 round.
    const first = Math.sqrt(3) * list(tf.norm(row))[0]!;
    expect(Math.abs(list(value)[0]! / first - 1)).toBeLessThan(2 * Math.sqrt(1e-6 / 3 + roundingOf(9)));
    expect(list(grad).every(Number.isFinite)).toBe(true);
    const zero = tf.valueAndGrad((t: tf.Tensor) => tf.sum(nuclearNorm(t as tf.Tensor3D)))(tf.zeros([1, 2, 3]));
    expect(list(zero.value)[0]).toBeLessThan(1e-6);
    expect(list(zero.grad).every(Number.isFinite)).toBe(true);
  });
});
