import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { mgda } from '../../src/balancing/aggregators/mgda';
import { taskData } from '../../src/data/task-data';
import { inferenceContext } from '../../src/models/forward-context';
import type { Method } from '../../src/models/method';
import type { Network } from '../../src/models/network/network';
import { architectures } from '../../src/models/registry';
import { random } from '../../src/random/random';
import { initialValues } from '../../src/training/initial-values';
import { adam } from '../../src/training/optimizer';
import { fitSplit, labelColumns, makeResident } from '../../src/training/prepare';
import type { Member } from '../../src/training/stack/members';
import { trainStack } from '../../src/training/stack/train-stack';
import type { StackResult } from '../../src/training/stack/training-options';
import { taskGradients } from '../../src/training/steps/task-gradients';
import { weightedGradients } from '../../src/training/steps/weighted';
import { architectureExamples, solvedArchitectures } from './every-architecture';
import {
  batchOf,
  binaryTask,
  buildOf,
  expectClose,
  expectGradientsOfDifferences,
  list,
  multiclassTask,
  normals,
  problemOf,
  randomValues,
  regressionTask,
} from './support';

const problems = {
  mixed: problemOf(3, [binaryTask('a'), multiclassTask('b', 3), regressionTask('c')]),
  alike: problemOf(3, [binaryTask('a'), binaryTask('b'), binaryTask('c')]),
};

test('every architecture that is trained by gradients is here', () => {
  expect(solvedArchitectures).toEqual(['chainedTargets', 'linearMtl', 'stackedTargets']);
  const here = new Set(architectureExamples.map(({ method }) => method.architecture.name));
  expect([...here, ...solvedArchitectures].sort()).toEqual(Object.keys(architectures).sort());
});

describe.each(architectureExamples)('$name', ({ name, method, tasks, seed }) => {
  const problem = problems[tasks];
  // A graph takes seconds to build: of the variants, those that add operations of their own.
  const trains = !name.includes(' ') || ['softSharing trace', 'nddr norm', 'mmoe stem tower', 'hardSharing tower'].includes(name);

  test('gradients are those of finite differences', () => {
    tf.tidy(() => expectGradientsOfDifferences(problem, buildOf(method, problem), seed, (part) => part.replace(/\/.*/, '')));
  });

  test("the tasks' gradients sum to the gradient of the sum", () => {
    tf.tidy(() => {
      const network = buildOf(method, problem);
      const values = randomValues(network, 2);
      const parameters = network.parameters.map(({ name }) => values[name]!);
      const { shape, data, batch } = batchOf(problem, network, 2);
      const sum = weightedGradients(shape, parameters, data, batch, tf.ones([2, 3]));
      const each = taskGradients(shape, parameters, data, batch);
      expectClose(each.losses, sum.losses);
      let [s, o] = [0, 0];
      for (const [i, { role }] of network.parameters.entries()) {
        // Sums over rows, experts and the layers above, some hundreds of terms in another order.
        const pull = each.penalty[i];
        const total = role === 'task' ? each.own[o++]! : tf.sum(each.jacobian[s++]!, 1);
        expectClose(pull ? tf.add(total, pull) : total, sum.gradients[i]!, 1e-4);
      }
    });
  });

  test('a parameter of one task follows its loss alone, and what only one loss reaches is marked so', () => {
    tf.tidy(() => {
      const network = buildOf(method, problem);
      const values = randomValues(network, 1);
      const parameters = network.parameters.map(({ name }) => values[name]!);
      const { shape, data, batch } = batchOf(problem, network, 1);
      const reached = problem.tasks.map((_, t) => {
        const weights = tf.tensor2d([problem.tasks.map((__, u) => (u === t ? 1 : 0))]);
        return weightedGradients({ ...shape, network: without(network) }, parameters, data, batch, weights).gradients;
      });
      for (const [i, parameter] of network.parameters.entries()) {
        /** Per entry of an axis, the tasks whose losses reach it. */
        const along = (axis: number): number[][] => {
          const others = [...parameter.shape.keys()].filter((other) => other !== axis);
          const sizes = reached.map((gradients) => list(tf.sum(tf.abs(tf.squeeze(gradients[i]!, [0])), others)));
          return sizes[0]!.map((_, entry) => problem.tasks.flatMap((__, t) => (sizes[t]![entry]! > 0 ? [t] : [])));
        };
        if (parameter.role === 'shared') {
          for (const axis of parameter.shape.keys()) {
            expect(Math.max(...along(axis).map(({ length }) => length)), `${parameter.name}, axis ${axis}`).toBeGreaterThan(1);
          }
          continue;
        }
        const axis = parameter.taskBlocks?.axis ?? parameter.shape.length - 1;
        for (const [entry, tasks] of along(axis).entries()) {
          const owner = parameter.taskBlocks?.tasks[entry] ?? parameter.columnTasks?.[entry] ?? parameter.task;
          for (const t of tasks) expect(t, parameter.name).toBe(owner);
        }
      }
    });
  });

  test('a stack gives what its models give alone', () => {
    tf.tidy(() => {
      const network = buildOf(method, problem);
      const values = randomValues(network, 3);
      const x = normals(9, [3, 4, 3]);
      const together = network.forward(values, x, inferenceContext);
      const apart = [0, 1, 2].map((s) => {
        const own = Object.fromEntries(Object.entries(values).map(([name, v]) => [name, tf.slice(v, [s], [1])]));
        return network.forward(own, tf.slice(x, [s], [1]), inferenceContext);
      });
      expectClose(together, tf.concat(apart, 0));
    });
  });

  test('has its initial values in the shapes it declares, under distinct names', () => {
    const network = buildOf(method, problem);
    const initial = initialValues(network, 1);
    for (const [i, { name, shape }] of network.parameters.entries()) {
      expect(initial[i]!.length, name).toBe(shape.reduce((p, q) => p * q, 1));
      expect(initial[i]!.every(Number.isFinite), name).toBe(true);
    }
    expect(new Set(network.parameters.map(({ name }) => name)).size).toBe(network.parameters.length);
  });

  test.runIf(trains)('trains the same as a graph and op by op, and its loss falls', async () => {
    const eager = await train(method, 'eager', 5);
    const graph = await train(method, 'auto', 5);
    expect(graph.mode).toBe('graph');
    for (const [s, member] of graph.members.entries()) {
      expectClose(member.trainLosses.slice(0, 2).flat(), eager.members[s]!.trainLosses.slice(0, 2).flat(), 1e-4);
      expect(total(member.trainLosses.at(-1)!)).toBeLessThan(0.9 * total(member.trainLosses[0]!));
    }
  });

  test.runIf(trains)('trains with weights from the products of the gradients', async () => {
    // Where heads follow MGDA's weights, too, the sum of the losses need not fall: it is the weighted one that does.
    const result = await train(method.with(mgda(), { heads: 'plain' }), 'auto', 4);
    for (const member of result.members) {
      expect(member.failure).toBeUndefined();
      expect(total(member.trainLosses.at(-1)!)).toBeLessThan(total(member.trainLosses[0]!));
    }
  });
});

