import { answersOf, type Verdict } from './answers';
import type { ComparisonData } from './comparison-data';
import { type DeltaMInterval, deltaMInterval, type Interval } from './statistics';
import { runOf } from './values';

export type { Verdict } from './answers';

/** The verdict on every method but the baseline and every task. */
export function verdictsOf(data: ComparisonData): Verdict[] {
  return [...answersOf(data).verdicts];
}

/** Delta-m over the baseline of every other method, with the correlation of seeds that their gains have. */
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
      .map(({ name }) => {
        const correlation = answersOf(data).averages.find(({ method }) => method === name)!.correlation;
        // On one test set whose rows are not kept nothing is known of others.
        if (!Number.isNaN(correlation)) return [name, deltaMInterval(base, scoresOf(name), better, { rho: correlation, level })];
        const found = deltaMInterval(base, scoresOf(name), better, { level });
        const open = ({ value }: Interval): Interval => ({ value, low: Number.NaN, high: Number.NaN });
        const terms = Object.fromEntries(Object.entries(found.terms).map(([task, term]) => [task, open(term)]));
        return [name, { ...found, total: open(found.total), terms }];
      }),
  );
}
