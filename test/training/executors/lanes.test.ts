import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../../src/backend/backend';
import { graddrop } from '../../../src/balancing';
import type { JacobianBalancer } from '../../../src/balancing/balancing';
import { mlp } from '../../../src/models/encoders/mlp';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { random } from '../../../src/random/random';
import type { Task } from '../../../src/tasks/task';
import { eagerExecutor } from '../../../src/training/executors/eager';
import type { Executor, StepFeed } from '../../../src/training/executors/executor';
import { graphExecutor, laneSizes } from '../../../src/training/executors/graph';
import { initialValues } from '../../../src/training/initial-values';
import { adam } from '../../../src/training/optimizer';
import { recomputesGradient } from '../../../src/training/steps/gramian';
import { STEP_SCALARS, type StackPlan, type StepKind } from '../../../src/training/steps/plan';
import type { Resident } from '../../../src/training/steps/stack-shape';
import { expectClose, roundingOf } from '../../models/support';

const stack = 5;
const batch = 512;
const rows = 100;
const tasks: Task[] = ['a', 'b'].map((name) => ({ name, kind: 'binary', column: name, classes: ['0', '1'], outputs: 1 }));
const network = hardSharing(mlp([96, 8], { dropout: 0.1 })).architecture.build({ input: { shape: [72] }, tasks });

function planOf(step: StepKind, weighted = false): StackPlan {
  return {
    shape: { network, tasks, stack, inputShape: [72], weighted, totalSteps: new Array(stack).fill(10) },
    optimizer: adam(),
    step,
    after: step.kind === 'losses',
    scale: 'native',
    heads: 'plain',
    batch,
    evaluationBatch: 64,
    unroll: 2,
    perModel: false,
    absences: false,
    keptGradients: 2 ** 24,
  };
}

/** Most that two orders of summing over a batch may differ. */
const rounding = 2 * roundingOf(batch);

const draws = random(3, 'lanes test');
const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => draws.normal());
const someRows = (length: number): Int32Array => Int32Array.from({ length }, () => draws.below(rows));
const feeds = Array.from(
  { length: 3 },
  (_, k): StepFeed => ({
    rows: someRows(stack * batch),
    seeds: Int32Array.from({ length: 2 * stack }, (__, i) => (i % 2 === 0 ? i : k)),
    // An epsilon far above the gradients makes Adam's first step 0.1 * rate / epsilon = 1 gradient, so that no rounding is magnified.
    scalars: Float32Array.from({ length: STEP_SCALARS * stack }, (__, i) => [10, 1, 1, 1, 1][i % STEP_SCALARS]!),
    weights: numbers(stack * tasks.length).map(Math.abs),
    heads: numbers(stack * tasks.length).map(Math.abs),
    others: someRows(2 * stack * batch),
  }),
);
const start = network.parameters.map((_, i) => {
  const each = Array.from({ length: stack }, (__, s) => initialValues(network, s)[i]!);
  return Float32Array.from(each.flatMap((values) => [...values]));
});

