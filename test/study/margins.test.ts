import { expect, test } from 'vitest';
import { taskData } from '../../src/data/task-data';
import { defaultMargin, marginsOf } from '../../src/study/margins';
import { kinds } from '../../src/tasks/registry';
import type { Task } from '../../src/tasks/task';
import { metricsOf, taskMetrics } from '../../src/tasks/task-metrics';

test('the margin of a metric goes with the unit of the label where the metric does', () => {
  const labels = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const predictions = [1, 1, 3, 2, 4, 6, 5, 8, 8, 8];
  const task: Task = { name: 'y', kind: 'regression', column: 'y', classes: [], outputs: 1 };
  const at = (factor: number) => {
    const times = (values: readonly number[]) => values.map((value) => factor * value);
    const data = taskData({ x: labels, y: times(labels) }, { tasks: { y: kinds.regression() } });
    const scores = taskMetrics(task, times(labels), times(predictions), { trainMean: 4 * factor });
    const margin = (metric: string) => marginsOf('compare', undefined, [{ ...task, metric, better: 'lower' }], data).y!;
    return { scores, margin };
  };
  const [meters, millimeters] = [at(1), at(1000)];
  for (const { name } of metricsOf(task)) {
    const ratio = millimeters.margin(name) / meters.margin(name);
    expect(ratio, name).toBeCloseTo(millimeters.scores[name]! / meters.scores[name]!, 9);
  }
  // The standard deviation of 0 to 9 is the root of 82.5 / 9.
  for (const name of ['rmse', 'mae']) expect(meters.margin(name)).toBeCloseTo(0.02 * Math.sqrt(82.5 / 9), 12);
});

test('without a spread of the label: .02 of relative errors and of errors in its unit, .01 of scores', () => {
  for (const metric of ['relativeRmse', 'rmse', 'mae']) expect(defaultMargin({ kind: 'regression', metric })).toBe(0.02);
  for (const kind of ['count', 'proportion'])
    for (const metric of ['relativeDeviance', 'rmse', 'mae']) expect(defaultMargin({ kind, metric }), `${kind} ${metric}`).toBe(0.02);
  expect(defaultMargin({ kind: 'binary', metric: 'rocAuc' })).toBe(0.01);
  expect(defaultMargin({ kind: 'regression', metric: 'r2' })).toBe(0.01);
});
