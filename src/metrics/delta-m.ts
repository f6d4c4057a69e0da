/** Whether a larger or a smaller value of a metric is better. */
export type Better = 'higher' | 'lower';

/** Per task the value of its metric, or of each of its metrics. */
export type TaskScores = Readonly<Record<string, number | readonly number[]>>;

/** Per task the direction of its metric, or of each of its metrics. */
export type TaskBetter = Readonly<Record<string, Better | readonly Better[]>>;

/** The multi-task gain over single-task learning, as fractions: 0.05 is 5 %. */
export interface DeltaM {
  /** Plain mean of the terms; NaN when a term is. */
  readonly total: number;
  /** Per task its relative gain, the mean over its metrics; positive is better. NaN when a metric is missing or its base is 0. */
  readonly terms: Readonly<Record<string, number>>;
}

const list = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? (value as readonly T[]) : [value as T]);

/**
 * Delta-m (Maninis 2019, 1904.08918): the mean over tasks of the relative gain over single-task learning. A task with several metrics
 * counts once, with their mean gain. Deviations: fractions instead of percent, and the gain is relative to the base's absolute value,
 * so that a negative base (an R2 below 0) does not turn the sign. One metric with a small base can rule the total: look at the terms.
 * @param base per task what single-task learning scored
 * @param scores per task what the method scored
 * @param better per task whether its metric is better higher or lower
 * @throws TypeError when a task of `base` is absent from `scores` or `better`, or their numbers of metrics differ
 * @throws RangeError for a direction that is neither
 * @example
 * deltaM({ A: [96, 98], B: 0.2 }, { A: [93, 99], B: 0.5 }, { A: ['higher', 'lower'], B: 'higher' }).total // 0.739636...
 */
export function deltaM(base: TaskScores, scores: TaskScores, better: TaskBetter): DeltaM {
  const names = Object.keys(base);
  for (const name of Object.keys(scores)) {
    if (!Object.hasOwn(base, name))
      throw new TypeError(`deltaM: task "${name}" has scores but no base; give the base the same tasks: ${names.join(', ')}.`);
  }
  const terms = new Map<string, number>();
  for (const name of names) {
    const from = list(base[name]!);
    const to = Object.hasOwn(scores, name) ? scores[name] : undefined;
    const direction = Object.hasOwn(better, name) ? better[name] : undefined;
    if (to === undefined || direction === undefined)
      throw new TypeError(`deltaM: task "${name}" is in the base but not in ${to === undefined ? 'scores' : 'better'}.`);
    const values = list(to);
    const directions = list(direction);
    if (values.length !== from.length || directions.length !== from.length)
      throw new TypeError(
        `deltaM: task "${name}" has ${from.length} base metrics, ${values.length} scores and ${directions.length} directions; these must agree.`,
      );
    const wrong = directions.findIndex((one) => one !== 'higher' && one !== 'lower');
    if (wrong >= 0)
      throw new RangeError(`deltaM: better of task "${name}" must be "higher" or "lower", got ${JSON.stringify(directions[wrong])}.`);
    const gains = from.map((value, i) => {
      if (value === 0) return Number.NaN;
      const gain = (values[i]! - value) / Math.abs(value);
      return directions[i] === 'lower' ? -gain : gain;
    });
    terms.set(name, gains.reduce((a, b) => a + b, 0) / gains.length);
  }
  const all = [...terms.values()];
  return { total: all.reduce((a, b) => a + b, 0) / all.length, terms: Object.fromEntries(terms) };
}
