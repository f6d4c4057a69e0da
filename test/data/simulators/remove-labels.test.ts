import { expect, test } from 'vitest';
import { clusteredTasks, fewLabels, removeLabels } from '../../../src/data/simulators';

const base = clusteredTasks({ rows: 4000, groups: 1, tasksPerGroup: 2, features: 5 });
const share = (v: readonly number[]): number => v.filter(Number.isNaN).length / v.length;
const mean = (v: readonly number[]): number => {
  const present = v.filter((x) => !Number.isNaN(x));
  return present.reduce((a, b) => a + b, 0) / present.length;
};

test('removeLabels: the rate is met, whatever the mechanism; the truth keeps the labels', () => {
  for (const mechanism of ['mcar', 'mnar'] as const) {
    for (const rate of [0.2, 0.7]) {
      const s = removeLabels(base, { rate, mechanism });
      // Four standard errors of a share.
      expect(Math.abs(share(s.table.task0!) - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / 4000));
      expect(s.truth.complete.task0).toEqual(base.table.task0);
      s.table.task1!.forEach((v, i) => {
        if (!Number.isNaN(v)) expect(v).toBe(base.table.task1![i]);
      });
      expect(s.table.x0).toEqual(base.table.x0);
    }
  }
});

test('removeLabels: at random the mean stays, not at random it falls and positives become scarce', () => {
  expect(Math.abs(mean(removeLabels(base, { rate: 0.5 }).table.task0!) - mean(base.table.task0!))).toBeLessThan(0.1);
  expect(mean(removeLabels(base, { rate: 0.5, mechanism: 'mnar' }).table.task0!)).toBeLessThan(mean(base.table.task0!) - 0.4);
  const binary = clusteredTasks({ rows: 4000, kind: 'binary' });
  expect(mean(removeLabels(binary, { rate: 0.5, mechanism: 'mnar' }).table.task0!)).toBeLessThan(0.3);
});

test('removeLabels: chosen tasks, twice, and rate 0', () => {
  const once = removeLabels(base, { tasks: ['task1'], rate: 0.5 });
  expect(share(once.table.task0!)).toBe(0);
  const twice = removeLabels(once, { tasks: ['task0'], rate: 0.5 });
  expect(twice.truth.complete.task1).toEqual(base.table.task1);
  expect(removeLabels(base, { rate: 0 }).table).toEqual(base.table);
});

test('fewLabels keeps that many', () => {
  const s = fewLabels(base, 'task0', 12);
  expect(s.table.task0!.filter((v) => !Number.isNaN(v)).length).toBe(12);
  expect(share(s.table.task1!)).toBe(0);
  expect(() => fewLabels(s, 'task0', 13)).toThrow("'task0' has 12 labels, fewer than 13");
  expect(() => fewLabels(base, 'tusk0', 13)).toThrow('unknown task \'tusk0\' (did you mean "task0"?)');
  expect(() => removeLabels(base, { rate: 1 })).toThrow('rate must be a number in [0, 1)');
  expect(() => removeLabels(base, { mechanism: 'mar' as never })).toThrow("mechanism must be 'mcar' or 'mnar'");
});
