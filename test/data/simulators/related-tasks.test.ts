import { expect, test } from 'vitest';
import { relatedTasks } from '../../../src/data/simulators';
import { correlation, cosine, rowsOf } from './helpers';

test.each([-1, -0.3, 0, 0.5, 1])('relatedTasks: weights have the cosine of the dial, %d, and labels follow the recipe', (p) => {
  const s = relatedTasks({ correlation: p, features: 8, rows: 200, noise: 0 });
  expect(cosine(s.truth.weights.first!, s.truth.weights.second!)).toBeCloseTo(p, 12);
  rowsOf(s).forEach((x, r) => {
    const z = x.reduce((sum, v, f) => sum + v * s.truth.weights.second![f]!, 0);
    const y = s.truth.sines.reduce((sum, { frequency, phase }) => sum + Math.sin(frequency * z + phase), z);
    expect(s.table.second![r]).toBeCloseTo(y, 10);
  });
});

test('relatedTasks: linear tasks have label correlation p, and the labels of the recipe follow the dial', () => {
  const linear = relatedTasks({ correlation: 0.4, features: 10, rows: 20000, sines: 0, noise: 0 });
  expect(Math.abs(correlation(linear.table.first!, linear.table.second!) - 0.4)).toBeLessThan(0.03);
  const found = [0, 0.5, 0.8, 1].map((p) => {
    const s = relatedTasks({ correlation: p, rows: 5000 });
    return correlation(s.table.first!, s.table.second!);
  });
  for (let i = 1; i < found.length; i++) expect(found[i]).toBeGreaterThan(found[i - 1]!);
  expect(found[3]).toBeGreaterThan(0.98);
});

test('relatedTasks says what is wrong', () => {
  expect(() => relatedTasks({ correlation: 2 })).toThrow('correlation must be a number in [-1, 1]');
  expect(() => relatedTasks({ features: 1 })).toThrow('features must be an integer of at least 2');
});
