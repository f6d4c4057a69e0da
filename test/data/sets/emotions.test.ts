import { describe, expect, it } from 'vitest';
import { datasets } from '../../../src/data/datasets';
import { taskData } from '../../../src/data/task-data';

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
});
