import type { Paper } from '../../balancing/balancing';
import { fitLinear, type LinearLoss, type LinearTask, ridge } from '../../linear';
import { nullableNumberOption, type OptionSpec } from '../../options/spec';
import { random } from '../../random/random';
import { drained, type Steps } from '../../steps';
import type { SolvableProblem } from '../network/network';
import { lossOf, ROUGH } from './linear-tasks';
import { metaValue } from './meta-inputs';

/** A linear model of one task. */
export interface LinearPart {
  /** `[features]` */
  readonly weights: readonly number[];
  readonly intercept: number;
}

/** A model of one task with its predictions of rows that it did not learn from. */
export interface CrossFit {
  /** Learned from all rows. */
  readonly model: LinearPart;
  /** `[rows]`: of each row by a model of the rows in other folds; values, or probabilities of class 1. */
  readonly outOfFold: Float64Array;
  /** The same of the validation rows, by the model of all training rows. */
  readonly validation: Float64Array;
}

/** Features of the rows that models learn from. */
export interface LearnerInputs {
  /** `[training rows][features]` */
  readonly train: readonly ArrayLike<number>[];
  /** `[validation rows][features]`; may have no rows. */
  readonly validation: readonly ArrayLike<number>[];
}

/** How linear models of targets are learned from rows, the same in every stage. */
export interface TargetLearner {
  /** The problem's own features. */
  readonly inputs: LearnerInputs;
  /** Learns a task from all rows, with a strength of its ridge that suits these features. */
  model(task: number, inputs: LearnerInputs): LinearPart;
  /** The same, and without the rows of every fold, where the strength is one that suits the plain inputs. */
  crossFit(task: number, inputs: LearnerInputs): CrossFit;
  /** `crossFit` in steps, a fold each. */
  crossFitting(task: number, inputs: LearnerInputs): Steps<CrossFit>;
}

/** Strengths that are tried, for features of unit variance. */
const LAMBDAS = [10, 1, 0.1, 1e-2, 1e-3];
const INNER_FOLDS = 3;

/** Fold of each row, at random and of nearly equal sizes; labels are not looked at, since a fold must not depend on its own. */
function dealFolds(rows: number, folds: number, seed: number): Int32Array {
  return random(seed, 'out of fold')
    .permutation(rows)
    .map((place) => place % folds);
}

const labeledRows = (rows: readonly number[], labels: Float64Array): number[] => rows.filter((row) => !Number.isNaN(labels[row]!));

function taskOf(inputs: readonly ArrayLike<number>[], labels: Float64Array, rows: readonly number[]): LinearTask {
  return { name: 'target', inputs: rows.map((row) => inputs[row]!), labels: rows.map((row) => labels[row]!) };
}

/** Ridge regression, or logistic regression with a ridge, of one task. */
function fitTarget(loss: LinearLoss, rows: LinearTask, features: number, lambda: number, rough: boolean): LinearPart {
  const labels = Array.from(rows.labels);
  // One class has no logistic fit, and no row none at all: the rate of the class, away from 0 and 1, whatever the inputs.
  if (labels.length === 0 || (loss === 'logistic' && labels.every((y) => y === labels[0]))) {
    const rate = labels.reduce((a, b) => a + b, 0.5) / (labels.length + 1);
    return { weights: new Array<number>(features).fill(0), intercept: loss === 'squared' ? 0 : Math.log(rate / (1 - rate)) };
  }
  const { weights, intercepts } = fitLinear([rows], ridge(), { loss, lambda, ...(rough && loss === 'logistic' ? ROUGH : {}) });
  return { weights: weights[0]!, intercept: intercepts[0]! };
}

/** What a model says of a row: a value, or the probability of class 1. */
function predictionOf(loss: LinearLoss, { weights, intercept }: LinearPart, row: ArrayLike<number>): number {
  let z = intercept;
  for (let f = 0; f < weights.length; f++) z += weights[f]! * row[f]!;
  return metaValue(loss, z);
}

/** Options of methods that learn from predictions out of fold. */
export interface OutOfFoldOptions {
  /** Folds by which the predictions are made that later models learn from; at most the training rows. @default 10 */
  readonly folds?: number;
  /**
   * Strength of the ridge in all models, for features of unit variance; null: for each model the best of 10, 1, ..., 1e-3, on the validation
   * rows or by cross-validation over its own training rows (the models of folds: for the plain inputs). @default null
   */
  readonly lambda?: number | null;
}

