import { beforeAll, expect, test } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { taskData } from '../../src/data/task-data';
import { hardSharing } from '../../src/models/hard-sharing';
import { mlp } from '../../src/models/mlp';
import { random } from '../../src/random/random';
import { initialValues } from '../../src/training/initial-values';
import { adam } from '../../src/training/optimizer';
import { fitSplit, labelColumns, makeResident } from '../../src/training/prepare';
import { type Member, trainStack } from '../../src/training/train-stack';

beforeAll(async () => {
  await loadBackend();
});

test('trains', async () => {
  const r = random(0);
  const n = 400;
  const a = Array.from({ length: n }, () => r.normal()),
    b = Array.from({ length: n }, () => r.normal());
  const data = taskData(
    { a, b, y: a.map((v, i) => (v + b[i]! > 0 ? 1 : 0)), z: a.map((v, i) => v * b[i]!) },
    { tasks: { y: { kind: 'binary' }, z: { kind: 'regression' } } },
  );
  const rows = Int32Array.from({ length: n }, (_, i) => i);
  const split = fitSplit(data, { train: rows.slice(0, 300), validation: rows.slice(300), test: rows.slice(300) });
  const method = hardSharing(mlp([32, 32]));
  const network = method.architecture.build({ input: { shape: split.encoder.shape }, tasks: data.tasks });
  for (const mode of ['eager', 'auto'] as const) {
    const res = makeResident(data, [split]);
    const members: Member[] = [0, 1].map((seed) => ({
      label: `seed ${seed}`,
      seed,
      train: split.split.train,
      validation: split.split.validation,
      predict: split.split.test,
      columns: labelColumns(data).flat(),
      initial: initialValues(network, seed),
      learningRate: 1e-2,
    }));
    const t0 = performance.now();
    const out = await trainStack(method, network, data.tasks, split.encoder.shape, members, res, {
      epochs: 20,
      batchSize: 64,
      optimizer: adam(),
      mode,
    });
    console.log(
      mode,
      out.mode,
      out.seconds,
      performance.now() - t0,
      out.members.map((m) => [m.trainLosses[0], m.trainLosses.at(-1), m.validationLosses.at(-1), m.bestEpoch]),
    );
    res.dispose();
  }
  expect(1).toBe(1);
});
