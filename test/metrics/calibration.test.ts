import { expect, test } from 'vitest';
import { expectedCalibrationError, multiclassReliabilityBins, reliabilityBins } from '../../src/metrics/calibration';
import expected from './expected/metrics.json';

test('reliabilityBins equal scikit-learn calibration_curve, and the calibration error a count by numpy', () => {
  for (const c of expected.binary) {
    const bins = reliabilityBins(c.labels, c.probabilities);
    const filled = bins.filter((bin) => bin.count > 0);
    expect(bins).toHaveLength(10);
    expect(filled).toHaveLength(c.frequency.length);
    filled.forEach((bin, i) => {
      expect(bin.frequency).toBeCloseTo(c.frequency[i]!, 13);
      expect(bin.confidence).toBeCloseTo(c.confidence[i]!, 13);
    });
    expect(expectedCalibrationError(bins)).toBeCloseTo(c.calibrationError, 13);
  }
  for (const c of expected.multiclass) {
    const bins = multiclassReliabilityBins(c.labels, c.probabilities, c.classes);
    expect(expectedCalibrationError(bins)).toBeCloseTo(c.calibrationError, 13);
  }
});

test('calibration: edges, missing labels and what is refused', () => {
  expect(reliabilityBins([1, 0, Number.NaN], [1, 0, 0.5], 2).map((bin) => bin.count)).toEqual([1, 1]);
  expect(expectedCalibrationError(reliabilityBins([1, 1], [1, 1]))).toBe(0);
  expect(expectedCalibrationError(reliabilityBins([Number.NaN], [0.5]))).toBeNaN();
  expect(reliabilityBins([1], Float32Array.of(1 + 2 ** -22)).at(-1)?.count).toBe(1);
  expect(() => reliabilityBins([1], [1.5])).toThrow(/\[0, 1\]/);
  expect(() => reliabilityBins([1], [0.5], 0)).toThrow(RangeError);
});
