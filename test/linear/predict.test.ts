import { expect, test } from 'vitest';
import { fitLinear } from '../../src/linear/fit-linear';
import { predictLinear } from '../../src/linear/predict';
import { ridge } from '../../src/linear/ridge';

const inputs = [[0], [1], [2], [3]];

test('predictLinear: values and probabilities', () => {
  const fit = fitLinear([{ name: 'a', inputs, labels: [1, 3, 5, 7] }], ridge(), { lambda: 0, tolerance: 1e-12 });
  expect(predictLinear(fit, 'a', [[10]])[0]).toBeCloseTo(21, 8);
  const odds = fitLinear([{ name: 'a', inputs: [[0], [0], [0], [1], [1]], labels: [0, 0, 1, 1, 0] }], ridge(), {
    loss: 'logistic',
    lambda: 0,
    tolerance: 1e-10,
  });
  expect(predictLinear(odds, 'a', [[0], [1]]).map((p) => Number(p.toFixed(6)))).toEqual([0.333333, 0.5]);
  expect(() => predictLinear(fit, 'b', inputs)).toThrow("unknown task 'b'");
  expect(() => predictLinear(fit, 'a', [[1, 2]])).toThrow('row 0 has 2 features, the model 1');
});
