import type { ComparisonData } from './comparison-data';
import {
  type Decision,
  type DeltaMInterval,
  decide,
  deltaMInterval,
  pairedComparison,
  pairedDifferences,
  signFlipTest,
  type Verdict as VerdictWord,
  wilcoxonSignedRank,
} from './statistics';
import { runOf, valuesOf } from './values';

/** What a comparison says of one method on one task. */
export interface Verdict {
  readonly task: string;
  readonly method: string;
  readonly metric: string;
  /** Mean gain over the baseline, turned so that positive is better, in units of the metric. */
  readonly effect: number;
  /** 95 % interval of the gain (1 - alpha), corrected for training sets that overlap. */
  readonly ci: readonly [number, number];
  /** p value of no difference, Holm-corrected over all methods and tasks. */
  readonly p: number;
  readonly verdict: VerdictWord;
  /** Two-sided Wilcoxon signed-rank and sign-flip p values of the same differences, uncorrected: they share no assumption of normality. */
  readonly wilcoxonP: number;
  readonly signFlipP: number;
  /** Seeds that count, and seeds left out because a run failed or a metric was undefined. */
  readonly seeds: number;
  readonly dropped: number;
  /** Seeds that would probably decide it; only for "not enough evidence". */
  readonly seedsNeeded?: number;
  readonly sentence: string;
}

function decisions(data: ComparisonData): { readonly decisions: Decision[]; readonly differences: Float64Array[] } {
  const differences: Float64Array[] = [];
  const family = data.methods
    .filter(({ name }) => name !== data.baseline)
    .flatMap(({ name: method }) =>
      data.tasks.map(({ name: task, metric, better }) => {
        const gain = pairedDifferences(valuesOf(data, method, task, metric), valuesOf(data, data.baseline, task, metric), better);
        differences.push(gain);
        const comparison = pairedComparison(gain, { rho: data.rho, smallestEffect: data.smallestEffect[task]!, level: 1 - data.alpha });
        return { method, task, metric, comparison };
      }),
    );
  return { decisions: decide(family, { alpha: data.alpha, baseline: data.baseline }), differences };
}

/** The verdict on every method but the baseline and every task. */
export function verdictsOf(data: ComparisonData): Verdict[] {
  const metricOf = new Map(data.tasks.map(({ name, metric }) => [name, metric]));
  const { decisions: list, differences } = decisions(data);
  return list.map((decision, i) => ({
    task: decision.task,
    method: decision.method,
    metric: metricOf.get(decision.task)!,
    effect: decision.effect,
    ci: [decision.low, decision.high],
    p: decision.p,
    verdict: decision.verdict,
    wilcoxonP: wilcoxonSignedRank(differences[i]!).p,
    signFlipP: signFlipTest(differences[i]!).p,
    seeds: decision.n,
    dropped: decision.dropped,
    ...(decision.seedsNeeded === undefined ? {} : { seedsNeeded: decision.seedsNeeded }),
    sentence: decision.sentence,
  }));
}

/** Delta-m over the baseline of every other method. */
export function deltaMOf(data: ComparisonData, level: number = 1 - data.alpha): Record<string, DeltaMInterval> {
  const better = Object.fromEntries(data.tasks.map((task) => [task.name, task.better]));
  const scoresOf = (method: string): Record<string, number>[] =>
    data.seeds.map((seed) =>
      Object.fromEntries(data.tasks.map(({ name, metric }) => [name, runOf(data, method, seed)?.metrics[name]?.[metric] ?? Number.NaN])),
    );
  const base = scoresOf(data.baseline);
  return Object.fromEntries(
    data.methods
      .filter(({ name }) => name !== data.baseline)
      .map(({ name }) => [name, deltaMInterval(base, scoresOf(name), better, { rho: data.rho, level })]),
  );
}
