import * as tf from '@tensorflow/tfjs-core';
import { EigenvalueDecomposition, Matrix, solve } from 'ml-matrix';
import { expect, test } from 'vitest';
import { mlp } from '../../../src/models/encoders/mlp';
import { countParameters } from '../../../src/models/network/network';
import { lowRankHeads } from '../../../src/models/sharing/low-rank-heads';
import { weightedGradients } from '../../../src/training/steps/weighted';
import {
  batchOf,
  binaryTask,
  buildOf,
  expectClose,
  list,
  multiclassTask,
  normals,
  problemOf,
  regressionTask,
  startValues,
} from '../support';

const trunk = mlp([5, 4]);
const problem = problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]);

test('with a linear trunk its minimum is that of reduced-rank regression', () => {
  tf.tidy(() => {
    const [rows, features, T, rank] = [40, 3, 3, 1];
    const linear = problemOf(features, [regressionTask('a'), regressionTask('b'), regressionTask('c')]);
    const network = buildOf(lowRankHeads(mlp([features], { activation: 'linear' }), { rank }), linear);
    const x = normals(3, [rows, features]);
    const { shape, data, batch } = batchOf(linear, network, 1, rows, x);
    // Centred, so that all biases are 0 at the minimum.
    const center = (m: Matrix): Matrix => Matrix.sub(m, Matrix.ones(m.rows, 1).mmul(Matrix.rowVector(m.mean('column'))));
    const X = center(Matrix.from1DArray(rows, features, list(x)));
    const Y = center(Matrix.from1DArray(rows, T, list(data.labels)));
    // Izenman 1975: B = B_ols V V^T, with V the first eigenvectors of the fitted values' products.
    const ols = solve(X.transpose().mmul(X), X.transpose().mmul(Y));
    const fitted = X.mmul(ols);
    const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(fitted.transpose().mmul(fitted), { assumeSymmetric: true });
    const top = realEigenvalues.indexOf(Math.max(...realEigenvalues));
    const v = Matrix.columnVector(eigenvectorMatrix.getColumn(top));
    const least = Matrix.sub(Y, fitted).norm() ** 2 + realEigenvalues.reduce((sum, e, i) => (i === top ? sum : sum + e), 0);
    const at = (values: Record<string, Matrix>): tf.Tensor[] =>
      network.parameters.map(({ name, shape: s }) => tf.tensor(values[name]!.to1DArray(), [1, ...s]));
    const minimum = {
      'trunk/0/weights': Matrix.eye(features),
      'trunk/0/bias': Matrix.zeros(1, features),
      'basis/weights': ols.mmul(v),
      'basis/bias': Matrix.zeros(1, rank),
      'heads/weights': v.transpose(),
      'heads/bias': Matrix.zeros(1, T),
    };
    const centered = { ...data, inputs: tf.tensor2d(X.to2DArray()), labels: tf.tensor2d(Y.to2DArray()) };
    const here = weightedGradients(shape, at(minimum), centered, batch, tf.ones([1, T]));
    // A float32 sum of 40 rows near 95, each rounding of which is 4e-6.
    expect(list(tf.sum(here.losses))[0]! * rows).toBeCloseTo(least, 3);
    for (const [i, gradient] of here.gradients.entries()) expectClose(gradient, tf.zerosLike(gradient), 1e-5 * (1 + i));
    // Descent from elsewhere ends there too.
    let parameters = network.parameters.map(({ name }) => startValues(network, [5])[name]!);
    for (let step = 0; step < 300; step++) {
      parameters = tf.tidy(() => {
        const { gradients } = weightedGradients(shape, parameters, centered, batch, tf.ones([1, T]));
        return parameters.map((p, i) => tf.sub(p, tf.mul(gradients[i]!, 0.15)));
      });
    }
    const end = weightedGradients(shape, parameters, centered, batch, tf.ones([1, T]));
    expect(list(tf.sum(end.losses))[0]! * rows).toBeCloseTo(least, 1);
  });
});

test('has as many parameters as its shapes say', () => {
  expect(countParameters(buildOf(lowRankHeads(trunk, { rank: 2 }), problem).parameters)).toBe(
    3 * 5 + 5 + 5 * 4 + 4 + 4 * 2 + 2 + 5 * (2 + 1),
  );
  expect(() => lowRankHeads(trunk, { rank: 0 })).toThrow(RangeError);
});