/** The paper of `stackedTargets` and `chainedTargets`. */
export const TARGETS_AS_INPUTS: Paper = {
  authors: 'Spyromitros-Xioufis, Tsoumakas, Groves, Vlahavas',
  year: 2016,
  title: 'Multi-Target Regression via Input Space Expansion: Treating Targets as Inputs',
  arxiv: '1211.6581',
};
/** Their option `lambda`. */
export const ridgeStrength = (): OptionSpec<number | null> =>
  nullableNumberOption(null, 'strength of the ridge; null: chosen on validation rows or by cross-validation', { min: 0 });

/**
 * Learns targets with ridge (logistic for binary tasks) models. No prediction out of fold depends on the labels that its own fold has for that
 * task: neither through the model, nor through the strength of its ridge, nor through who is in the fold.
 * @throws RangeError when there are more folds than rows
 */
export function targetLearner(who: string, problem: SolvableProblem, { folds, lambda }: Required<OutOfFoldOptions>): TargetLearner {
  const { tasks, train, validation, seed } = problem;
  const count = train.inputs.length;
  if (folds > count) throw new RangeError(`${who}: folds must be at most the ${count} training rows, got ${folds}`);
  const foldOf = dealFolds(count, folds, seed);
  const all = [...Array(count).keys()];
  const outside = Array.from({ length: folds }, (_, fold) => all.filter((row) => foldOf[row] !== fold));
  const inside = Array.from({ length: folds }, (_, fold) => all.filter((row) => foldOf[row] === fold));
  const plain: LearnerInputs = { train: train.inputs, validation: validation.inputs };
  const strengthOf = (t: number, inputs: LearnerInputs, rows: readonly number[]): number =>
    lambda ??
    chosenStrength(
      lossOf(tasks[t]!),
      taskOf(inputs.train, train.labels[t]!, labeledRows(rows, train.labels[t]!)),
      taskOf(inputs.validation, validation.labels[t]!, labeledRows([...validation.inputs.keys()], validation.labels[t]!)),
      seed,
    );
  const strengths = new Map<string, number>();
  /** That suits the plain inputs without the rows of a fold. */
  const strengthOutside = (t: number, fold: number): number => {
    const key = `${t} ${fold}`;
    const strength = strengths.get(key) ?? strengthOf(t, plain, outside[fold]!);
    strengths.set(key, strength);
    return strength;
  };
  const learn = (
    t: number,
    inputs: readonly ArrayLike<number>[],
    rows: readonly number[],
    strength: number,
    rough: boolean,
  ): LinearPart => {
    const labels = train.labels[t]!;
    return fitTarget(lossOf(tasks[t]!), taskOf(inputs, labels, labeledRows(rows, labels)), inputs[0]!.length, strength, rough);
  };
  const model = (t: number, inputs: LearnerInputs): LinearPart => learn(t, inputs.train, all, strengthOf(t, inputs, all), false);
  function* crossFitting(t: number, inputs: LearnerInputs): Steps<CrossFit> {
    const loss = lossOf(tasks[t]!);
    const outOfFold = new Float64Array(count);
    for (const [fold, rows] of outside.entries()) {
      const own = learn(t, inputs.train, rows, strengthOutside(t, fold), true);
      for (const row of inside[fold]!) outOfFold[row] = predictionOf(loss, own, inputs.train[row]!);
      yield;
    }
    const whole = model(t, inputs);
    yield;
    return { model: whole, outOfFold, validation: Float64Array.from(inputs.validation, (row) => predictionOf(loss, whole, row)) };
  }
  return { inputs: plain, model, crossFit: (t, inputs) => drained(crossFitting(t, inputs)), crossFitting };
}

/** The strength of a ridge: on the validation rows where they have labels, else by cross-validation. */
function chosenStrength(loss: LinearLoss, rows: LinearTask, judged: LinearTask, seed: number): number {
  const { labels } = rows;
  if (labels.length < 2 || (loss === 'logistic' && Array.from(labels).every((y) => y === labels[0]))) return LAMBDAS[0]!;
  const { lambda } = fitLinear([rows], ridge(), {
    loss,
    lambdas: LAMBDAS,
    seed,
    folds: INNER_FOLDS,
    ...(judged.labels.length > 0 ? { validation: [judged] } : {}),
    ...(loss === 'logistic' ? ROUGH : {}),
  });
  return lambda;
}

/** The inputs with predictions of other targets as further features. */
export function withPredictions({ train, validation }: LearnerInputs, fits: readonly CrossFit[]): LearnerInputs {
  const widened = (rows: readonly ArrayLike<number>[], columns: readonly Float64Array[]): number[][] =>
    rows.map((row, i) => [...Array.from(row), ...columns.map((column) => column[i]!)]);
  return {
    train: widened(
      train,
      fits.map(({ outOfFold }) => outOfFold),
    ),
    validation: widened(
      validation,
      fits.map((fit) => fit.validation),
    ),
  };
}
