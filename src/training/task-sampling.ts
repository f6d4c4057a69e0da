import { didYouMean } from '../options/check';
import { type CallSpecs, checkOption, choiceOption, numberOption, type OptionalSpec, optional, readCall } from '../options/spec';
import type { Random } from '../random/random';

/** What share of the drawn rows each task has, by its number n of labeled training rows. */
export type TaskShares = 'proportional' | 'uniform' | 'annealed';

/** How rows are drawn by task; `shares` or `temperature`, not both. */
export interface TaskSamplingOptions {
  /** `n` ('proportional'), equal ('uniform'), or `n ** a` with a falling from 1 to 0.2 over the epochs ('annealed'). @default 'proportional' */
  readonly shares?: TaskShares;
  /** Shares by `n ** (1 / temperature)`, above 0: 1 is 'proportional', the larger the nearer to 'uniform'. */
  readonly temperature?: number;
  /** Whether the rows of a step are drawn for tasks one by one, or all for one task. @default 'mixed' */
  readonly batches?: 'mixed' | 'task';
}

/**
 * How many rows of each task an epoch draws: the shares by name, or with options.
 *
 * For every place in an epoch a task is drawn, then one of the training rows that have a label for it: no row again before all rows of the
 * task were drawn, as many places per task as its share says to within one. An epoch has as many places as there are training rows. Labels
 * that the row has for other tasks train those too. Where every row has labels for one task only, 'proportional' is plain shuffling: every
 * row once an epoch. Where rows have several, plain shuffling still draws each once, 'proportional' those with more labels more often. In a
 * table without missing labels all shares are equal whatever the temperature.
 *
 * Without it, a batch may have no label of a rare task, which balancing methods then leave out of the step; drawing by task is the other way to
 * train on tables with many gaps.
 *
 * A task's loss in a step is the mean over its rows there. In 'mixed' batches, shares therefore decide from how many rows a task's gradient
 * is estimated, not how much the task weighs (that is what loss weightings do); with 'task' batches, a step is one task's and shares are how
 * often the shared parameters follow it, as in MaChAmp and jiant.
 *
 * Sources: temperature, van der Goot et al. 2021 (MaChAmp, 2005.14672) with exponent 1 / temperature, Raffel et al. 2020 (T5, 1910.10683);
 * annealed, Stickland and Murray 2019 (PALs, 1902.02671): exponent 1 - 0.8 (e - 1) / (E - 1) in epoch e of E, 1 where E is 1. They draw
 * tasks independently and rows with one task a step.
 */
export type TaskSampling = TaskShares | TaskSamplingOptions;

/** A checked setting: `shares` or `temperature` is there. */
export type CheckedTaskSampling = TaskSamplingOptions & Required<Pick<TaskSamplingOptions, 'batches'>>;

const SHARES: readonly TaskShares[] = ['proportional', 'uniform', 'annealed'];

/** The setting, whose parts `checkTaskSampling` checks. */
export const taskSamplingOption: OptionalSpec<TaskSampling> = optional(
  {
    type: `${SHARES.map((name) => `'${name}'`).join(' | ')} | { shares, temperature, batches }`,
    default: undefined,
    doc: 'draw rows by task',
    fault: (value) => {
      if (SHARES.includes(value as TaskShares) || (typeof value === 'object' && value !== null)) return undefined;
      const expected = `${SHARES.map((name) => `'${name}'`).join(', ')} or { shares, temperature, batches }`;
      return { kind: typeof value === 'string' ? 'range' : 'type', expected, hint: didYouMean(String(value), SHARES) };
    },
  },
  'every row once an epoch, in random order',
);

const specs: CallSpecs<TaskSamplingOptions, 'shares' | 'temperature'> = {
  shares: optional(choiceOption('proportional', SHARES, 'shares by name')),
  temperature: optional(numberOption(1, 'shares by n ** (1 / temperature)', { above: 0 })),
  batches: choiceOption('mixed', ['mixed', 'task'], 'whether a step is of all tasks or of one'),
};

/**
 * Checks the setting `taskSampling` and fills in defaults.
 * @throws TypeError for an unknown option or two that exclude each other, RangeError for a value out of range
 */
export function checkTaskSampling(who: string, given: TaskSampling): CheckedTaskSampling {
  checkOption(who, 'taskSampling', taskSamplingOption, given);
  const options = typeof given === 'object' ? given : { shares: given };
  const { shares, temperature, batches } = readCall<TaskSamplingOptions, 'shares' | 'temperature'>(who, specs, options, 'taskSampling');
  if (temperature === undefined) return { shares: shares ?? 'proportional', batches };
  if (shares !== undefined) throw new TypeError(`${who}: taskSampling: give "shares" or "temperature", not both`);
  return { temperature, batches };
}

/**
 * Each task's share of an epoch's places.
 * @param counts labeled training rows per task, at least 1
 * @param epoch from 0
 * @returns `[tasks]`, summing to 1
 */
export function taskShares(
  { shares, temperature }: CheckedTaskSampling,
  counts: readonly number[],
  epoch: number,
  epochs: number,
): number[] {
  const annealed = 1 - (0.8 * epoch) / Math.max(1, epochs - 1);
  const exponent = temperature !== undefined ? 1 / temperature : shares === 'uniform' ? 0 : shares === 'annealed' ? annealed : 1;
  // Relative to the largest, so that no power overflows.
  const most = Math.max(...counts);
  const powers = counts.map((n) => (n / most) ** exponent);
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** Whole numbers that sum to `total`, each within one of `shares * total` and equal to it on average (systematic sampling). */
function deal(shares: readonly number[], total: number, start: number): number[] {
  let [sum, dealt] = [0, 0];
  return shares.map((share, t) => {
    sum += share * total;
    const whole = Math.round(sum);
    // A sum that is whole but for rounding deals its whole number whatever the start.
    const next = t === shares.length - 1 ? total : Math.abs(sum - whole) < 1e-9 * total ? whole : Math.floor(sum + start);
    const own = next - dealt;
    dealt = next;
    return own;
  });
}

/**
 * The rows of an epoch, task by task in random order.
 * @param rows per task, those with a label for it
 * @param places how many rows to draw
 * @param run how many neighboring places are of one task
 */
export function sampleRows(
  rows: readonly Int32Array[],
  shares: readonly number[],
  places: number,
  run: number,
  random: Random,
): Int32Array {
  const runs = Math.ceil(places / run);
  const taskOf = deal(shares, runs, random.uniform()).flatMap((count, t) => new Array<number>(count).fill(t));
  const draws = rows.map((own, t) => inTurn(own, random.split(t)));
  const drawn = new Int32Array(places);
  for (const [r, at] of random.permutation(runs).entries()) {
    const draw = draws[taskOf[at]!]!;
    for (let i = r * run; i < Math.min(places, (r + 1) * run); i++) drawn[i] = draw();
  }
  return drawn;
}

/** Rows in random order, in another one when all were drawn. */
function inTurn(rows: Int32Array, random: Random): () => number {
  let order: Int32Array = new Int32Array(0);
  let next = 0;
  return () => {
    if (next === order.length) [order, next] = [random.permutation(rows.length), 0];
    return rows[order[next++]!]!;
  };
}

/** One row, independent of all others: its task by the shares, then any of the task's rows. */
export function sampleRow(rows: readonly Int32Array[], shares: readonly number[], random: Random): number {
  let left = random.uniform();
  const t = shares.findIndex((share) => {
    left -= share;
    return left < 0;
  });
  const own = rows[t < 0 ? rows.length - 1 : t]!;
  return own[random.below(own.length)]!;
}
