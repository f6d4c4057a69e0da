import type { TaskData } from '../../../src/data/data-types';
import { taskData } from '../../../src/data/task-data';
import { mlp } from '../../../src/models/encoders/mlp';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { singleTask } from '../../../src/models/sharing/single-task';
import { random } from '../../../src/random/random';
import type { DesignOptions } from '../../../src/study/observations';
import type { StudyOptions } from '../../../src/study/run-study';
import { binary } from '../../../src/tasks/kinds/binary';
import { regression } from '../../../src/tasks/kinds/regression';
import { adam, type Optimizer } from '../../../src/training/optimizer';

/** 60 rows, 3 inputs, a binary and a regression task that follow the same direction, and a binary one of noise. */
export function tinyData(seed = 0): TaskData {
  const draws = random(seed, 'tiny data');
  const rows = 60;
  const columns: Record<string, number[]> = { a: [], b: [], c: [], up: [], size: [], noise: [] };
  for (let i = 0; i < rows; i++) {
    const [a, b, c] = [draws.normal(), draws.normal(), draws.normal()];
    const signal = a - b + 0.3 * draws.normal();
    columns.a!.push(a);
    columns.b!.push(b);
    columns.c!.push(c);
    columns.up!.push(signal > 0 ? 1 : 0);
    columns.size!.push(2 + signal);
    columns.noise!.push(draws.uniform() < 0.5 ? 1 : 0);
  }
  return taskData(columns, { tasks: { up: binary(), size: regression(), noise: binary() } });
}

/** Adam whose epsilon keeps the rounding of a gradient near 0 from growing into a whole step: trainings that differ by rounding stay so. */
export const steady: Optimizer = adam({ epsilon: 1e-3 });

/** A study of two methods that takes a second. */
export function studyOptions(): StudyOptions & DesignOptions {
  const trunk = mlp([4]);
  return { methods: { single: singleTask(trunk), hard: hardSharing(trunk) }, seeds: 3, epochs: 3, batchSize: 16, optimizer: steady };
}
