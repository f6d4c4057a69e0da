import { checkInteger } from '../options';
import { random } from '../random/random';
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
  readonly folds: number;
  readonly lambdas: readonly number[];
  /** Mean held-out error: squared error, or log loss. */
  readonly mean: readonly number[];
  /** Standard error of the mean over folds. */
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
}

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

/**
 * K-fold cross-validation of a path of models. Each task's rows are dealt to the folds, rows shared by tasks to one fold in all of them.
 * A task with too few rows keeps them all for training in a fold that would leave it none, and is not judged there.
 * @param solve from tasks to one model per lambda, in their order
 * @throws RangeError when folds is below 2
 */
export function crossValidate(
  tasks: readonly LinearTask[],
  lambdas: readonly number[],
  solve: (tasks: readonly LinearTask[]) => readonly LinearModel[],
  { loss, weighting, folds, seed }: CrossValidationOptions,
): CrossValidation {
  checkInteger('crossValidate', 'folds', folds, 2);
  const dealt = dealFolds(tasks, folds, seed);
  const perFold: number[][] = [];
  for (let fold = 0; fold < folds; fold++) {
    const split = tasks.map((task, t) => {
      const at = [...task.inputs.keys()];
      const train = at.filter((r) => dealt[t]![r] !== fold);
      return train.length === 0 ? { train: at, test: [] } : { train, test: at.filter((r) => dealt[t]![r] === fold) };
    });
    if (split.every(({ test }) => test.length === 0)) continue;
    const models = solve(tasks.map((task, t) => part(task, split[t]!.train)));
    perFold.push(
      models.map(({ weights, intercepts }) => {
        let [sum, count] = [0, 0];
        tasks.forEach((task, t) => {
          const { test } = split[t]!;
          if (test.length === 0) return;
          let own = 0;
          for (const r of test) {
            let z = intercepts[t]!;
            for (let f = 0; f < weights[t]!.length; f++) z += weights[t]![f]! * task.inputs[r]![f]!;
            own += error(task.labels[r]!, z, loss);
          }
          sum += weighting === 'rows' ? own : own / test.length;
          count += weighting === 'rows' ? test.length : 1;
        });
        return sum / count;
      }),
    );
  }
  const k = perFold.length;
  const mean = lambdas.map((_, l) => perFold.reduce((sum, row) => sum + row[l]!, 0) / k);
  const standardError = lambdas.map((_, l) => Math.sqrt(perFold.reduce((sum, row) => sum + (row[l]! - mean[l]!) ** 2, 0) / (k - 1) / k));
  let best = 0;
  mean.forEach((v, l) => {
    if (v < mean[best]!) best = l;
  });
  return { folds: k, lambdas, mean, standardError, best };
}
