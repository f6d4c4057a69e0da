import { describe, expect, it } from 'vitest';
import { taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { proportion } from '../../src/tasks/kinds/proportion';
import { kindRevisions, runKey } from '../../src/training/run-key';
import { checkSettings } from '../../src/training/settings';
import { tinyData } from '../study/support/tiny-study';

describe('the key of a kept run', () => {
  const run = {
    data: 'table',
    kinds: {},
    method: hardSharing(mlp([4])),
    split: { train: Int32Array.of(0, 1), validation: new Int32Array(), test: Int32Array.of(2) },
    trainingSeed: 0,
    settings: checkSettings('run', { epochs: 2, batchSize: 2 }),
    backend: 'native' as const,
  };

  it('tells forms of a loss apart: losses of before are not mixed with those of now', () => {
    expect(runKey({ ...run, kinds: { proportion: 2 } })).not.toBe(runKey(run));
    expect(runKey({ ...run, kinds: { proportion: 2 } })).not.toBe(runKey({ ...run, kinds: { proportion: 3 } }));
    const shares = taskData({ x: [1, 2, 3], y: [0.1, 0.5, 0.6] }, { tasks: { y: proportion() } });
    expect(kindRevisions(shares)).toEqual({ proportion: 2 });
    expect(kindRevisions(tinyData())).toEqual({});
  });
});