describe.skipIf(process.env.TASKLOOM_BACKEND === 'portable')('lanes', () => {
  let data: Resident;
  beforeAll(async () => {
    await loadBackend();
    data = {
      inputs: tf.tensor(numbers(rows * 72), [rows, 72]),
      labels: tf.tensor(
        numbers(rows * 2).map((v) => (v > 0 ? 1 : 0)),
        [rows, 2],
      ),
      mask: tf.tensor(
        numbers(rows * 2).map((v) => (v > -1 ? 1 : 0)),
        [rows, 2],
      ),
      classWeights: tf.tensor(numbers(stack * 4).map(Math.abs), [stack, 4]),
    };
  });
  afterAll(() => tf.dispose(Object.values(data)));

  it('are as many as cores, models and work allow, and hold every model once', () => {
    const plan = planOf({ kind: 'weighted' });
    expect(laneSizes(plan, 1)).toEqual([5]);
    expect(laneSizes(plan, 2)).toEqual([2, 3]);
    // 5 models x 512 rows x 7,800 parameters are 20 million multiply-adds, enough for two lanes.
    expect(laneSizes(plan, 64)).toEqual([2, 3]);
    expect(laneSizes({ ...plan, batch: 25600 }, 64)).toEqual([1, 1, 1, 1, 1]);
    expect(laneSizes({ ...plan, batch: 16 }, 64)).toEqual([5]);
  });

  /** Trains three steps and returns everything that can be read. */
  function everything(executor: Executor, plan: StackPlan): number[][] {
    const seen: Float32Array[] = [];
    executor.start(start);
    if (plan.step.kind === 'weighted' || plan.step.kind === 'rule') seen.push(executor.steps(feeds));
    else {
      const look = (done: StepFeed | undefined, next: StepFeed): void => {
        const { losses, gramian, cross, after } = executor.probe(done, next);
        seen.push(losses, gramian, cross, after);
      };
      look(undefined, feeds[0]!);
      look(feeds[0]!, feeds[1]!);
      look(feeds[1]!, feeds[2]!);
    }
    executor.keepBest(Float32Array.of(1, 0, 1, 0, 0));
    executor.restore(executor.save().map((values) => values.map((v) => v / 2)));
    const { outputs, sums, counts } = executor.evaluate('best', feeds[0]!.rows.slice(0, stack * plan.evaluationBatch));
    seen.push(outputs, sums, counts, ...executor.read('current'), ...executor.read('best'));
    executor.dispose();
    return seen.map((values) => [...values]);
  }

  const plans: Record<string, StackPlan> = {
    weighted: planOf({ kind: 'weighted' }, true),
    'one column a model': {
      ...planOf({ kind: 'weighted' }),
      shape: { ...planOf({ kind: 'weighted' }).shape, columns: [0, 1, 0, 1, 0].map((c) => [c, 1 - c]) },
    },
    losses: planOf({ kind: 'losses' }),
    gramian: planOf({ kind: 'gramian', cross: false }),
    'gramian of independent batches': planOf({ kind: 'gramian', cross: true }),
    representation: planOf({ kind: 'representation' }),
    rule: planOf({ kind: 'rule', rule: (graddrop() as JacobianBalancer).rule }),
  };
  it.each(Object.keys(plans))('change nothing: %s', (name) => {
    const plan = plans[name]!;
    const before = tf.memory().numTensors;
    const alone = everything(graphExecutor(plan, data, 1), plan);
    const lanes = everything(graphExecutor(plan, data, 2), plan);
    expect(tf.memory().numTensors).toBe(before);
    expect(lanes.map((values) => values.length)).toEqual(alone.map((values) => values.length));
    for (const [i, values] of alone.entries()) {
      const most = values.reduce((max, v, k) => Math.max(max, Math.abs(v - lanes[i]![k]!) / (1 + Math.abs(v))), 0);
      // Gradients below 1 over 512 rows: some sqrt(512) roundings of 6e-8 (Higham and Mary 2019), 1.3e-6, in each of three steps.
      expect(most).toBeLessThan(1e-5);
    }
  });

  it.each(['plain', 'shared', 'apart'] as const)('a weighted gradient computed anew is that of the kept gradients; heads %s', (heads) => {
    const kept: StackPlan = { ...planOf({ kind: 'gramian', cross: false }), heads };
    const trained = (make: typeof graphExecutor, plan: StackPlan): { gradients: number[][]; gramian: Float32Array } => {
      const executor = make(plan, data);
      executor.start(start);
      executor.probe(undefined, feeds[0]!);
      const { gramian } = executor.probe(feeds[0]!, feeds[1]!);
      const gradients = executor.read('current').map((values, i) => [...values.map((v, k) => start[i]![k]! - v)]);
      executor.dispose();
      return { gradients, gramian };
    };
    const anew: StackPlan = { ...kept, keptGradients: 0 };
    const cross: StackPlan = { ...kept, step: { kind: 'gramian', cross: true } };
    expect([kept, anew, cross].map(recomputesGradient)).toEqual([false, true, true]);
    const expected = trained(graphExecutor, kept);
    for (const make of [graphExecutor, eagerExecutor]) {
      for (const plan of [anew, cross]) {
        const { gradients, gramian } = trained(make, plan);
        for (const [i, values] of expected.gradients.entries()) {
          const unit = 1 / Math.max(...values.map(Math.abs));
          const [found, wanted] = [gradients[i]!, values].map((all) => all.map((v) => unit * v));
          expectClose(found!, wanted!, rounding);
        }
        // Products of two such gradients.
        if (plan === anew) expectClose([...gramian], [...expected.gramian], 2 * rounding);
      }
    }
  });
});
