import { didYouMean } from '../../options/check';
import { type CallSpecs, COUNT, checkOption, choiceOption, numberOption, optionalOption, readCall } from '../../options/spec';
import { random } from '../../random/random';
import type { Simulation } from './simulation';
import { seedOption } from './simulation-options';

/** Why labels are missing: completely at random, or (not at random) the more likely the larger the label. */
export type MissingMechanism = 'mcar' | 'mnar';

/** Options of `removeLabels`. */
export interface RemoveLabelsOptions {
  /** Expected share of labels removed, in [0, 1). @default 0.3 */
  readonly rate?: number;
  /** @default 'mcar' */
  readonly mechanism?: MissingMechanism;
  /** Tasks to remove labels from. @default all */
  readonly tasks?: readonly string[];
  /** @default 0 */
  readonly seed?: number;
}

const specs: CallSpecs<RemoveLabelsOptions, 'tasks'> = {
  rate: numberOption(0.3, 'share of the labels', { min: 0, below: 1 }),
  mechanism: choiceOption('mcar', ['mcar', 'mnar'], 'whether it depends on the label'),
  tasks: optionalOption('array of names of tasks', 'whose labels', (value) => (Array.isArray(value) ? undefined : 'type')),
  seed: seedOption,
};

/** What was removed. */
export interface RemovedTruth {
  /** The labels before, per task. */
  readonly complete: Readonly<Record<string, readonly number[]>>;
}

function checkTasks(who: string, chosen: readonly string[], known: readonly string[]): void {
  for (const task of chosen) {
    if (!known.includes(task))
      throw new RangeError(`${who}: unknown task '${task}'${didYouMean(task, known)}; tasks: ${known.join(', ')}.`);
  }
}

function without<Truth extends object>(
  simulation: Simulation<Truth>,
  removed: Readonly<Record<string, readonly number[]>>,
  answer: string,
): Simulation<Truth & RemovedTruth> {
  const before = 'complete' in simulation.truth ? (simulation.truth.complete as Record<string, readonly number[]>) : {};
  const complete = Object.fromEntries(Object.keys(simulation.tasks).map((task) => [task, before[task] ?? simulation.table[task]!]));
  return {
    ...simulation,
    table: { ...simulation.table, ...removed },
    truth: { ...simulation.truth, complete },
    answer: `${simulation.answer} ${answer}`,
  };
}

/** The shift at which the mean of logistic(2 z + shift) over the labels' z-scores is the rate. */
function calibrate(z: readonly number[], rate: number): number {
  let [low, high] = [-50, 50];
  for (let i = 0; i < 60; i++) {
    const shift = (low + high) / 2;
    const mean = z.reduce((sum, v) => sum + 1 / (1 + Math.exp(-2 * v - shift)), 0) / z.length;
    if (mean < rate) low = shift;
    else high = shift;
  }
  return (low + high) / 2;
}

/**
 * Removes labels at a rate. 'mcar': each with the same probability, so that complete rows stay representative. 'mnar': with probability
 * logistic(2 z + shift), z being the label's z-score and the shift set to meet the rate, so that large labels (the positive class) are
 * scarce among those left and the mean of a task is underestimated.
 * @throws RangeError on options out of range or an unknown task
 */
export function removeLabels<Truth extends object>(
  simulation: Simulation<Truth>,
  options?: RemoveLabelsOptions,
): Simulation<Truth & RemovedTruth> {
  const who = 'removeLabels';
  const known = Object.keys(simulation.tasks);
  const { rate, mechanism, tasks = known, seed } = readCall<RemoveLabelsOptions, 'tasks'>(who, specs, options);
  checkTasks(who, tasks, known);
  const removed = Object.fromEntries(
    tasks.map((task) => {
      const draw = random(seed, `${who} ${task}`);
      const values = simulation.table[task]!;
      if (rate === 0) return [task, values];
      const present = values.filter((v) => !Number.isNaN(v));
      const mean = present.reduce((a, b) => a + b, 0) / present.length;
      const sd = Math.sqrt(present.reduce((a, b) => a + (b - mean) ** 2, 0) / present.length) || 1;
      const shift =
        mechanism === 'mnar'
          ? calibrate(
              present.map((v) => (v - mean) / sd),
              rate,
            )
          : 0;
      const chance = (v: number): number => (mechanism === 'mcar' ? rate : 1 / (1 + Math.exp((-2 * (v - mean)) / sd - shift)));
      return [task, values.map((v) => (draw.uniform() < chance(v) ? Number.NaN : v))];
    }),
  );
  const how = mechanism === 'mcar' ? 'completely at random' : 'the more likely the larger they are, so naive means are too low';
  return without(simulation, removed, `${Math.round(100 * rate)} % of the labels of ${tasks.join(', ')} are missing, ${how}.`);
}

/**
 * Leaves one task with few labels, chosen at random: the task that has most to gain from related ones.
 * @param count labels left
 * @throws RangeError when the task is unknown or has fewer labels
 */
export function fewLabels<Truth extends object>(
  simulation: Simulation<Truth>,
  task: string,
  count: number,
  seed = 0,
): Simulation<Truth & RemovedTruth> {
  const who = 'fewLabels';
  checkTasks(who, [task], Object.keys(simulation.tasks));
  checkOption(who, 'count', numberOption(1, '', COUNT), count);
  const values = simulation.table[task]!;
  const present = [...values.keys()].filter((i) => !Number.isNaN(values[i]!));
  if (present.length < count) throw new RangeError(`${who}: '${task}' has ${present.length} labels, fewer than ${count}.`);
  const order = random(seed, `${who} ${task}`).permutation(present.length);
  const kept = new Set(Array.from(order.slice(0, count), (at) => present[at]!));
  return without(simulation, { [task]: values.map((v, i) => (kept.has(i) ? v : Number.NaN)) }, `'${task}' has only ${count} labels.`);
}
