import type { ParameterStep, State, StepInput, StepResult, WeightsMethod } from '../../balancing/balancing';
import { random } from '../../random/random';
import { kindOf } from '../../tasks/registry';
import type { ProbeResult } from '../executors/executor';
import { parameterStepOf } from '../optimizer';
import type { Upcoming } from './feed';
import type { BalanceRecord, GradientRecord, MemberProgress } from './members';
import { partOf } from './parts';
import { RecentLosses } from './presence';
import type { StackSetup } from './stack-setup';

/** The balancing of one model. */
interface Own {
  /** Losses as the method reads them. */
  readonly recent: RecentLosses;
  /** The method's state, of each layer. */
  states: State[];
  readonly weights: { readonly step: number; readonly values: readonly number[] }[];
  readonly gradients: GradientRecord[];
}

/** @throws TypeError when a method promises weights for the heads and has none */
function headWeightsOf({ info, weighsHeads }: WeightsMethod, { weights, heads }: StepResult): readonly number[] {
  if (weighsHeads && heads?.length !== weights.length)
    throw new TypeError(
      `${info.name}().step: weighsHeads promises heads, a weight for each of the ${weights.length} tasks, got ${JSON.stringify(heads)}`,
    );
  return heads ?? weights;
}

/** Asks the balancing method for the weights of every model's steps, and keeps its state; without a method it leaves the weights as they are. */
export class Balance {
  private readonly own: readonly Own[];
  private readonly parameterStep: ParameterStep;
  private readonly likelihoodFactors: readonly number[];

  constructor(
    private readonly setup: Pick<StackSetup, 'members' | 'tasks' | 'method' | 'solver' | 'data' | 'options' | 'batches' | 'layerTotal'>,
    private readonly progress: readonly MemberProgress[],
  ) {
    const { members, tasks, solver, layerTotal, options } = setup;
    this.parameterStep = parameterStepOf(options.optimizer);
    this.likelihoodFactors = tasks.map((task) => kindOf(task).likelihoodFactor);
    this.own = members.map(({ seed }) => {
      const draws = random(seed, 'balancing');
      const states = solver ? Array.from({ length: layerTotal }, () => solver.init(tasks.length, draws.uint32())) : [];
      return { recent: new RecentLosses(tasks.length), states, weights: [], gradients: [] };
    });
  }

  /**
   * Puts the weights of a step into its feed.
   * @param probed what a look at the batch found; without one the weights do not depend on it
   */
  weigh(upcoming: Upcoming, probed?: ProbeResult): void {
    const { solver, tasks } = this.setup;
    if (!solver) return;
    const { alive, feed, weighed, epoch } = upcoming;
    for (const [place, s] of alive.entries()) {
      const model = this.progress[s]!;
      const present = weighed[place]?.map((count) => count > 0);
      const losses = probed ? Array.from(partOf(probed.losses, place, alive.length)) : new Array<number>(tasks.length).fill(1);
      if (present && !allFinite(losses, present)) model.divergedAt(epoch, losses);
      if (present && model.training) this.weighModel(solver, upcoming, place, losses, present, probed);
      else partOf(feed.weights, place, alive.length).fill(0);
    }
  }

  /**
   * Tells methods that learn from them the losses of a batch after the step on it.
   * @param before what was found before the step
   * @param after `[stack, tasks]`; empty where the method does not learn from them
   */
  learn(upcoming: Upcoming, before: ProbeResult, after: Float32Array): void {
    const { solver } = this.setup;
    if (!solver?.after || after.length === 0) return;
    const { alive, labels } = upcoming;
    for (const [place, s] of alive.entries()) {
      const present = labels[place]?.map((count) => count > 0);
      const nextLosses = Array.from(partOf(after, place, alive.length));
      if (!present || !this.progress[s]!.training || !allFinite(nextLosses, present)) continue;
      const losses = Array.from(partOf(before.losses, place, alive.length));
      const input = { ...this.inputOf(upcoming, place, losses, present), nextLosses };
      const own = this.own[s]!;
      own.states = own.states.map((state) => solver.after!(input, state));
    }
  }

