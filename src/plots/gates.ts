import type { Figure } from './figure';
import { matrix } from './matrix';
import { clip, formatNumber } from './text';

/** How much each task uses each expert. */
export interface GatesInput {
  readonly tasks: readonly string[];
  readonly experts: readonly string[];
  /** `[tasks, experts]`: mean gate values; each row sums to 1. */
  readonly use: readonly (readonly number[])[];
}

/** Entropy of a gate over the entropy of an even one: 1 when all experts are used alike, 0 when one is used alone. */
function evenness(use: readonly number[]): number {
  const entropy = use.reduce((sum, share) => (share > 0 ? sum - share * Math.log(share) : sum), 0);
  return use.length > 1 ? entropy / Math.log(use.length) : 1;
}

/**
 * Which expert serves which task: the mean gate values of a mixture of experts, with each gate's evenness beside the task's name.
 *
 * @throws RangeError when it is empty; TypeError when the shape is not `[tasks, experts]`.
 */
export function gates(input: GatesInput, title = 'Use of experts by task'): Figure {
  return matrix(
    {
      rows: input.tasks.map((task, index) => `${clip(task, 19)} (${formatNumber(Number(evenness(input.use[index] ?? []).toFixed(2)))})`),
      columns: input.experts,
      values: input.use,
    },
    {
      title,
      subtitle: 'Mean gate value over rows; in brackets the gate’s entropy, 1: all experts alike, 0: one alone.',
      middle: null,
      range: [0, 1],
      unit: 'gate',
    },
  );
}
