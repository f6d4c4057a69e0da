import { test } from 'vitest';
import { imtlg } from '../../../src/balancing/aggregators/imtlg';
import { base, dot, expectClose, expectReference, five, norm, opposed, parallel, scaled, three } from '../matrices';

test('published and independently derived values', () => {
  expectClose(imtlg().combine(base), [0.0767, 1, 1]);
  expectClose(imtlg().weights(base), [0.5923, 0.4077]);
  expectClose(imtlg().weights(three), [0.5637, 0.292, 0.1443]);
  expectClose(imtlg().combine(three), [0.2717, 0.4396, 0.433]);
  expectClose(imtlg().combine(opposed), [0.0729, 0.309]);
  expectClose(imtlg().combine(parallel), [3.9738, 5.4606]);
  expectClose(imtlg().weights(five), [0.7929, -0.781, 0.9882]);
  expectClose(imtlg().combine(five), [-0.1953, 0.8047, 1.1953, -0.5858]);
  expectClose(imtlg().combine(scaled), [0.1062, 0.4497]);
});

test('agrees with TorchJD, dependent gradients included', () => expectReference('imtlg', (j) => imtlg().combine(j)));

test('projections on the unit gradients are equal', () => {
  const update = imtlg().combine(five);
  const projections = five.map((row) => dot(row, update) / norm(row));
  expectClose(projections, [projections[0]!, projections[0]!, projections[0]!], 1e-12);
});
