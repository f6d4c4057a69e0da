import { expect, test } from 'vitest';
import { f1, macroF1 } from '../../src/metrics/f1';
import { predictedClasses } from '../../src/metrics/predicted-classes';
import expected from './expected/metrics.json';

test('f1 and macroF1 equal scikit-learn', () => {
  for (const c of expected.binary) {
    const predicted = predictedClasses(c.probabilities, 1);
    expect(f1(c.labels, predicted)).toBeCloseTo(c.f1, 14);
    expect(f1(c.labels, predicted, 0)).toBeCloseTo(c.f1Negative, 14);
    expect(macroF1(c.labels, predicted, 2)).toBeCloseTo((c.f1 + c.f1Negative) / 2, 14);
  }
  for (const c of expected.multiclass) {
    const predicted = predictedClasses(c.probabilities, c.classes);
    expect(macroF1(c.labels, predicted, c.classes)).toBeCloseTo(c.macroF1, 14);
    expect(macroF1(c.labels, predicted, c.classes + 2)).toBeCloseTo(c.macroF1, 14);
  }
});

test('f1: 0 when every positive is missed, NaN when there is nothing to find and nothing found', () => {
  expect(f1([1, 0], [0, 0])).toBe(0);
  expect(f1([0, 0, Number.NaN], [0, 0, 1])).toBeNaN();
  expect(f1([Number.NaN, 1, 1], [1, 1, 0])).toBeCloseTo(2 / 3, 15);
  expect(macroF1([Number.NaN], [0], 3)).toBeNaN();
  expect(() => macroF1([3], [0], 3)).toThrow(/class codes from 0 to 2/);
});
