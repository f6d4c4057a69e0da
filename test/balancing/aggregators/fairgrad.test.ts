import { expect, test } from 'vitest';
import { fairgrad } from '../../../src/balancing/aggregators/fairgrad';
import { mean } from '../../../src/balancing/aggregators/mean';
import { gramianOf } from '../../../src/balancing/solvers/linear-algebra';
import { base, dot, expectClose, expectReference, five, norm, normalMatrix, three } from '../matrices';

test('published and independently derived values', () => {
  expectClose(fairgrad({ alpha: 1 }).combine(base), [0.0766, 0.9985, 0.9985]);
  expectClose(fairgrad({ alpha: 1 }).weights(base), [0.5915, 0.4071]);
  expectClose(fairgrad({ alpha: 2 }).combine(base), [0.0313, 0.7908, 0.7908]);
  expectClose(fairgrad({ alpha: 0.5 }).combine(base), [0.181, 1.2682, 1.2682]);
});

test('agrees with a general solver', () => {
  for (const alpha of [0.5, 1, 2]) expectReference(`fairgrad ${alpha}`, (j) => fairgrad({ alpha }).combine(j));
});

test('alpha 0 is the mean', () => {
  for (const j of [base, three, five]) expectClose(fairgrad({ alpha: 0 }).combine(j), mean().combine(j), 1e-12);
});

test('solves its equation from 2 to 40 tasks', () => {
  for (const tasks of [2, 6, 16, 40]) {
    const j = normalMatrix(tasks, tasks + 10, tasks);
    const gramian = gramianOf(j);
    for (const alpha of [0.3, 0.5, 1, 1.5, 2, 10]) {
      const weights = fairgrad({ alpha }).weights(j);
      const products = gramian.map((row, t) => dot(row, weights) * weights[t]! ** (1 / alpha));
      expectClose(products, new Array<number>(tasks).fill(1), 1e-7);
    }
  }
});

test('maxNorm 1 / T and the sum: as long as the authors clip it, 1; shorter updates stay', () => {
  const tasks = base.length;
  const update = fairgrad({ maxNorm: 1 / tasks })
    .combine(base)
    .map((value) => tasks * value);
  expect(norm(update)).toBeCloseTo(1, 12);
  const native = fairgrad().combine(base);
  expect(fairgrad({ maxNorm: 1 }).combine(base)).toEqual(native.map((value) => expect.closeTo(value / norm(native), 12)));
  expect(fairgrad({ maxNorm: 100 }).combine(base)).toEqual(native);
});
