import { expect, test } from 'vitest';
import { multilabelMacroF1, multilabelMicroF1 } from '../../src/metrics/multilabel-f1';
import expected from './expected/metrics.json';

const { labels, predicted, macroF1, microF1 } = expected.multilabel;

test('macro and micro F1 over tasks equal scikit-learn, one task being undefined', () => {
  expect(multilabelMacroF1(labels, predicted)).toBeCloseTo(macroF1, 14);
  expect(multilabelMicroF1(labels, predicted)).toBeCloseTo(microF1, 14);
});

test('rows without labels change nothing', () => {
  const more = labels.map((column) => [Number.NaN, ...column]);
  const said = predicted.map((column) => [1, ...column]);
  expect(multilabelMacroF1(more, said)).toBeCloseTo(macroF1, 14);
  expect(multilabelMicroF1(more, said)).toBeCloseTo(microF1, 14);
  expect(multilabelMicroF1([[0], [Number.NaN]], [[0], [1]])).toBeNaN();
  expect(multilabelMacroF1([[1, 0]], [[1, Number.NaN]])).toBeNaN();
  expect(() => multilabelMicroF1([[0]], [[0], [1]])).toThrow(/one column per task/);
});
