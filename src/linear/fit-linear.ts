import { checkInteger, checkNumber, withDefaults } from '../options/check';
import { drained, type Steps } from '../steps';
import { conjugateGradient } from './conjugate-gradient';
import { type CrossValidation, crossValidating, type ModelPath } from './cross-validate';
import { fista, type Solution } from './fista';
import { type LinearTask, labeledTasks } from './linear-task';
import { type DataLoss, dataLoss, isLogistic, isQuadratic, type LinearLoss, type TaskWeighting } from './loss';
import { newtonSolver } from './newton';
import type { Penalty } from './penalty';

/** Options of the linear fits. */
export interface LinearOptions {
  /** @default 'squared' */
  readonly loss?: LinearLoss;
  /** Strength of the penalty. @default chosen by cross-validation */
  readonly lambda?: number;
  /** Strengths to try. @default 20 on a log scale from where all weights are zero down to a thousandth, or, for penalties without such a point, 25 from 100 to 1e-6 times the mean curvature */
  readonly lambdas?: readonly number[];
  /** Strength of a plain ridge beside the penalty. @default 0 */
  readonly ridge?: number;
  /** Whether each task has an unpenalized intercept. @default true */
  readonly intercept?: boolean;
  /** Whether features are scaled to unit variance over all tasks' rows for fitting (unit mean square without intercept). @default true */
  readonly standardize?: boolean;
  /** Whether every row or every task counts the same in the loss, in training and in cross-validation. @default 'rows' */
  readonly weighting?: TaskWeighting;
  /** Folds of the cross-validation. @default 5 */
  readonly folds?: number;
  /** Held-out rows of the same tasks, in their order, on which lambda is chosen instead; missing labels are NaN. @default cross-validation */
  readonly validation?: readonly LinearTask[];
  /** Seed of the folds. @default 0 */
  readonly seed?: number;
  /** Relative optimality residual at which a fit ends. @default 1e-5 */
  readonly tolerance?: number;
  /** @default 10000 */
  readonly maxIterations?: number;
}

/** The model at one lambda of a path. */
export interface PathPoint {
  readonly lambda: number;
  /** Loss + lambda x penalty + ridge term. */
  readonly objective: number;
  readonly loss: number;
  /** Value of the penalty at the weights of the standardized features. */
  readonly penalty: number;
  /** `[tasks, features]`, for inputs as given. */
  readonly weights: readonly (readonly number[])[];
  readonly intercepts: readonly number[];
  readonly iterations: number;
  readonly converged: boolean;
}

/** A fitted linear multi-task model. Plain data. */
export interface LinearFit {
  readonly method: string;
  readonly loss: LinearLoss;
  readonly tasks: readonly string[];
  /** `[tasks, features]`, for inputs as given. */
  readonly weights: readonly (readonly number[])[];
  /** `[tasks]`, zero without intercepts. */
  readonly intercepts: readonly number[];
  readonly lambda: number;
  /** Objective after each iteration at the chosen lambda, never rising. */
  readonly objective: readonly number[];
  /** By falling lambda. */
  readonly path: readonly PathPoint[];
  /** How lambda was chosen; absent where it was given. */
  readonly crossValidation?: CrossValidation;
}

/** Options with their defaults. */
export type FullLinearOptions = Required<Omit<LinearOptions, 'lambda' | 'lambdas' | 'validation'>> & {
  readonly lambda: number | undefined;
  readonly lambdas: readonly number[] | undefined;
  readonly validation: readonly LinearTask[] | undefined;
};

/**
 * Fills in and checks options.
 * @throws RangeError when one is out of range
 */
