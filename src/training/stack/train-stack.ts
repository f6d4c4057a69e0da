import type { Method } from '../../models/method';
import type { Network } from '../../models/network/network';
import type { Task } from '../../tasks/task';
import type { ResidentData } from '../prepare';
import { Balance } from './balance';
import { EpochLosses } from './epoch-losses';
import { Evaluation } from './evaluate';
import { Feeds } from './feed';
import { finish } from './finish';
import { type Member, MemberProgress } from './members';
import { Pauses } from './pauses';
import { Stack } from './stack';
import { type StackSetup, stackSetup } from './stack-setup';
import { steppingOf } from './stepping';
import { Stopping } from './stopping';
import { TaskCheckpoints } from './task-checkpoints';
import type { EpochListener, StackResult, TrainingOptions } from './training-options';

/**
 * Trains a stack of models of one shape together. What a model becomes depends on it alone, not on its stack: its rows, draws and state are
 * those of its own steps, and the arithmetic of a model is the same in any stack.
 * @param method how tasks share and are balanced
 * @param network built for the tasks of every member
 * @param data resident rows; not disposed
 */
export async function trainStack(
  method: Method,
  network: Network,
  tasks: readonly Task[],
  inputShape: readonly number[],
  members: readonly Member[],
  data: ResidentData,
  options: TrainingOptions,
  onEpoch?: EpochListener,
): Promise<StackResult> {
  const setup = stackSetup(method, network, tasks, inputShape, members, data, options);
  const progress = progressOf(setup);
  const feeds = new Feeds(setup, (s) => progress[s]!.training);
  const balance = new Balance(setup, progress);
  const pauses = new Pauses(options.signal);
  const stack = new Stack(setup);
  const evaluation = new Evaluation(setup, stack);
  const stepping = steppingOf({ setup, stack, feeds, balance });
  const parts = { setup, stack, evaluation, progress };
  const began = performance.now();
  let steps = 0;
  try {
    stack.start();
    takeSnapshot(setup, stack, progress, 0);
    for (let epoch = 0; epoch < options.epochs && !pauses.interrupted; epoch++) {
      const losses = new EpochLosses(stack.alive.length, tasks.length);
      for (const taken of stepping.epoch(epoch)) {
        losses.add(taken.losses, taken.steps);
        steps += taken.steps.length;
        await pauses.rest();
        if (pauses.interrupted) break;
      }
      if (losses.none) break;
      endEpoch(stack, progress, epoch, losses, setup.validates ? evaluation.validationLosses() : undefined);
      takeSnapshot(setup, stack, progress, epoch + 1);
      onEpoch?.(epoch + 1, options.epochs, meanLoss(stack.alive.map((s) => progress[s]!)));
      const going = stack.alive.filter((s) => !progress[s]!.stopped);
      if (going.length === 0) break;
      if (going.length > stack.alive.length / 2 || epoch + 1 === options.epochs) continue;
      // Models are finished on the executor, which cannot go on after that.
      const saved = stack.executor.save();
      finish(
        parts,
        stack.alive.filter((s) => !going.includes(s)),
      );
      stack.compact(going, saved);
      stepping.forget();
    }
    finish(parts, stack.alive);
    const { validates } = setup;
    const { interrupted } = pauses;
    return {
      seconds: (performance.now() - began) / 1000,
      steps,
      mode: stack.executor.mode,
      ...(stack.fallback !== undefined && { fallback: stack.fallback }),
      members: progress.map((own, s) => own.result({ validates, interrupted }, balance.record(s))),
    };
  } finally {
    stack.dispose();
  }
}

function progressOf({ members, tasks, options, validates }: StackSetup): MemberProgress[] {
  // The best epoch of a single task is that of the mean.
  const perTask = validates && options.stopping === 'perTask' && tasks.length > 1;
  return members.map((member) => {
    const { serve = [...tasks.keys()] } = member;
    return new MemberProgress(member, tasks, new Stopping(options.patience, perTask ? new TaskCheckpoints(serve) : undefined));
  });
}

/** Takes in the losses of an epoch: models stop, and what is best so far is kept. */
function endEpoch(
  stack: Stack,
  progress: readonly MemberProgress[],
  epoch: number,
  losses: EpochLosses,
  validation: readonly (readonly number[])[] | undefined,
): void {
  const improved = new Float32Array(stack.alive.length);
  const improvedTasks = new Map<number, readonly number[]>();
  for (const [place, s] of stack.alive.entries()) {
    if (progress[s]!.stopped) continue;
    const verdict = progress[s]!.endEpoch(epoch, losses.of(place), validation?.[place]);
    if (verdict?.improved) improved[place] = 1;
    if (verdict && verdict.tasks.length > 0) improvedTasks.set(place, verdict.tasks);
  }
  if (improved.includes(1)) stack.executor.keepBest(improved);
  if (improvedTasks.size === 0) return;
  const parametersAt = stack.parameters('current');
  for (const [place, better] of improvedTasks)
    progress[stack.alive[place]!]!.stopping.perTask!.keep(better, epoch + 1, parametersAt(place));
}

/** @param epochs that were trained */
function takeSnapshot({ options }: StackSetup, stack: Stack, progress: readonly MemberProgress[], epochs: number): void {
  if (!options.snapshots?.includes(epochs)) return;
  const parametersAt = stack.parameters('current');
  for (const [place, s] of stack.alive.entries()) {
    const { trainLosses, snapshots } = progress[s]!;
    // A model that stopped earlier is only carried along.
    if (trainLosses.length === epochs) snapshots.push({ epoch: epochs, parameters: parametersAt(place) });
  }
}

/** Over models and tasks, of the last epoch. */
function meanLoss(models: readonly MemberProgress[]): number {
  const finite = models.flatMap(({ trainLosses }) => trainLosses.at(-1)!).filter(Number.isFinite);
  return finite.reduce((a, b) => a + b, 0) / finite.length;
}
