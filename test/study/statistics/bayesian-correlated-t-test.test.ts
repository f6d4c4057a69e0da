import { expect, test } from 'vitest';
import { bayesianCorrelatedTTest } from '../../../src/study/statistics/bayesian-correlated-t-test';
import baycomp from './expected/baycomp.json';
import expected from './expected/statistics.json';

test('bayesianCorrelatedTTest equals baycomp', () => {
  for (const c of expected.t) {
    const posterior = bayesianCorrelatedTTest(
      c.x.map((x, i) => x - c.y[i]!),
      { rope: 0.01, rho: c.bayes.rho },
    );
    expect(posterior.worse).toBeCloseTo(c.bayes.worse, 10);
    expect(posterior.same).toBeCloseTo(c.bayes.same, 10);
    expect(posterior.better).toBeCloseTo(c.bayes.better, 10);
    expect(posterior.scale).toBeCloseTo(c.bayes.scale, 12);
  }
});

test('bayesianCorrelatedTTest equals baycomp on gains of the calibration, with the correlation of 70/30 splits', () => {
  for (const { values, rope, worse, same, better } of baycomp) {
    const posterior = bayesianCorrelatedTTest(values, { rope, rho: 0.3 });
    expect(posterior.worse).toBeCloseTo(worse, 10);
    expect(posterior.same).toBeCloseTo(same, 10);
    expect(posterior.better).toBeCloseTo(better, 10);
  }
});

test('the posterior turns with the sign, and says nothing without spread', () => {
  const there = bayesianCorrelatedTTest([0.1, 0.2, -0.05], { rho: 0.2, rope: 0.02 });
  const back = bayesianCorrelatedTTest([-0.1, -0.2, 0.05], { rho: 0.2, rope: 0.02 });
  expect(there.better).toBeCloseTo(back.worse, 14);
  expect(there.worse + there.same + there.better).toBeCloseTo(1, 14);
  expect(bayesianCorrelatedTTest([0.1]).better).toBeNaN();
  // Two exact ties are no certainty of equality.
  expect(bayesianCorrelatedTTest([0, 0]).same).toBeNaN();
  expect(() => bayesianCorrelatedTTest([1, 2], { rope: -1 })).toThrow(RangeError);
});
