import { expect, test } from 'vitest';
import { meanSilhouette, silhouettes } from '../../src/grouping/silhouette';
import { distances } from './points';

test('silhouettes gives the values of scikit-learn 1.9.1, 0 for an item alone', () => {
  const expected = [0.8227848101265823, 0.7846153846153846, 0.8148148148148148, 0.84375, 0.6987951807228916, 0.5689655172413793, 0];
  const labels = Int32Array.of(0, 0, 1, 1, 2, 2, 3);
  silhouettes(distances, labels).forEach((s, i) => {
    expect(s).toBeCloseTo(expected[i]!, 14);
  });
  expect(meanSilhouette(distances, labels)).toBeCloseTo(expected.reduce((a, b) => a + b) / 7, 14);
});

test('silhouettes: one cluster has none', () => {
  expect(meanSilhouette(distances, new Int32Array(7))).toBe(0);
  expect(meanSilhouette(new Float64Array(9), Int32Array.of(0, 0, 1))).toBe(0);
});
