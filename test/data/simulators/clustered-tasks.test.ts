import { expect, test } from 'vitest';
import { clusteredTasks } from '../../../src/data/simulators';
import { correlation, cosine } from './helpers';

test('clusteredTasks: exact cosines, dealt in turn, table as documented', () => {
  const s = clusteredTasks({ groups: 2, tasksPerGroup: 3, features: 10, rows: 50, similarity: 0.6 });
  const names = Object.keys(s.tasks);
  expect(names).toEqual(['task0', 'task1', 'task2', 'task3', 'task4', 'task5']);
  expect(Object.values(s.truth.groups)).toEqual([0, 1, 0, 1, 0, 1]);
  expect(Object.keys(s.table)).toEqual([...s.inputs, ...names]);
  for (const column of Object.values(s.table)) expect(column.length).toBe(50);
  names.forEach((a, i) => {
    names.forEach((b, j) => {
      expect(cosine(s.truth.weights[a]!, s.truth.weights[b]!)).toBeCloseTo(i === j ? 1 : i % 2 === j % 2 ? 0.6 : 0, 12);
    });
  });
});

test('clusteredTasks: signal variance 1 beside the noise; labels correlate as the closed form says, linear or not', () => {
  for (const nonLinear of [false, true]) {
    const s = clusteredTasks({ groups: 2, tasksPerGroup: 2, features: 6, rows: 20000, similarity: 0.8, noise: 0.5, nonLinear, seed: 3 });
    const variance = s.table.task0!.reduce((sum, v) => sum + v * v, 0) / 20000;
    // Five standard errors of a variance of 1.25 (normal labels); sqrt(2) sin(2 x) has variance 1 - exp(-8).
    expect(Math.abs(variance - 1.25)).toBeLessThan((5 * 1.25 * Math.SQRT2) / Math.sqrt(20000));
    expect(Math.abs(correlation(s.table.task0!, s.table.task2!) - 0.8 / 1.25)).toBeLessThan(0.03);
    expect(Math.abs(correlation(s.table.task0!, s.table.task1!))).toBeLessThan(0.03);
    // A straight line through one input explains cos(x, sqrt(2) sin(2 x))^2 = (2 sqrt(2) exp(-2))^2 = 14.7 % of what the input does.
    const z = s.inputs.reduce<number[]>((sum, x, f) => s.table[x]!.map((v, r) => (sum[r] ?? 0) + s.truth.weights.task0![f]! * v), []);
    const share = correlation(z, s.table.task0!) ** 2 * 1.25;
    expect(Math.abs(share - (nonLinear ? 8 * Math.exp(-4) : 1))).toBeLessThan(0.03);
  }
});

test('clusteredTasks: binary labels are balanced; seeds', () => {
  const s = clusteredTasks({ kind: 'binary', rows: 2000 });
  expect(new Set(s.table.task0)).toEqual(new Set([0, 1]));
  expect(Math.abs(s.table.task0!.reduce((a, b) => a + b, 0) / 2000 - 0.5)).toBeLessThan(0.06);
  expect(clusteredTasks({ seed: 1 })).toEqual(clusteredTasks({ seed: 1 }));
  expect(clusteredTasks({ seed: 1 }).table.x0).not.toEqual(clusteredTasks({ seed: 2 }).table.x0);
});

test('clusteredTasks says what is wrong', () => {
  expect(() => clusteredTasks({ features: 14 })).toThrow('features must be an integer of at least 15, got 14');
  expect(() => clusteredTasks({ similarity: 1.5 })).toThrow('similarity must be a number in [0, 1]');
  expect(() => clusteredTasks({ kind: 'multiclass' as never })).toThrow("kind must be 'regression' or 'binary'");
  expect(() => clusteredTasks({ task: 3 } as never)).toThrow('unknown option "task"');
});
