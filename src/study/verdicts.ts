import { answersOf, type Verdict } from './answers';
import type { ComparisonData } from './comparison-data';
import { type DeltaMInterval, deltaMInterval } from './statistics';
import { runOf } from './values';

export type { Verdict } from './answers';

/** The verdict on every method but the baseline and every task. */
export function verdictsOf(data: ComparisonData): Verdict[] {
  return [...answersOf(data).verdicts];
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
