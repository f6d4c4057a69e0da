import { expect, test } from 'vitest';
import { clusteredTasks, noiseTask } from '../../../src/data/simulators';
import { correlation } from './helpers';

test('noiseTask: adds a column that nothing explains, and says so', () => {
  const base = clusteredTasks({ rows: 2000 });
  const s = noiseTask(noiseTask(base, 'hum'), 'coin', 'binary');
  expect(s.truth.noiseTasks).toEqual(['hum', 'coin']);
  expect(s.truth.groups).toEqual(base.truth.groups);
  expect(s.tasks.coin).toEqual({ kind: 'binary' });
  expect(new Set(s.table.coin)).toEqual(new Set([0, 1]));
  for (const column of Object.keys(base.table)) {
    // Five standard errors of a correlation of zero.
    expect(Math.abs(correlation(s.table.hum!, base.table[column]!))).toBeLessThan(5 / Math.sqrt(2000));
    expect(Math.abs(correlation(s.table.coin!, base.table[column]!))).toBeLessThan(5 / Math.sqrt(2000));
  }
  expect(() => noiseTask(base, 'x0')).toThrow("already has a column 'x0'");
});
