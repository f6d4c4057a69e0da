import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasets } from '../../../src/data/datasets';
import { givenSplits } from '../../../src/data/given-splits';
import { readArff } from '../../../src/data/read/read-arff';
import { taskData } from '../../../src/data/task-data';
import { sharedFolder } from './shared';

describe('datasets.emotions', () => {
  it('has the 593 songs, 72 features and label counts of Mulan', async () => {
    const set = await datasets.emotions();
    const data = taskData(set.frame, set.options);
    expect(data.rows).toBe(593);
    expect(data.inputs).toHaveLength(72);
    expect(data.notes).toEqual([]);
    // Positives a label, counted on Mulan's own emotions-train.arff and emotions-test.arff.
    expect(data.labels.map(({ values }) => values.reduce((a, b) => a + b, 0))).toEqual([173, 166, 264, 148, 168, 189]);
    expect(data.tasks.map((task) => task.name)).toEqual(['amazed', 'happy', 'relaxing', 'quiet', 'sad', 'angry']);
    expect(set.frame.shape).toEqual([593, 78]);
    expect(set.frame).toBe(set.frame);
  });

  it.skipIf(sharedFolder === undefined)(
    "has Mulan's rows, labels and values in the order of its training and then its test file",
    async () => {
      const { columns } = await datasets.emotions();
      const [train, test] = ['emotions-train.arff', 'emotions-test.arff'].map(
        (file) => readArff(join(sharedFolder!, 'mulan-small', file)).columns,
      );
      const names = Object.keys(train!);
      const ours = [...Object.keys(columns).slice(6), ...Object.keys(columns).slice(0, 6)];
      expect(ours.slice(0, 72)).toEqual(names.slice(0, 72));
      names.forEach((name, i) => {
        expect(columns[ours[i]!]).toEqual([...train![name]!, ...test![name]!].map(Number));
      });
    },
  );

  const splits = join(sharedFolder ?? '', '..', 'bench', 'emotions_splits.json');
  it.skipIf(!existsSync(splits))('takes the peer study’s splits, 415 and 178 songs', async () => {
    const set = await datasets.emotions();
    const read = givenSplits(JSON.parse(readFileSync(splits, 'utf8')), taskData(set.columns, set.options));
    expect([...read.keys()]).toEqual([0, 1, 2, 3, 4]);
    for (const { train, test } of read.values()) expect([train.length, test.length]).toEqual([415, 178]);
  });
});
