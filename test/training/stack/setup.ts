import type { WeightsMethod } from '../../../src/balancing/balancing';
import type { Task } from '../../../src/tasks/task';
import { sgd } from '../../../src/training/optimizer';
import { Batches } from '../../../src/training/stack/batches';
import type { Member } from '../../../src/training/stack/members';
import { Presence } from '../../../src/training/stack/presence';
import type { StackSetup } from '../../../src/training/stack/stack-setup';
import type { TrainingOptions } from '../../../src/training/stack/training-options';
import { regressionTask } from '../../models/support';

/** The row that stands for no row. */
export const PADDING = 60;

export const rows = (from: number, to: number): Int32Array => Int32Array.from({ length: to - from }, (_, i) => from + i);

export const memberOf = (given: Partial<Member>): Member => ({
  label: 'test',
  seed: 1,
  train: rows(0, 20),
  validation: new Int32Array(0),
  predict: new Int32Array(0),
  columns: [0, 1],
  initial: [],
  learningRate: 0.1,
  ...given,
});

/** What parts of a stack read of its setup, of a stack without networks and tensors; the label (row, task) is there where `labeled` says so. */
export function setupOf(
  members: readonly Member[],
  given: Partial<StackSetup> & {
    readonly labeled?: (row: number, task: number) => boolean;
    readonly training?: Partial<TrainingOptions>;
  } = {},
): StackSetup {
  const { labeled = () => true, training, ...rest } = given;
  const tasks: readonly Task[] = [regressionTask('a'), regressionTask('b')];
  const options: TrainingOptions = { epochs: 4, batchSize: 8, optimizer: sgd(), mode: 'eager', ...training };
  const hasLabel = Uint8Array.from({ length: (PADDING + 1) * 2 }, (_, i) => Number(i < 2 * PADDING && labeled(Math.floor(i / 2), i % 2)));
  return {
    tasks,
    members,
    options,
    batches: new Batches(members, options, PADDING),
    presences: members.map((member) => new Presence(member, [1, 1], hasLabel, 2)),
    data: { padding: PADDING },
    method: { update: { scale: 'native' } },
    step: { kind: 'weighted' },
    heads: 'plain',
    solver: undefined,
    layers: undefined,
    layerTotal: 1,
    unroll: 1,
    evaluationBatch: 8,
    validates: false,
    ...rest,
  } as unknown as StackSetup;
}

/** A method whose step is given. */
export function solverOf(step: WeightsMethod['step'], given: Partial<WeightsMethod> = {}): WeightsMethod {
  return {
    info: { name: 'own', title: 'Own', kind: 'aggregator', paper: { authors: '', year: 2000, title: '' }, options: [] },
    needs: 'gramian',
    options: {},
    independentBatches: false,
    init: () => ({ steps: 0 }),
    step,
    ...given,
  };
}
