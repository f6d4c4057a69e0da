import { expect, test } from 'vitest';
import { logLoss, multiclassLogLoss } from '../../src/metrics/log-loss';
import expected from './expected/metrics.json';

test('logLoss equals scikit-learn', () => {
  for (const c of expected.binary) expect(logLoss(c.labels, c.probabilities)).toBeCloseTo(c.logLoss, 13);
  for (const c of expected.multiclass) expect(multiclassLogLoss(c.labels, c.probabilities, c.classes)).toBeCloseTo(c.logLoss, 13);
});

test('logLoss: certain and wrong is finite, by the number type; missing skipped; NaN without labels', () => {
  expect(logLoss([1], [0])).toBeCloseTo(52 * Math.LN2, 10);
  expect(logLoss([1], Float32Array.of(0))).toBeCloseTo(23 * Math.LN2, 10);
  expect(multiclassLogLoss([1], Float32Array.of(1, 0), 2)).toBeCloseTo(23 * Math.LN2, 10);
  expect(logLoss([1, Number.NaN], [0.5, 0])).toBeCloseTo(Math.LN2, 15);
  expect(logLoss([Number.NaN], [0.5])).toBeNaN();
  expect(multiclassLogLoss([1, 0], [0.5, 0.5, 0.5, Number.NaN], 2)).toBeNaN();
});