const total = (losses: readonly number[]): number => losses.reduce((p, q) => p + q, 0);

/** The network without its penalty, which reaches every parameter. */
function without(network: Network): Network {
  const { penalty: _, ...rest } = network;
  return rest;
}

/** A problem whose three binary tasks come from two hidden features. */
function synthetic() {
  const r = random(5, 'rows');
  const rows = 120;
  const columns = Array.from({ length: 3 }, () => Array.from({ length: rows }, () => r.normal()));
  const [p, q, s] = columns as [number[], number[], number[]];
  return taskData(
    {
      p,
      q,
      s,
      a: p.map((v, i) => (v + q[i]! > 0 ? 1 : 0)),
      b: p.map((v, i) => (v - q[i]! > 0.2 ? 1 : 0)),
      c: q.map((v, i) => (v + 0.5 * s[i]! > 0 ? 1 : 0)),
    },
    { tasks: { a: { kind: 'binary' }, b: { kind: 'binary' }, c: { kind: 'binary' } } },
  );
}

async function train(method: Method, mode: 'eager' | 'auto', epochs: number): Promise<StackResult> {
  const data = synthetic();
  const train = Int32Array.from({ length: data.rows }, (_, i) => i);
  const split = fitSplit(data, { train, validation: new Int32Array(0), test: train });
  const network = method.architecture.build({ input: { shape: split.encoder.shape }, tasks: data.tasks });
  const resident = makeResident(data, [split]);
  const members = [0, 1].map(
    (seed): Member => ({
      label: `seed ${seed}`,
      seed,
      train,
      validation: new Int32Array(0),
      predict: new Int32Array(0),
      columns: labelColumns(data).flat(),
      initial: initialValues(network, seed),
      learningRate: 5e-2,
    }),
  );
  try {
    return await trainStack(method, network, data.tasks, split.encoder.shape, members, resident, {
      epochs,
      batchSize: 40,
      // Adam's default epsilon would turn the rounding of a gradient near 0 into a whole step.
      optimizer: adam({ epsilon: 1e-3 }),
      mode,
    });
  } finally {
    resident.dispose();
  }
}
