import fc from 'fast-check';
import { expect, test } from 'vitest';
import { multiclassRocAuc, rocAuc } from '../../src/metrics/roc-auc';
import expected from './expected/metrics.json';

test('rocAuc equals scikit-learn, ties and all', () => {
  for (const c of expected.binary) expect(rocAuc(c.labels, c.probabilities)).toBeCloseTo(c.rocAuc, 13);
  for (const c of expected.multiclass) expect(multiclassRocAuc(c.labels, c.probabilities, c.classes)).toBeCloseTo(c.rocAuc, 13);
});

const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: -5, max: 5 })), { minLength: 2, maxLength: 40 });

test('rocAuc is the share of pairs in the right order, ties one half', () => {
  fc.assert(
    fc.property(rows, (pairs) => {
      const labels = pairs.map(([y]) => y);
      const scores = pairs.map(([, s]) => s);
      let [won, all] = [0, 0];
      for (const [y, s] of pairs)
        for (const [z, r] of pairs) {
          if (y !== 1 || z !== 0) continue;
          all++;
          won += s > r ? 1 : s === r ? 0.5 : 0;
        }
      const area = rocAuc(labels, scores);
      if (all === 0) return Number.isNaN(area);
      // A rising transformation changes nothing; a falling one mirrors.
      const rising = rocAuc(labels, scores.map(Math.exp));
      const falling = rocAuc(
        labels,
        scores.map((s) => -s),
      );
      return Math.abs(area - won / all) < 1e-12 && rising === area && Math.abs(falling + area - 1) < 1e-12;
    }),
  );
});

test('rocAuc: one class or a broken score gives NaN; labels that are no codes are refused', () => {
  expect(rocAuc([1, 1, Number.NaN], [0.1, 0.2, 0.3])).toBeNaN();
  expect(rocAuc([1, 0], [Number.NaN, 0.2])).toBeNaN();
  expect(rocAuc([1, 0, Number.NaN], [0.4, 0.2, Number.NaN])).toBe(1);
  expect(() => rocAuc([1, 2], [0, 1])).toThrow(RangeError);
});

test('multiclassRocAuc leaves out classes that are absent', () => {
  const two = multiclassRocAuc([0, 1, 0, 1], [0.6, 0.4, 0, 0.3, 0.7, 0, 0.2, 0.8, 0, 0.1, 0.8, 0.1], 3);
  const binary = [rocAuc([1, 0, 1, 0], [0.6, 0.3, 0.2, 0.1]), rocAuc([0, 1, 0, 1], [0.4, 0.7, 0.8, 0.8])];
  expect(two).toBeCloseTo((binary[0]! + binary[1]!) / 2, 15);
  expect(multiclassRocAuc([1, 1], [0.5, 0.5, 0.5, 0.5], 2)).toBeNaN();
});
