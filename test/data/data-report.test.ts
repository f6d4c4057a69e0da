import { expect, it, describe as suite } from 'vitest';
import { describe, reportLines } from '../../src/data/data-report';
import { datasets } from '../../src/data/datasets';
import { taskData } from '../../src/data/task-data';
import { binary, multiclass, regression, tagging } from '../../src/tasks';

suite('describe', () => {
  const data = taskData(
    {
      x: [1, null, 3, 4, 5, 6],
      c: ['u', 'v', '', 'u', 'u', 'u'],
      g: [1, 1, 2, 2, 3, 3],
      a: [1, 0, 1, 1, null, null],
      b: [0, 1, null, null, 1, null],
      k: ['p', 'p', 'q', 'r', null, null],
      v: [1, 2, 3, null, null, null],
    },
    { tasks: { a: binary(), b: binary(), k: multiclass(), v: regression() }, groups: 'g' },
  );

  it('counts rows, classes, missing values and missing patterns', () => {
    expect(describe(data)).toEqual({
      rows: 5,
      inputs: [
        { name: 'x', kind: 'numeric', missing: 1, categories: 0 },
        { name: 'c', kind: 'categorical', missing: 1, categories: 2 },
      ],
      tasks: [
        {
          name: 'a',
          kind: 'binary',
          column: 'a',
          labeled: 4,
          missing: 1,
          classes: [
            { name: '0', count: 1, rate: 0.25 },
            { name: '1', count: 3, rate: 0.75 },
          ],
        },
        {
          name: 'b',
          kind: 'binary',
          column: 'b',
          labeled: 3,
          missing: 2,
          classes: [
            { name: '0', count: 1, rate: 1 / 3 },
            { name: '1', count: 2, rate: 2 / 3 },
          ],
        },
        {
          name: 'k',
          kind: 'multiclass',
          column: 'k',
          labeled: 4,
          missing: 1,
          classes: [
            { name: 'p', count: 2, rate: 0.5 },
            { name: 'q', count: 1, rate: 0.25 },
            { name: 'r', count: 1, rate: 0.25 },
          ],
        },
        {
          name: 'v',
          kind: 'regression',
          column: 'v',
          labeled: 3,
          missing: 2,
          classes: [],
          numbers: { mean: 2, sd: Math.sqrt(2 / 3), min: 1, max: 3 },
        },
      ],
      positivesPerRow: 1,
      missingPatterns: [
        { missing: [], rows: 2 },
        { missing: ['b'], rows: 1 },
        { missing: ['b', 'v'], rows: 1 },
        { missing: ['a', 'k', 'v'], rows: 1 },
      ],
      groups: 3,
      notes: ['1 of 6 rows have no label for any task: dropped'],
    });
  });

  it('reads as text', () => {
    expect(reportLines(describe(data))).toEqual([
      '5 rows, 2 inputs (1 numeric, 1 categorical, 2 with missing values), 4 tasks',
      '3 groups that splits keep together',
      'a (binary): 4 labels, 1 missing, 75.0 % 1',
      'b (binary): 3 labels, 2 missing, 66.7 % 1',
      'k (multiclass): 4 labels, 1 missing, 3 classes: p 50.0 %, q 25.0 %, r 25.0 %',
      'v (regression): 3 labels, 2 missing, mean 2, s.d. 0.816, from 1 to 3',
      '1 positive labels a row',
      '2 rows with every label',
      '1 row without b',
      '1 row without b, v',
      '1 row without a, k, v',
      '1 of 6 rows have no label for any task: dropped',
    ]);
  });

  it('counts rows, not positions, as labeled for tagging, and names the shape of a tensor', () => {
    const words = taskData(
      { tags: ['a b', 'a', null], y: [1, 0, 1] },
      { tasks: { tags: tagging(), y: binary() }, inputs: { kind: 'tensor', shape: [2], values: new Float32Array(6) } },
    );
    const report = describe(words);
    expect(report.inputShape).toEqual([2]);
    expect(report.tasks[0]).toMatchObject({
      labeled: 2,
      missing: 1,
      classes: [
        { name: 'a', count: 2, rate: 2 / 3 },
        { name: 'b', count: 1 },
      ],
    });
    expect(reportLines(report)[0]).toBe('3 rows, a tensor of shape [2] a row, 2 tasks');
  });

  it('finds 4.24 labels a gene in yeast', async () => {
    const set = await datasets.yeast();
    expect(describe(taskData(set.columns, set.options)).positivesPerRow).toBeCloseTo(4.24, 2);
  });
});
