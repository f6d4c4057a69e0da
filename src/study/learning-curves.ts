import type { TaskData } from '../data/task-data';
import { didYouMean } from '../options/check';
import type { CallSpecs, FilledSpec } from '../options/spec';
import type { Figure } from '../plots/figure';
import { learningCurve, type SizeCurve } from '../plots/learning-curve';
import type { MimeBundle } from '../plots/mime';
import type { Cell, Table } from '../plots/table';
import { random } from '../random/random';
import { longWork } from '../training/long-work';
import type { Comparison } from './comparison';
import { displayable } from './displayable';
import { type DesignOptions, type Observation, planObservations } from './observations';
import {
  type AbsentStudyCallOptions,
  checkMethods,
  readStudyCall,
  runStudy,
  type StudyOptions,
  studyCallSpecs,
  studySettings,
} from './run-study';
import { correctedTTest } from './statistics';
import { finite, valuesOf } from './values';

/** Options of `learningCurves`: those of `compare`, and the sizes. */
export interface LearningCurvesOptions extends StudyOptions, DesignOptions {
  /** Training rows: whole numbers above 1, or shares of the training part in (0, 1]. @default [0.1, 0.2, 0.4, 0.7, 1] */
  readonly sizes?: readonly number[];
}

const sizesOption: FilledSpec<readonly number[]> = {
  type: 'array of one or more: whole number of rows, or share > 0 and <= 1',
  default: [0.1, 0.2, 0.4, 0.7, 1],
  doc: 'training rows',
  fault: (value) => {
    if (!Array.isArray(value) || value.length === 0) return { kind: 'type', expected: 'a non-empty array of sizes' };
    const fits = (size: unknown): boolean => typeof size === 'number' && size > 0 && (size <= 1 || Number.isSafeInteger(size));
    const wrong = value.findIndex((size) => !fits(size));
    if (wrong < 0) return undefined;
    return { kind: 'range', expected: 'a whole number of rows or a share above 0 and up to 1', at: `[${wrong}]`, found: value[wrong] };
  },
};

const learningCurvesSpecs: CallSpecs<LearningCurvesOptions, AbsentStudyCallOptions> = { ...studyCallSpecs, sizes: sizesOption };

/** Scores over the size of the training set. */
export interface LearningCurves {
  /** `[sizes]` training rows, ascending. */
  readonly sizes: readonly number[];
  /** `[sizes]`: the comparison at each size, with its verdicts. */
  readonly comparisons: readonly Comparison[];
  /** A row per size, method and task. */
  table(): Table;
  /**
   * Score over training rows per task, with intervals.
   * @param metric the primary metric whose tasks are drawn. Default: that of the first task
   */
  plot(metric?: string): Figure;
  toMime(): readonly MimeBundle[];
  toString(): string;
}

/** Rows of a part at each size, nested: a smaller set is part of a larger one. */
function shrunk(data: TaskData, { trainingSeed, seed }: Observation, part: Int32Array, rows: number): Int32Array {
  const order = random(seed, `learning curve/${trainingSeed}`).permutation(part.length);
  // One labeled row of every task first, so that no size leaves a task without label.
  const first: number[] = [];
  for (const { values, length } of data.labels) {
    const has = (i: number): boolean => {
      const row = part[i]!;
      for (let j = row * length; j < (row + 1) * length; j++) if (!Number.isNaN(values[j])) return true;
      return false;
    };
    const found = first.some(has) ? undefined : order.find(has);
    if (found !== undefined) first.push(found);
  }
  const chosen = [...new Set([...first, ...order])].slice(0, Math.max(first.length, rows));
  return Int32Array.from(chosen, (i) => part[i]!).sort();
}

/**
 * The promise of little data: compares methods over the size of the training set. Test rows stay the same, smaller training sets are part
 * of larger ones, validation rows shrink alike, and every size is trained for as many steps as the full one (so for more epochs); set
 * `patience` where that overfits. Shows its progress.
 * @param data made by `taskData`
 * @throws TypeError for an unknown option, RangeError for a value out of range
 * @example
 * const curves = await learningCurves(data, { methods: { single: singleTask(trunk), hard: hardSharing(trunk) }, seeds: 5, epochs: 60 });
 * show(curves.plot());
 */
export async function learningCurves(data: TaskData, options: LearningCurvesOptions): Promise<LearningCurves> {
  return longWork(options, (own) => runLearningCurves(data, own));
}

