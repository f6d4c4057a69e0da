import { checkInteger } from '../options/check';
import { random } from '../random/random';
import type { Steps } from '../steps';
import type { LinearTask } from './linear-task';
import type { LinearLoss, TaskWeighting } from './loss';

/** A fitted model at one lambda. */
export interface LinearModel {
  /** `[tasks, features]` */
  readonly weights: readonly (readonly number[])[];
  /** `[tasks]` */
  readonly intercepts: readonly number[];
}

/** Held-out error by lambda. */
export interface CrossValidation {
  /** 1 where validation rows were given. */
  readonly folds: number;
  readonly lambdas: readonly number[];
  /** Mean held-out error: squared error, or log loss. */
  readonly mean: readonly number[];
  /** Standard error of the mean over folds; NaN with one. */
  readonly standardError: readonly number[];
  /** Index of the lambda with the least mean error. */
  readonly best: number;
}

/** What cross-validation needs to know beside data and solver. */
export interface CrossValidationOptions {
  readonly loss: LinearLoss;
  readonly weighting: TaskWeighting;
  readonly folds: number;
  readonly seed: number;
  /** Held-out rows of the same tasks in the place of folds. */
  readonly validation?: readonly LinearTask[] | undefined;
  /** Lambdas in a row that are worse than the best, after which no further ones are tried. @default all are tried */
  readonly patience?: number | undefined;
}

/** Gives the model of each lambda when it is asked for the next. */
export type ModelPath = () => Steps<LinearModel>;

function error(y: number, z: number, loss: LinearLoss): number {
  return loss === 'squared' ? (y - z) ** 2 : Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y * z;
}

/** Fold of each row of each task. Rows with a number are dealt by number, the same in all tasks; others within their task. */
function dealFolds(tasks: readonly LinearTask[], folds: number, seed: number): Int32Array[] {
  const numbers = [...new Set(tasks.flatMap((t) => (t.rows === undefined ? [] : Array.from(t.rows))))].sort((a, b) => a - b);
  const order = random(seed, 'cross-validation rows').permutation(numbers.length);
  const foldOf = new Map(numbers.map((number, at) => [number, order[at]! % folds]));
  return tasks.map(({ name, rows, inputs }) => {
    if (rows !== undefined) return Int32Array.from(rows, (number) => foldOf.get(number)!);
    return random(seed, `cross-validation ${name}`)
      .permutation(inputs.length)
      .map((place) => place % folds);
  });
}

const pick = <T>(list: ArrayLike<T>, at: readonly number[]): T[] => at.map((i) => list[i]!);

function part(task: LinearTask, at: readonly number[]): LinearTask {
  return {
    name: task.name,
    inputs: pick(task.inputs, at),
    labels: pick(task.labels, at),
    ...(task.rows === undefined ? {} : { rows: pick(task.rows, at) }),
  };
}

/** Rows to fit on and rows to judge by, per task; a task without rows to judge by is not judged. */
interface Holdout {
  readonly train: readonly LinearTask[];
  readonly test: readonly LinearTask[];
}

function foldsOf(tasks: readonly LinearTask[], folds: number, seed: number): Holdout[] {
  checkInteger('crossValidate', 'folds', folds, 2);
  const dealt = dealFolds(tasks, folds, seed);
  return Array.from({ length: folds }, (_, fold) => {
    const at = tasks.map((task, t) => {
      const all = [...task.inputs.keys()];
      const train = all.filter((r) => dealt[t]![r] !== fold);
      return train.length === 0 ? { train: all, test: [] } : { train, test: all.filter((r) => dealt[t]![r] === fold) };
    });
    return { train: tasks.map((task, t) => part(task, at[t]!.train)), test: tasks.map((task, t) => part(task, at[t]!.test)) };
  });
}

function heldOut(tasks: readonly LinearTask[], validation: readonly LinearTask[]): Holdout {
  const names = (list: readonly LinearTask[]): string => list.map(({ name }) => name).join(', ');
  if (names(validation) !== names(tasks))
    throw new TypeError(`crossValidate: the validation rows must be of the tasks ${names(tasks)} in this order, got ${names(validation)}.`);
  const test = validation.map((task) =>
    part(
      task,
      [...task.inputs.keys()].filter((r) => !Number.isNaN(task.labels[r]!)),
    ),
  );
  if (test.every(({ inputs }) => inputs.length === 0)) throw new RangeError('crossValidate: no validation row has a label.');
  return { train: tasks, test };
}

/** Mean held-out error of a model. */
function heldOutError(
  { weights, intercepts }: LinearModel,
  test: readonly LinearTask[],
  loss: LinearLoss,
  weighting: TaskWeighting,
): number {
  let [sum, count] = [0, 0];
  test.forEach(({ inputs, labels }, t) => {
    if (inputs.length === 0) return;
    let own = 0;
    for (const [r, row] of inputs.entries()) {
      let z = intercepts[t]!;
      for (let f = 0; f < weights[t]!.length; f++) z += weights[t]![f]! * row[f]!;
      own += error(labels[r]!, z, loss);
    }
    sum += weighting === 'rows' ? own : own / inputs.length;
    count += weighting === 'rows' ? inputs.length : 1;
  });
  return sum / count;
}

/**
 * Held-out error of a path of models, lambda by lambda through all folds: by K-fold cross-validation, or on the validation rows where they are
 * given. Each task's rows are dealt to the folds, rows shared by tasks to one fold in all of them. A task with too few rows keeps them all for
 * training in a fold that would leave it none, and is not judged there. With patience, `lambdas` of the result are those that were tried.
 * @param pathOf from the rows to train on to their models
 * @throws RangeError when folds is below 2 or no validation row has a label, TypeError when the validation rows are of other tasks
 */
export function* crossValidating(
  tasks: readonly LinearTask[],
  lambdas: readonly number[],
  pathOf: (tasks: readonly LinearTask[]) => ModelPath,
  { loss, weighting, folds, seed, validation, patience }: CrossValidationOptions,
): Steps<CrossValidation> {
  const holdouts = (validation === undefined ? foldsOf(tasks, folds, seed) : [heldOut(tasks, validation)]).filter(({ test }) =>
    test.some(({ inputs }) => inputs.length > 0),
  );
  const k = holdouts.length;
  const parts: { readonly test: readonly LinearTask[]; readonly next: ModelPath }[] = [];
  for (const { train, test } of holdouts) {
    parts.push({ test, next: pathOf(train) });
    yield;
  }
  const mean: number[] = [];
  const standardError: number[] = [];
  let best = 0;
  for (let l = 0; l < lambdas.length && l - best <= (patience ?? lambdas.length); l++) {
    const errors: number[] = [];
    for (const { test, next } of parts) errors.push(heldOutError(yield* next(), test, loss, weighting));
    mean.push(errors.reduce((sum, v) => sum + v, 0) / k);
    standardError.push(Math.sqrt(errors.reduce((sum, v) => sum + (v - mean[l]!) ** 2, 0) / (k - 1) / k));
    if (mean[l]! < mean[best]!) best = l;
  }
  return { folds: k, lambdas: lambdas.slice(0, mean.length), mean, standardError, best };
}