export function linearOptions(who: string, options: LinearOptions | undefined): FullLinearOptions {
  const full = withDefaults<FullLinearOptions>(who, options as Partial<FullLinearOptions> | undefined, {
    loss: 'squared',
    lambda: undefined,
    lambdas: undefined,
    ridge: 0,
    intercept: true,
    standardize: true,
    weighting: 'rows',
    folds: 5,
    validation: undefined,
    seed: 0,
    tolerance: 1e-5,
    maxIterations: 10000,
  });
  if (full.loss !== 'squared' && full.loss !== 'logistic')
    throw new RangeError(`${who}: loss must be 'squared' or 'logistic', got ${JSON.stringify(full.loss)}.`);
  if (full.weighting !== 'rows' && full.weighting !== 'tasks') {
    throw new RangeError(`${who}: weighting must be 'rows' or 'tasks', got ${JSON.stringify(full.weighting)}.`);
  }
  if (full.lambda !== undefined && full.lambdas !== undefined) throw new TypeError(`${who}: give 'lambda' or 'lambdas', not both.`);
  if (full.lambda !== undefined) checkNumber(who, 'lambda', full.lambda, 0);
  if (full.lambdas !== undefined) {
    if (full.lambdas.length === 0) throw new RangeError(`${who}: lambdas is empty.`);
    for (const lambda of full.lambdas) checkNumber(who, 'lambdas', lambda, 0);
  }
  checkNumber(who, 'ridge', full.ridge, 0);
  checkNumber(who, 'tolerance', full.tolerance, 1e-14);
  checkInteger(who, 'maxIterations', full.maxIterations, 1);
  checkInteger(who, 'folds', full.folds, 2);
  return full;
}

/** Falling powers from `from` to `to`. */
export function logScale(from: number, to: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from * (to / from) ** (i / (count - 1)));
}

/** Strengths to try, falling. */
export function chosenLambdas({ lambda, lambdas }: FullLinearOptions, defaults: () => number[]): number[] {
  return lambda !== undefined ? [lambda] : [...(lambdas ?? defaults())].sort((a, b) => b - a);
}

/** Strengths to try by default. */
function defaultLambdas(loss: DataLoss, penalty: Penalty): number[] {
  if (penalty.zeroAt === undefined) {
    const scale = loss.curvature > 0 ? loss.curvature : 1;
    return logScale(1e2 * scale, 1e-6 * scale, 25);
  }
  const image = new Float64Array(loss.imageSize);
  const gradient = new Float64Array(loss.size);
  loss.image(loss.start(), image);
  loss.gradient(image, gradient);
  const most = penalty.zeroAt(gradient.subarray(0, loss.tasks * loss.features), loss.tasks, loss.features);
  return most > 0 ? logScale(most, most * 1e-3, 20) : [0];
}

/** Solves lambda after lambda, from the strongest down, each begun where the last ended. */
function solverOf(loss: DataLoss, penalty: Penalty, options: FullLinearOptions): (lambda: number) => Steps<Solution> {
  let start = loss.start();
  const coupling = penalty.coupling?.(loss.tasks);
  const newton = isLogistic(loss) ? newtonSolver(loss, penalty, options.ridge, options) : undefined;
  return function* (lambda) {
    let solution: Solution;
    if (newton !== undefined) solution = yield* newton(lambda, start);
    else if (isQuadratic(loss) && coupling !== undefined)
      solution = conjugateGradient(loss, coupling, lambda, options.ridge, start, options);
    else solution = fista({ loss, penalty, lambda, ridge: options.ridge }, start, options);
    start = solution.parameters;
    yield;
    return solution;
  };
}

/** The models of a path that is solved. */
function restored(loss: DataLoss, solutions: readonly Solution[]): ModelPath {
  const left = solutions.values();
  // biome-ignore lint/correctness/useYield: nothing is left to do
  return function* () {
    return loss.restore(left.next().value!.parameters);
  };
}

/** The models of a path, one lambda after the other. */
export function modelPath(loss: DataLoss, lambdas: readonly number[], solve: (lambda: number) => Steps<Solution>): ModelPath {
  let l = 0;
  return function* () {
    return loss.restore((yield* solve(lambdas[l++]!)).parameters);
  };
}

/**
 * Linear multi-task learning: minimizes loss + lambda x penalty along a path of falling lambdas with warm starts, and chooses lambda by
 * cross-validation, or on held-out rows, unless it is given. Squared loss by accelerated proximal gradient, or with a quadratic penalty by
 * conjugate gradients; logistic loss by proximal Newton steps.
 * @param tasks rows of each task; `sharedInputs` makes them from one table with several labels
 * @param penalty what ties the tasks together: `meanRegularized()`, `jointFeatures()`, `traceNorm()`, `clustered()`, ...
 * @throws TypeError on shapes that do not match
 * @throws RangeError on options out of range, inputs that are not finite, or labels that do not suit the loss
 */
