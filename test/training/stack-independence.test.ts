import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { balancers, weightings } from '../../src/balancing';
import type { Split } from '../../src/data/data-types';
import { type TaskData, taskData } from '../../src/data/task-data';
import { mlp } from '../../src/models/encoders/mlp';
import type { Method } from '../../src/models/method';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { ltb } from '../../src/models/sharing/ltb';
import { mmoe } from '../../src/models/sharing/mmoe';
import { singleTask } from '../../src/models/sharing/single-task';
import { random } from '../../src/random/random';
import { binary } from '../../src/tasks/kinds/binary';
import { count } from '../../src/tasks/kinds/count';
import { multiclass } from '../../src/tasks/kinds/multiclass';
import { ordinal } from '../../src/tasks/kinds/ordinal';
import { proportion } from '../../src/tasks/kinds/proportion';
import { regression } from '../../src/tasks/kinds/regression';
import { adam, adamw, sgd } from '../../src/training/optimizer';
import { type Run, type RunsOptions, trainRuns } from '../../src/training/runs';

/*
 * What a run becomes depends on the run alone: to the last bit the same trained by itself, beside runs of other numbers of rows, rates and
 * early stops, and in the company that is left when some of them have stopped.
 */

const ROWS = 1300;
const draws = random(1, 'stack independence');
const column = (of: (i: number) => number): number[] => Array.from({ length: ROWS }, (_, i) => of(i));
const inputs = Array.from({ length: 5 }, () => column(() => draws.normal()));
const table = {
  ...Object.fromEntries(inputs.map((values, k) => [`x${k}`, values])),
  yes: column((i) => Number(inputs[0]![i]! + inputs[1]![i]! + draws.normal() > 0)),
  // A third of these labels are missing, and half of those of `kind`.
  level: column((i) => (i % 3 === 0 ? Number.NaN : inputs[1]![i]! - inputs[2]![i]! + draws.normal())),
  kind: column((i) => (i % 2 === 0 ? Number.NaN : Math.floor(3 * draws.uniform()))),
};
const data = taskData(table, { tasks: { yes: binary(), level: regression(), kind: multiclass() } });

const trunk = mlp([7], { dropout: 0.2 });
const methods: Record<string, Method> = {
  single: singleTask(trunk),
  hard: hardSharing(trunk),
  tanh: hardSharing(mlp([9], { activation: 'tanh' })),
  mmoe: mmoe({ experts: 2, expert: trunk }),
  ltb: ltb(trunk),
  ...Object.fromEntries(
    (['rlw', 'uncertainty', 'imtll', 'famo', 'dwa', 'gradnorm'] as const).map((name) => [
      name,
      hardSharing(trunk).with(weightings[name]()),
    ]),
  ),
  ...Object.fromEntries(
    (['pcgrad', 'gradvac', 'graddrop', 'dbmtl', 'imtl', 'moco', 'excessmtl', 'modo', 'upgrad'] as const).map((name) => [
      name,
      hardSharing(trunk).with(balancers[name]()),
    ]),
  ),
  matched: hardSharing(trunk).with(balancers.mgda(), { scale: 'matchMean' }),
  graddropAtRepresentation: hardSharing(trunk).with(balancers.graddrop(), { gradients: 'representation' }),
  representation: hardSharing(trunk).with(balancers.mgda(), { gradients: 'representation' }),
};

function splitOf(seed: number, train: number, validation: number, test: number): Split {
  const order = random(seed, 'rows').permutation(ROWS);
  return {
    train: order.slice(0, train),
    validation: order.slice(train, train + validation),
    test: order.slice(ROWS - test),
  };
}

/** Counts on both sides of what is padded: batches of 16 and 64 rows, evaluations of 512. */
const trainRows = fc.constantFrom(15, 16, 17, 33, 63, 64, 65, 129);
const validationRows = fc.constantFrom(0, 1, 20, 21);
const testRows = fc.constantFrom(3, 100, 511, 512, 513, 1030);
const runShape = fc.record({ train: trainRows, validation: validationRows, test: testRows, rate: fc.constantFrom(1e-3, 3e-3) });

function runsOf(name: string, shapes: readonly { train: number; validation: number; test: number; rate: number }[]): Run[] {
  return shapes.map(({ train, validation, test, rate }, seed) => ({
    name,
    method: methods[name]!,
    seed,
    split: splitOf(seed, train, validation, test),
    learningRate: rate,
  }));
}

