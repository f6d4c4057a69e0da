import tQuantile = require('@stdlib/stats-base-dists-t-quantile');

import { FEWEST_FOR_PROBABILITIES } from '../study/answers';
import { isHarmful } from '../study/harm';
import { hierarchicalGains, type TaskEstimate } from '../study/statistics/hierarchical';
import type { Affinity } from './affinity';

/** The smallest loss that matters, as a share of a task's error: the default margin of relative errors. */
export const HARM_MARGIN = 0.02;

/** The odds that a task's company helps or harms another. */
export interface MateOdds {
  readonly pGain: number;
  readonly pHarm: number;
}

/** Odds by row (who acts) and column (who is acted upon), and whether a task is to be trained without another. */
export interface HarmOdds {
  of(from: number, on: number): MateOdds | undefined;
  harms(from: number, on: number): boolean;
}

/** Whether values are shares of a task's error on test rows, so that a loss of some percent is a loss. */
const measuresError = ({ kind }: Affinity): boolean => kind === 'pairwise' || kind === 'leave-one-out';

/**
 * What to believe of the company of each task, for each other one, by a hierarchical model of all mates of a task (as `leaveOneTaskOut` has it).
 * Undefined where affinity is not about errors, or with fewer than 10 runs, since odds from so few do not come true.
 */
export function harmOdds(affinity: Affinity): HarmOdds | undefined {
  const { tasks, values, low, high, confidence, runs = 0 } = affinity;
  if (!measuresError(affinity) || runs < FEWEST_FOR_PROBABILITIES || !low || !high || confidence === undefined) return undefined;
  const reach = tQuantile(0.5 + confidence / 2, runs - 1);
  const table = tasks.map((_, on) => {
    const mates = tasks.flatMap((__, from): (TaskEstimate & { readonly from: number })[] => {
      const standardError = (high[from]![on]! - low[from]![on]!) / 2 / reach;
      if (from === on || !(standardError > 0)) return [];
      return [{ from, effect: values[from]![on]! - affinity.neutral, standardError, degreesOfFreedom: runs - 1 }];
    });
    const believed = mates.length > 0 ? hierarchicalGains(mates, { scale: HARM_MARGIN }).tasks : [];
    return new Map(mates.map(({ from }, i) => [from, believed[i]!]));
  });
  const of = (from: number, on: number): MateOdds | undefined => table[on]!.get(from);
  return {
    of,
    harms(from, on) {
      const odds = of(from, on);
      return odds !== undefined && isHarmful(odds);
    },
  };
}