export function fitLinear(tasks: readonly LinearTask[], penalty: Penalty, options?: LinearOptions): LinearFit {
  return drained(fittingLinear(linearProblem(penalty), tasks, options));
}

/** What is fitted: a loss of tasks and what ties them together. */
export interface LinearProblem {
  /** Name of the function that the user called. */
  readonly who: string;
  readonly method: string;
  readonly penalty: Penalty;
  lossOf(tasks: readonly LinearTask[], options: FullLinearOptions): DataLoss;
}

/** The problem of `fitLinear`. */
export function linearProblem(penalty: Penalty): LinearProblem {
  return { who: 'fitLinear', method: penalty.name, penalty, lossOf: dataLoss };
}

function pathsOf({ penalty, lossOf }: LinearProblem, lambdas: readonly number[], full: FullLinearOptions) {
  return (part: readonly LinearTask[]): ModelPath => {
    const loss = lossOf(part, full);
    return modelPath(loss, lambdas, solverOf(loss, penalty, full));
  };
}

/** `fitLinear` in steps, for any problem. */
export function* fittingLinear(problem: LinearProblem, tasks: readonly LinearTask[], options?: LinearOptions): Steps<LinearFit> {
  const { who, method, penalty, lossOf } = problem;
  const full = linearOptions(who, options);
  const data = labeledTasks(who, tasks, full.loss);
  const loss = lossOf(data, full);
  const lambdas = chosenLambdas(full, () => defaultLambdas(loss, penalty));
  const solve = solverOf(loss, penalty, full);
  const solutions: Solution[] = [];
  for (const lambda of lambdas) solutions.push(yield* solve(lambda));
  const fromTraining = pathsOf(problem, lambdas, full);
  // Validation rows judge the path of all rows.
  const pathOf = (part: readonly LinearTask[]): ModelPath => (part === data ? restored(loss, solutions) : fromTraining(part));
  const crossValidation = lambdas.length === 1 ? undefined : yield* crossValidating(data, lambdas, pathOf, full);
  return assembleFit(method, data, full, loss, lambdas, solutions, crossValidation);
}

/** Lambdas in a row that are worse than the best before a search ends. */
const PATIENCE = 3;

/**
 * The lambda of least held-out error without a path of all rows: from the strongest down to where three in a row were worse. Smaller ones take
 * most of the time and are hardly ever better.
 */
export function* choosingLambda(problem: LinearProblem, tasks: readonly LinearTask[], options?: LinearOptions): Steps<number> {
  const full = linearOptions(problem.who, options);
  const data = labeledTasks(problem.who, tasks, full.loss);
  const lambdas = defaultLambdas(problem.lossOf(data, full), problem.penalty);
  if (lambdas.length === 1) return lambdas[0]!;
  const { best } = yield* crossValidating(data, lambdas, pathsOf(problem, lambdas, full), { ...full, patience: PATIENCE });
  return lambdas[best]!;
}

/** The result of a path of solutions. */
export function assembleFit(
  method: string,
  tasks: readonly LinearTask[],
  options: FullLinearOptions,
  loss: DataLoss,
  lambdas: readonly number[],
  solutions: readonly Solution[],
  crossValidation: CrossValidation | undefined,
): LinearFit {
  const path = solutions.map((s, i): PathPoint => {
    const { weights, intercepts } = loss.restore(s.parameters);
    return {
      lambda: lambdas[i]!,
      objective: s.trace.at(-1)!,
      loss: s.lossValue,
      penalty: s.penaltyValue,
      weights,
      intercepts,
      iterations: s.trace.length,
      converged: s.converged,
    };
  });
  const best = crossValidation?.best ?? 0;
  const { weights, intercepts, lambda } = path[best]!;
  return {
    method,
    loss: options.loss,
    tasks: tasks.map((t) => t.name),
    weights,
    intercepts,
    lambda,
    objective: solutions[best]!.trace,
    path,
    ...(crossValidation === undefined ? {} : { crossValidation }),
  };
}
