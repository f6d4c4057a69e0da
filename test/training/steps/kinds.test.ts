import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../../src/backend/backend';
import { graddrop, moco } from '../../../src/balancing';
import { mlp } from '../../../src/models/encoders/mlp';
import type { Network } from '../../../src/models/network/network';
import { crossStitch } from '../../../src/models/sharing/cross-stitch';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { sluice } from '../../../src/models/sharing/sluice';
import { adam } from '../../../src/training/optimizer';
import { stepOf } from '../../../src/training/steps';
import type { StepInputs, Weighing } from '../../../src/training/steps/kind';
import { STEP_SCALARS, type StackPlan, type StepKind } from '../../../src/training/steps/plan';
import { weightedGradients } from '../../../src/training/steps/weighted';
import { batchOf, binaryTask, buildOf, expectClose, problemOf, randomValues, regressionTask } from '../../models/support';

const problem = problemOf(3, [binaryTask('a'), regressionTask('b')]);
const trunk = mlp([4, 2], { activation: 'tanh' });
const networks = { chain: hardSharing(trunk), 'no chain': crossStitch(trunk), penalty: sluice(trunk) };
const looking: Record<string, StepKind> = {
  losses: { kind: 'losses' },
  gramian: { kind: 'gramian', cross: false },
  cross: { kind: 'gramian', cross: true },
};

interface Problem {
  readonly plan: StackPlan;
  readonly inputs: StepInputs & Weighing;
}

function problemWith(network: Network, step: StepKind, given: Partial<StackPlan> = {}): Problem {
  const { shape, data, batch } = batchOf(problem, network, 2);
  const values = randomValues(network, 2, 4);
  const parameters = network.parameters.map(({ name }) => values[name]!);
  const plan: StackPlan = {
    shape,
    optimizer: adam(),
    step,
    after: false,
    scale: 'native',
    heads: 'shared',
    batch: 6,
    evaluationBatch: 64,
    unroll: 1,
    perModel: false,
    absences: false,
    keptGradients: 2 ** 24,
    ...given,
  };
  const weights = tf.tensor2d([
    [0.5, 2],
    [3, 0.2],
  ]);
  return { plan, inputs: { parameters, data, batch, weights, scalars: tf.ones([2, STEP_SCALARS]) } };
}

describe('kinds of steps', () => {
  beforeAll(async () => {
    await loadBackend();
  });

  for (const [form, method] of Object.entries(networks)) {
    it.each(Object.keys(looking))(`${form}: %s: the gradient of the weighted losses, from what the look holds or anew`, (name) => {
      tf.tidy(() => {
        const network = buildOf(method, problem);
        for (const keptGradients of [2 ** 24, 0]) {
          const { plan, inputs } = problemWith(network, looking[name]!, { keptGradients });
          const step = stepOf(plan);
          if (!step.looks) throw new Error('it looks');
          const others = name === 'cross' ? { left: inputs.batch.rows, right: inputs.batch.rows } : undefined;
          const { seen, held } = step.look(plan, { ...inputs, others });
          const shapes = step.held(plan);
          for (const part of ['jacobian', 'own', 'penalty'] as const) expect(held[part].map(({ shape }) => shape)).toEqual(shapes[part]);
          const expected = weightedGradients(plan.shape, inputs.parameters, inputs.data, inputs.batch, inputs.weights);
          expectClose(seen.losses, expected.losses);
          // On the same batches the products over two of them are those over one.
          if (seen.cross) expectClose(seen.cross, seen.gramian!, 1e-5);
          const gradients = step.gradients(plan, { ...inputs, held });
          for (const [i, gradient] of gradients.entries()) expectClose(gradient, expected.gradients[i]!, 1e-5);
        }
      });
    });
  }

  it('a step at the representation combines what hard sharing combines at the parameters, where weights are given', () => {
    tf.tidy(() => {
      const { plan, inputs } = problemWith(buildOf(networks.chain, problem), { kind: 'representation' });
      const step = stepOf(plan);
      if (!step.looks) throw new Error('it looks');
      const { seen, held } = step.look(plan, inputs);
      expect(seen.gramian!.shape).toEqual([2, 2, 2]);
      const expected = weightedGradients(plan.shape, inputs.parameters, inputs.data, inputs.batch, inputs.weights);
      for (const [i, gradient] of step.gradients(plan, { ...inputs, held }).entries()) expectClose(gradient, expected.gradients[i]!, 1e-5);
    });
  });

  it('steps whose weights are known leave the state that they say', () => {
    tf.tidy(() => {
      const network = buildOf(networks.chain, problem);
      for (const kind of [{ kind: 'weighted' }, ...[moco(), graddrop()].map(({ rule }) => ({ kind: 'rule', rule }))] as StepKind[]) {
        const { plan, inputs } = problemWith(network, kind, { heads: 'plain' });
        const step = stepOf(plan);
        if (step.looks) throw new Error('it does not look');
        const state = step.state(plan);
        const next = step.step(plan, { ...inputs, state: state.map(({ shape, fill }) => tf.fill([...shape], fill)) });
        expect(next.state.map(({ shape }) => shape)).toEqual(state.map(({ shape }) => shape));
        expect(next.gradients.map(({ shape }) => shape)).toEqual(inputs.parameters.map(({ shape }) => shape));
      }
    });
  });
});
