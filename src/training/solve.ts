import * as tf from '@tensorflow/tfjs-core';
import type { TaskData } from '../data/task-data';
import type { Method } from '../models/method';
import type { LabeledRows, Network } from '../models/network/network';
import { unhurried } from '../steps';
import { notFinite } from './divergence';
import type { FittedSplit, ResidentData } from './prepare';
import type { Member } from './stack/members';
import type { EpochListener, StackResult } from './stack/training-options';
import { evaluate } from './steps/evaluate';
import type { StackShape } from './steps/stack-shape';

/** Encoded inputs and prepared labels of some rows. */
function labeledRows(data: TaskData, tasks: readonly number[], { encoder, targets }: FittedSplit, rows: Int32Array): LabeledRows {
  const encoded = encoder.encode(data, rows);
  const width = encoder.features;
  return {
    inputs: Array.from(rows, (_, i) => encoded.subarray(i * width, (i + 1) * width)),
    labels: tasks.map((t) => {
      const { mean, sd } = targets[t]!;
      return Float64Array.from(rows, (row) => (data.labels[t]!.values[row]! - mean) / sd);
    }),
  };
}

/**
 * Lets an architecture's own algorithm find the parameters of one network. It counts as one epoch of one step.
 * @param member its rows, in the place of a stack of one
 * @param data resident rows; not disposed
 * @returns undefined where the signal stopped it: half a solution is none
 */
export async function solveNetwork(
  data: TaskData,
  { architecture }: Method,
  fitted: FittedSplit,
  { network, tasks: indices }: { readonly network: Network; readonly tasks: readonly number[] },
  member: Member,
  { resident }: ResidentData,
  onEpoch: EpochListener,
  signal: AbortSignal | undefined,
): Promise<StackResult | undefined> {
  await new Promise((resolve) => setImmediate(resolve));
  const { split, encoder } = fitted;
  const tasks = indices.map((t) => data.tasks[t]!);
  const began = performance.now();
  const solution = architecture.solve!({
    input: { shape: encoder.shape, ...(encoder.vocabulary === undefined ? {} : { vocabulary: encoder.vocabulary }) },
    tasks,
    train: labeledRows(data, indices, fitted, split.train),
    validation: labeledRows(data, indices, fitted, split.validation),
    seed: member.seed,
  });
  const parameters = 'next' in solution ? await unhurried(solution, signal) : solution;
  if (!parameters) return undefined;
  const seconds = (performance.now() - began) / 1000;
  const shape: StackShape = {
    network,
    tasks,
    stack: 1,
    inputShape: encoder.shape,
    weighted: false,
    totalSteps: [1],
    columns: [member.columns],
  };
  const on = (rows: Int32Array): { outputs: Float32Array; losses: number[] } =>
    tf.tidy(() => {
      const values = network.parameters.map((p, i) => tf.tensor(parameters[i]!, [1, ...p.shape]));
      const found = evaluate(shape, values, { ...resident, classWeights: tf.ones([1, 1]) }, tf.tensor2d(rows, [1, rows.length], 'int32'));
      const losses = tf.div(tf.sum(found.sums, 1), tf.sum(found.counts, 1));
      return { outputs: found.outputs.dataSync() as Float32Array, losses: [...losses.dataSync()] };
    });
  const trainLosses = on(member.train).losses;
  const outputs = member.predict.length > 0 ? on(member.predict).outputs : new Float32Array(0);
  const what = notFinite(network.parameters, parameters, outputs);
  onEpoch(1, 1, trainLosses.reduce((a, b) => a + b, 0) / tasks.length);
  return {
    members: [
      {
        parameters,
        outputs,
        trainLosses: [trainLosses],
        validationLosses: member.validation.length > 0 ? [on(member.validation).losses] : [],
        bestEpoch: 1,
        epochs: 1,
        weights: [],
        gradients: [],
        snapshots: [],
        ...(what === undefined
          ? {}
          : { failure: `Solving ${member.label} diverged: ${what}; look for extreme values in the inputs and labels` }),
        interrupted: false,
      },
    ],
    seconds,
    steps: 1,
    mode: 'eager',
  };
}
