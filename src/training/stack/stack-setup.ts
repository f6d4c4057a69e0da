import type { WeightsMethod } from '../../balancing/balancing';
import type { Method } from '../../models/method';
import type { Network } from '../../models/network/network';
import { cellsOf } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import { unrollFor } from '../executors/executor';
import type { ResidentData } from '../prepare';
import { stepOf } from '../steps';
import { layersOf } from '../steps/layers';
import type { HeadsPlan, StepKind } from '../steps/plan';
import { layerCount } from '../steps/stack-shape';
import type { CheckedTaskSampling } from '../task-sampling';
import { Batches, wholeBlocks } from './batches';
import type { Member } from './members';
import { Presence } from './presence';
import type { TrainingOptions } from './training-options';

/**
 * The cheapest kind of step that gives a method what it needs.
 * @throws RangeError when the method cannot work on the gradients that were asked for
 */
function stepKindOf({ balancing, update, architecture }: Method): StepKind {
  if (!balancing) return { kind: 'weighted' };
  if (balancing.needs === 'jacobian') {
    const representation = update.gradients === 'representation';
    if (representation && !balancing.rule.factors) {
      throw new RangeError(
        `${architecture.name}.with(${balancing.info.name}()): works on the coordinates of the parameters; use gradients: "parameters"`,
      );
    }
    return { kind: 'rule', rule: balancing.rule, ...(representation && { representation }) };
  }
  // An update of another length than its heads' is only known where the tasks' gradients are.
  if (balancing.needs === 'gramian' || update.scale !== 'native') {
    if (update.gradients === 'representation') return { kind: 'representation' };
    return { kind: 'gramian', cross: balancing.independentBatches, ...(balancing.lastLayer && { lastLayer: true }) };
  }
  return 'usesBatch' in balancing && balancing.usesBatch ? { kind: 'losses' } : { kind: 'weighted' };
}

/** Where the weights of the losses that heads follow come from. */
function headsPlanOf({ balancing, update }: Method, { kind }: StepKind): HeadsPlan {
  if (update.heads === 'plain') return 'plain';
  const apart = balancing?.info.kind === 'aggregator' || update.scale === 'sum';
  return apart && (kind === 'gramian' || kind === 'representation') ? 'apart' : 'shared';
}

/** @throws RangeError when steps of one task are asked for, and the method balances what the tasks' losses or gradients are in a step */
function checkTaskBatches({ balancing, architecture }: Method, kind: StepKind, sampling: CheckedTaskSampling | undefined): void {
  if (!balancing || sampling?.batches !== 'task' || kind.kind === 'weighted') return;
  throw new RangeError(
    `${architecture.name}.with(${balancing.info.name}()): balances the tasks of a step, but taskSampling.batches "task" makes steps of one task; use batches: "mixed"`,
  );
}

/**
 * The method without its aggregator where there is nothing to aggregate, as no parameter serves several tasks (soft sharing), and the method
 * has no weights for heads by themselves.
 */
function withWhatItBalances(method: Method, { parameters }: Network): Method {
  const { balancing, update } = method;
  const idle =
    balancing?.info.kind === 'aggregator' &&
    !(balancing.weighsHeads && update.heads === 'weighted') &&
    update.gradients === 'parameters' &&
    parameters.every(({ role }) => role === 'task');
  if (!idle) return method;
  const { balancing: _, ...rest } = method;
  return rest;
}

/** What does not change while a stack is trained. */
export interface StackSetup {
  readonly method: Method;
  readonly network: Network;
  readonly tasks: readonly Task[];
  readonly inputShape: readonly number[];
  readonly members: readonly Member[];
  readonly data: ResidentData;
  readonly options: TrainingOptions;
  readonly batches: Batches;
  readonly presences: readonly Presence[];
  readonly step: StepKind;
  readonly heads: HeadsPlan;
  /** What asks for weights from outside the step; undefined where nothing is balanced, or the step itself does. */
  readonly solver: WeightsMethod | undefined;
  /** See `StackShape.layers`. */
  readonly layers: readonly number[] | undefined;
  readonly layerTotal: number;
  readonly unroll: number;
  /** Whether models may differ in rate, decay or in which of them take a step. */
  readonly perModel: boolean;
  readonly evaluationBatch: number;
  readonly validates: boolean;
}

/**
 * @param given how tasks share and are balanced
 * @throws RangeError when the method cannot work on the gradients or the rows that were asked for
 */
export function stackSetup(
  given: Method,
  network: Network,
  tasks: readonly Task[],
  inputShape: readonly number[],
  members: readonly Member[],
  data: ResidentData,
  options: TrainingOptions,
): StackSetup {
  const method = withWhatItBalances(given, network);
  const { balancing, update } = method;
  const step = stepKindOf(method);
  checkTaskBatches(method, step, options.taskSampling);
  const batches = new Batches(members, options, data.padding);
  checkRarest(method, tasks, members, batches);
  const [widths, columns] = [tasks.map(cellsOf), data.resident.labels.shape[1]!];
  const layers = balancing && update.groups === 'layer' ? layersOf(network.parameters.filter(({ role }) => role === 'shared')) : undefined;
  const validationRows = Math.max(...members.map(({ validation }) => validation.length));
  const looked = Math.max(validationRows, ...members.map(({ predict }) => predict.length));
  return {
    method,
    network,
    tasks,
    inputShape,
    members,
    data,
    options,
    batches,
    presences: members.map((member) => new Presence(member, widths, data.hasLabel, columns)),
    step,
    heads: headsPlanOf(method, step),
    solver: balancing && balancing.needs !== 'jacobian' ? (balancing as WeightsMethod) : undefined,
    layers,
    layerTotal: layerCount({ layers }),
    unroll: stepOf({ step }).looks ? 1 : unrollFor(batches.perEpoch),
    perModel:
      members.some(({ learningRate }) => learningRate !== members[0]!.learningRate) ||
      batches.stepsOf.some((steps) => steps !== batches.perEpoch),
    evaluationBatch: Math.min(512, wholeBlocks(looked > 0 ? looked : batches.size)),
    validates: validationRows > 0,
  };
}

/** @throws RangeError when a task would hardly be drawn, and the method balances the losses of all */
function checkRarest({ balancing }: Method, tasks: readonly Task[], members: readonly Member[], batches: Batches): void {
  if (!balancing) return;
  for (const [s, { label }] of members.entries()) {
    const rarest = batches.rarest(s);
    if (!rarest || rarest.draws >= 1) continue;
    throw new RangeError(
      `Training ${label}: taskSampling would draw task "${tasks[rarest.task]!.name}" ${rarest.draws.toPrecision(2)} times an epoch on average, but ${balancing.info.name} balances the losses of all tasks; use a higher temperature, batches: "mixed" or a smaller batchSize`,
    );
  }
}
