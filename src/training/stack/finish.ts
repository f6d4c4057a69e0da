import { totalOutputs } from '../../models/network/network';
import { notFinite } from '../divergence';
import type { Evaluation } from './evaluate';
import type { MemberProgress } from './members';
import { sideBySide } from './parts';
import type { Stack } from './stack';
import type { StackSetup } from './stack-setup';

/** What models are finished with. */
interface Parts {
  readonly setup: StackSetup;
  readonly stack: Stack;
  readonly evaluation: Evaluation;
  readonly progress: readonly MemberProgress[];
}

/** Takes models' parameters and outputs out of the executor, which cannot go on after that. */
export function finish(parts: Parts, done: readonly number[]): void {
  const { setup, stack, evaluation, progress } = parts;
  const which = setup.validates ? 'best' : 'current';
  const parametersAt = stack.parameters(which);
  const outputs = evaluation.outputs(which);
  for (const s of done) {
    const place = stack.alive.indexOf(s);
    progress[s]!.parameters = parametersAt(place);
    progress[s]!.outputs = outputs[place]!;
  }
  checkFinished(parts, done);
  outputsOfCheckpoints(parts, done, parametersAt);
}

/** Looks for a divergence that no loss told of, because there was no step after it. */
function checkFinished({ setup, stack, evaluation, progress }: Parts, done: readonly number[]): void {
  // With validation rows the parameters that are kept had finite losses.
  const sums = setup.validates ? undefined : evaluation.trainingSums('current');
  for (const s of done) {
    const own = progress[s]!;
    if (own.failure !== undefined) continue;
    const epoch = Math.max(0, own.trainLosses.length - 1);
    const losses = sums?.[stack.alive.indexOf(s)] ?? [];
    const what = notFinite(setup.network.parameters, own.parameters, own.outputs);
    if (!losses.every(Number.isFinite)) own.divergedAt(epoch, losses, 'loss after the last step');
    else if (what !== undefined) own.diverged(epoch, what);
  }
}

/**
 * Replaces the outputs of each task by those at its own best epoch: every model's first checkpoint, then every model's second, ...
 * @param parametersAt parameters by place, for models that have no further checkpoint
 */
function outputsOfCheckpoints(
  { setup, stack, evaluation, progress }: Parts,
  done: readonly number[],
  parametersAt: (place: number) => readonly Float32Array[],
): void {
  const { tasks } = setup;
  const { alive, executor } = stack;
  const width = totalOutputs(tasks);
  const offsets = tasks.map((_, t) => totalOutputs(tasks.slice(0, t)));
  const checkpoints = new Map(done.map((s) => [s, progress[s]!.checkpoints() ?? []] as const));
  const most = Math.max(0, ...[...checkpoints.values()].map(({ length }) => length));
  for (let round = 0; round < most; round++) {
    const values = alive.map((s, place) => checkpoints.get(s)?.[round]?.parameters ?? parametersAt(place));
    executor.start(setup.network.parameters.map((_, i) => sideBySide(values.map((own) => own[i]!))));
    const outputs = evaluation.outputs('current');
    for (const [s, list] of checkpoints) {
      const from = outputs[alive.indexOf(s)]!;
      for (const t of list[round]?.tasks ?? []) {
        const end = offsets[t]! + tasks[t]!.outputs;
        for (let row = 0; row < from.length; row += width) {
          progress[s]!.outputs.set(from.subarray(row + offsets[t]!, row + end), row + offsets[t]!);
        }
      }
    }
  }
}
