import { describe, expect, it } from 'vitest';
import { taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { random } from '../../src/random/random';
import { compare } from '../../src/study/compare';
import { fromJSON } from '../../src/study/comparison';
import { resamplingCorrelation } from '../../src/study/statistics/corrected-t-test';
import { binary } from '../../src/tasks/kinds/binary';
import { regression } from '../../src/tasks/kinds/regression';
import { rowContributions, taskMetrics } from '../../src/tasks/task-metrics';
import { steady, studyOptions, tinyData } from './support/tiny-study';

/** 80 rows of 20 groups, some labels missing. */
function groupedData(): ReturnType<typeof taskData> {
  const draws = random(4, 'grouped');
  const columns: Record<string, (number | null)[]> = { a: [], b: [], up: [], size: [], site: [] };
  for (let i = 0; i < 80; i++) {
    const [a, b] = [draws.normal(), draws.normal()];
    columns.a!.push(a);
    columns.b!.push(b);
    columns.up!.push(i % 7 === 0 ? null : a + draws.normal() > 0 ? 1 : 0);
    columns.size!.push(b + draws.normal());
    columns.site!.push(Math.floor(i / 4));
  }
  return taskData(columns, { tasks: { up: binary(), size: regression() }, groups: 'site' });
}

describe('evidence', () => {
  it('holds what every test row predicts and adds, of the primary metric and a proper score', async () => {
    const data = tinyData();
    const { runs, tasks } = (await compare(data, studyOptions())).data;
    expect(tasks.map(({ proper }) => proper?.name)).toEqual(['logLoss', 'rmse', 'logLoss']);
    for (const run of runs) {
      const { rows, predictions, contributions, groups } = run.evidence!;
      expect(rows).toHaveLength(run.testRows);
      expect(groups).toBeUndefined();
      for (const [t, task] of data.tasks.entries()) {
        const labels = Float64Array.from(rows, (row) => data.labels[t]!.values[row]!);
        const predicted = Float64Array.from(predictions[task.name]!);
        // float32 predictions: the score to six digits, unless ties arise.
        const name = tasks[t]!.metric;
        if (task.kind === 'binary') {
          expect(taskMetrics(task, labels, predicted).rocAuc).toBeCloseTo(run.metrics[task.name]!.rocAuc!, 6);
          const expected = rowContributions(task, name, labels, predicted);
          Array.from(contributions[task.name]![name]!).forEach((value, i) => {
            expect(value).toBeCloseTo(expected[i]!, 6);
          });
        }
        for (const own of Object.values(contributions[task.name]!)) {
          expect(own).toHaveLength(rows.length);
          expect(Math.abs(own.reduce((a, b) => a + b, 0))).toBeLessThan(1e-5);
        }
      }
    }
  });

  it('knows the groups, and rows without label add nothing', async () => {
    const data = groupedData();
    const trunk = mlp([3]);
    const comparison = await compare(data, {
      methods: { single: singleTask(trunk), hard: hardSharing(trunk) },
      seeds: 6,
      epochs: 2,
      batchSize: 16,
      optimizer: steady,
    });
    for (const { evidence } of comparison.data.runs) {
      expect(Array.from(evidence!.groups!)).toEqual(Array.from(evidence!.rows, (row) => data.groups![row]));
      for (const [i, row] of evidence!.rows.entries())
        if (Number.isNaN(data.labels[0]!.values[row]!)) expect(evidence!.contributions.up!.rocAuc![i]).toBe(0);
    }
    const again = fromJSON(JSON.parse(JSON.stringify(comparison)));
    expect(again.verdicts()).toEqual(comparison.verdicts());
  });

  it('is in JSON where it is asked for, and the verdicts are the same without it', async () => {
    const comparison = await compare(tinyData(), { ...studyOptions(), seeds: 6 });
    const without = fromJSON(JSON.parse(JSON.stringify(comparison)));
    expect(without.data.runs.some(({ evidence }) => evidence)).toBe(false);
    expect(without.verdicts()).toEqual(comparison.verdicts());
    expect(without.averages()).toEqual(comparison.averages());
    expect(JSON.stringify(without)).toBe(JSON.stringify(comparison));
    const whole = fromJSON(JSON.parse(JSON.stringify(comparison.toJSON({ evidence: true }))));
    expect(whole.data).toEqual(comparison.data);
    const text = JSON.parse(JSON.stringify(comparison.toJSON({ evidence: true })));
    text.runs[0].evidence.rows = 'AAA=';
    expect(() => fromJSON(text)).toThrow(/runs\[0\]\.evidence\.rows: expected base64/);
  });

  it('makes intervals narrower than the bound that knows no rows, never wider', async () => {
    const comparison = await compare(tinyData(), { ...studyOptions(), seeds: 8 });
    const { rowVariances: _, ...rest } = JSON.parse(JSON.stringify(comparison));
    const bound = fromJSON(rest).averages()[0]!;
    const own = comparison.averages()[0]!;
    expect(bound.correlation).toBeCloseTo(resamplingCorrelation(42, 18), 12);
    expect(own.correlation).toBeLessThanOrEqual(bound.correlation);
    expect(own.correlation).toBeGreaterThanOrEqual(1 / 10 - 1e-12);
    expect(own.ci[1] - own.ci[0]).toBeLessThanOrEqual(bound.ci[1] - bound.ci[0] + 1e-12);
  });
});