  record(member: number): BalanceRecord {
    const { weights, gradients, states } = this.own[member]!;
    return { weights, gradients, ...(states.length > 0 && { balancingState: states.length === 1 ? states[0]! : { layers: states } }) };
  }

  private weighModel(
    solver: WeightsMethod,
    upcoming: Upcoming,
    place: number,
    losses: readonly number[],
    present: readonly boolean[],
    probed: ProbeResult | undefined,
  ): void {
    const { tasks, method } = this.setup;
    const { alive, feed, weighed } = upcoming;
    const own = this.own[alive[place]!]!;
    const [gramians, crossGramians] = [probed?.gramian, probed?.cross].map((all) =>
      all && all.length > 0 ? this.squaresOf(partOf(all, place, alive.length)) : undefined,
    );
    const read = probed ? own.recent.with(losses, weighed[place]!, this.rowsIn(upcoming, place)) : losses;
    const input = this.inputOf(upcoming, place, read, present);
    const results = own.states.map((state, layer) => {
      const [gramian, crossGramian] = [gramians?.[layer], crossGramians?.[layer]];
      return solver.step({ ...input, ...(gramian && { gramian }), ...(crossGramian && { crossGramian }) }, state);
    });
    own.states = results.map(({ state }) => state);
    const factor = method.update.scale === 'sum' ? present.filter(Boolean).length : 1;
    const weights = results.flatMap((result) => result.weights.map((weight) => weight * factor));
    partOf(feed.weights, place, alive.length).set(weights);
    feed.heads?.set(headWeightsOf(solver, results[0]!), place * tasks.length);
    this.note(own, alive[place]!, input.step, results, gramians);
  }

  private inputOf(
    { feed, epoch, alive, rates }: Upcoming,
    place: number,
    losses: readonly number[],
    present: readonly boolean[],
  ): StepInput {
    return {
      losses,
      present,
      epoch,
      step: feed.seeds[2 * place + 1]!,
      epochLosses: this.progress[alive[place]!]!.trainLosses,
      likelihoodFactors: this.likelihoodFactors,
      learningRate: rates[place]!,
      parameterStep: this.parameterStep,
    };
  }

  /** Records weights and conflict about a hundred times in all. */
  private note(own: Own, member: number, step: number, results: readonly StepResult[], gramians: readonly number[][][] | undefined): void {
    if (step % Math.max(1, Math.floor(this.setup.batches.totalSteps[member]! / 100)) !== 0) return;
    const tasks = this.setup.tasks.map((_, t) => t);
    const values = tasks.map((t) => results.reduce((sum, { weights }) => sum + weights[t]!, 0) / results.length);
    own.weights.push({ step, values });
    if (!gramians) return;
    const gramian = tasks.map((i) => tasks.map((j) => gramians.reduce((sum, matrix) => sum + matrix[i]![j]!, 0)));
    own.gradients.push({ step, gramian });
  }

  /** Rows of a model's batch. */
  private rowsIn({ feed }: Upcoming, place: number): number {
    const { size } = this.setup.batches;
    const end = feed.rows.subarray(place * size, (place + 1) * size).indexOf(this.setup.data.padding);
    return end < 0 ? size : end;
  }

  /** A matrix `[tasks, tasks]` of each layer. */
  private squaresOf(values: Float32Array): number[][][] {
    const count = this.setup.tasks.length;
    const row = (i: number): number[] => Array.from(values.subarray(i * count, (i + 1) * count));
    return Array.from({ length: this.setup.layerTotal }, (_, layer) => Array.from({ length: count }, (__, i) => row(layer * count + i)));
  }
}

/** Whether the losses of the tasks that are present are finite. */
function allFinite(losses: readonly number[], present: readonly boolean[]): boolean {
  return losses.every((loss, t) => !present[t] || Number.isFinite(loss));
}