async function runLearningCurves(data: TaskData, options: LearningCurvesOptions): Promise<LearningCurves> {
  const who = 'learningCurves';
  const {
    sizes: given,
    epochs,
    batchSize,
    alpha,
  } = readStudyCall<LearningCurvesOptions, AbsentStudyCallOptions>(who, learningCurvesSpecs, options);
  const { sizes: _, epochs: __, batchSize: ___, alpha: ____, onProgress, ...rest } = options;
  const sizes: number[] = [];
  const comparisons: Comparison[] = [];
  const shares = [...given];
  checkMethods(who, rest.methods);
  const planned = planObservations(who, data, rest, studySettings(who, rest).validation);
  const full = Math.max(...planned.list.map(({ split }) => split.train.length));
  const rowsOf = (size: number): number => (size > 1 ? size : Math.max(2, Math.round(size * full)));
  const tooLarge = given.find((size) => rowsOf(size) > full);
  if (tooLarge !== undefined) throw new RangeError(`${who}: sizes must be at most the ${full} training rows, got ${tooLarge}`);
  shares.sort((a, b) => rowsOf(a) - rowsOf(b));
  const stepsOf = (rows: number): number => Math.ceil(rows / Math.min(batchSize, rows));
  for (const [i, size] of shares.entries()) {
    const rows = Math.min(rowsOf(size), ...planned.list.map(({ split }) => split.train.length));
    const list = planned.list.map((one) => {
      const { train, validation } = one.split;
      // Who has few rows has few to stop by, too.
      const checked = Math.max(Math.min(1, validation.length), Math.round((validation.length * rows) / train.length));
      const split = { ...one.split, train: shrunk(data, one, train, rows), validation: shrunk(data, one, validation, checked) };
      return { ...one, split };
    });
    const plan = { ...planned, list, splits: `${planned.splits}; ${rows} training rows each` };
    const comparison = await runStudy(
      who,
      data,
      {
        ...rest,
        // One family over all sizes, by Bonferroni.
        alpha: alpha / shares.length,
        batchSize: Math.min(batchSize, rows),
        epochs: Math.max(1, Math.round((epochs * stepsOf(full)) / stepsOf(rows))),
        ...(onProgress
          ? {
              onProgress: (event: Parameters<typeof onProgress>[0]): void =>
                onProgress({
                  ...event,
                  phase: `${rows} rows: ${event.phase}`,
                  done: i * event.total + event.done,
                  total: shares.length * event.total,
                }),
            }
          : {}),
      },
      () => plan,
    );
    sizes.push(rows);
    comparisons.push(comparison);
    if (comparison.data.runs.length < comparison.data.seeds.length * comparison.data.methods.length) break;
  }
  return makeLearningCurves(sizes, comparisons);
}

/** Puts comparisons at several sizes together. */
export function makeLearningCurves(sizes: readonly number[], comparisons: readonly Comparison[]): LearningCurves {
  const { tasks, methods, alpha } = comparisons[0]!.data;
  const at = (s: number, method: string, task: string, metric: string): { effect: number; low: number; high: number } => {
    const { data } = comparisons[s]!;
    const values = valuesOf(data, method, task, metric);
    const { effect, low, high } = correctedTTest(values, { rho: data.rho, level: 1 - alpha });
    return { effect, low, high };
  };
  const table = (): Table => ({
    title: `Scores over training rows, ${comparisons[0]!.data.seeds.length} seeds`,
    columns: ['rows', 'method', 'task', 'metric', 'score', 'low', 'high', 'seeds', `against ${comparisons[0]!.data.baseline}`],
    rows: comparisons.flatMap(({ data, verdicts }, s) => {
      const all = verdicts();
      return methods.flatMap(({ name: method }) =>
        tasks.map(({ name: task, metric }): Cell[] => {
          const { effect, low, high } = at(s, method, task, metric);
          const verdict = all.find((one) => one.method === method && one.task === task)?.verdict ?? 'baseline';
          return [sizes[s]!, method, task, metric, effect, low, high, finite(valuesOf(data, method, task, metric)).length, verdict];
        }),
      );
    }),
    notes: ['verdicts and intervals are corrected for all sizes together (Bonferroni)'],
  });
  const plot = (metric = tasks[0]!.metric): Figure => {
    const shown = tasks.filter((task) => task.metric === metric);
    const known = [...new Set(tasks.map((task) => task.metric))];
    if (shown.length === 0)
      throw new RangeError(`learningCurves: no task goes by "${metric}"${didYouMean(metric, known)}; primary metrics: ${known.join(', ')}`);
    const curves = shown.flatMap(({ name: task }) =>
      methods.map(({ name: method }): SizeCurve => {
        const points = sizes.map((_, s) => at(s, method, task, metric));
        return {
          method,
          task,
          sizes,
          scores: points.map(({ effect }) => effect),
          low: points.map(({ low, effect }) => (Number.isNaN(low) ? effect : low)),
          high: points.map(({ high, effect }) => (Number.isNaN(high) ? effect : high)),
        };
      }),
    );
    return learningCurve(curves, {
      metric,
      better: shown[0]!.better,
      interval: `${Number((100 * (1 - alpha)).toPrecision(4))} % interval`,
    });
  };
  return displayable({ sizes, comparisons, table, plot }, () => []);
}