const settings = { epochs: 4, batchSize: 16, optimizer: adam(), mode: 'auto', memoryBudget: 2 ** 30, trainPredictions: true } as const;

async function expectSameAlone(runs: readonly Run[], options: RunsOptions, on: TaskData = data): Promise<void> {
  const together = await trainRuns(on, runs, options);
  for (const [i, run] of runs.entries()) {
    const [alone] = await trainRuns(on, [run], options);
    expect(together[i]!.predictions).toEqual(alone!.predictions);
    expect(together[i]!.trainPredictions).toEqual(alone!.trainPredictions);
    for (const [p, part] of together[i]!.parts.entries()) {
      const { parameters, trainLosses, validationLosses, bestEpoch, epochs, weights, gradients, balancingState } = alone!.parts[p]!;
      expect(part.trainLosses).toEqual(trainLosses);
      expect(part.parameters).toEqual(parameters);
      expect(part.balancingState).toEqual(balancingState);
      expect([part.validationLosses, part.bestEpoch, part.epochs]).toEqual([validationLosses, bestEpoch, epochs]);
      expect([part.weights, part.gradients]).toEqual([weights, gradients]);
    }
  }
}

// Without oneDNN, TensorFlow multiplies a single matrix by another kernel than several: see src/study/README.md.
const exact = process.env.TF_ENABLE_ONEDNN_OPTS !== '0' && process.env.TASKLOOM_BACKEND !== 'portable';

describe.runIf(exact)('a run of a stack', () => {
  beforeAll(async () => {
    await loadBackend();
  });

  it.for(Object.keys(methods))('is the run alone, to the last bit: %s', async (name) => {
    const shapes = fc.array(runShape, { minLength: 3, maxLength: 3 });
    const property = fc.asyncProperty(
      shapes,
      fc.constantFrom(undefined, 1),
      fc.constantFrom('joint', 'perTask'),
      async (list, patience, stopping) => {
        await expectSameAlone(runsOf(name, list), { ...settings, ...(patience ? { patience } : {}), stopping });
      },
    );
    await fc.assert(property, { numRuns: 1 });
  });

  it('is the run alone, to the last bit: kinds of tasks with functions of their own', async () => {
    const gaps = (values: number[]): number[] => values.map((value, i) => (i % 4 === 0 ? Number.NaN : value));
    const kinds = taskData(
      {
        ...Object.fromEntries(inputs.map((values, k) => [`x${k}`, values])),
        rank: gaps(inputs[0]!.map((value) => Math.max(0, Math.min(3, Math.round(value + 1.5))))),
        visits: gaps(inputs[1]!.map((value) => Math.floor(2 * Math.exp(value / 2)))),
        years: inputs[2]!.map((value) => 0.2 + Math.abs(value)),
        calls: inputs[3]!.map((value) => Math.floor(Math.exp(value))),
        share: gaps(inputs[4]!.map((value) => 1 / (1 + Math.exp(-value)))),
      },
      {
        tasks: { rank: ordinal(), visits: count({ exposure: 'years' }), calls: count(), share: proportion() },
        inputs: inputs.map((_, k) => `x${k}`),
      },
    );
    const shapes = [
      { train: 129, validation: 20, test: 600, rate: 1e-3 },
      { train: 33, validation: 21, test: 100, rate: 3e-3 },
      { train: 64, validation: 20, test: 513, rate: 1e-3 },
    ];
    for (const name of ['single', 'hard', 'pcgrad']) await expectSameAlone(runsOf(name, shapes), settings, kinds);
  });

  it.for([
    ['op by op', { mode: 'eager' as const }],
    ['AdamW with a schedule and clipping', { optimizer: adamw(), schedule: (share: number) => 1 - share, clipNorm: 0.5 }],
    ['momentum', { optimizer: sgd({ momentum: 0.9 }) }],
    ['an odd batch size', { batchSize: 13 }],
    ['a batch larger than some models have rows', { batchSize: 100 }],
    ['rows drawn by task', { taskSampling: { shares: 'uniform' as const, batches: 'mixed' as const } }],
  ] satisfies [string, Partial<RunsOptions>][])('is the run alone, to the last bit: %s', async ([, own]) => {
    for (const name of ['hard', 'gradvac', 'moco']) {
      await expectSameAlone(
        runsOf(name, [
          { train: 129, validation: 20, test: 600, rate: 1e-3 },
          { train: 33, validation: 21, test: 100, rate: 3e-3 },
          { train: 64, validation: 20, test: 513, rate: 1e-3 },
        ]),
        { ...settings, ...own },
      );
    }
  });
});
