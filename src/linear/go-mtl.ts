import { checkInteger } from '../options/check';
import { drained, type Steps } from '../steps';
import { crossValidating, type ModelPath } from './cross-validate';
import { fista, type Solution } from './fista';
import { assembleFit, chosenLambdas, type LinearFit, type LinearOptions, linearOptions, logScale, modelPath } from './fit-linear';
import { type LinearTask, labeledTasks } from './linear-task';
import { type DataLoss, dataLoss } from './loss';
import { ridge } from './ridge';
import { singularValues } from './singular-values';

/** Options of `fitGoMtl`. `lambda` is the strength of the L1 norm of the codes, `ridge` that of the squares of the latent tasks. */
export interface GoMtlOptions extends LinearOptions {
  /** Number of latent tasks. @default 3 */
  readonly latent?: number;
}

/** A fitted GO-MTL model. */
export interface GoMtlFit extends LinearFit {
  /** `[tasks, latent]`, sparse: tasks that share latent tasks overlap. */
  readonly codes: readonly (readonly number[])[];
  /** `[latent, features]`, for standardized features. */
  readonly latentTasks: readonly (readonly number[])[];
}

interface Factors {
  /** `[tasks, latent]` */
  readonly codes: Float64Array;
  /** `[latent, features]` */
  readonly latentTasks: Float64Array;
}

/** out `[rows, columns]` = a `[rows, inner]` x b `[inner, columns]`. */
function multiply(a: Float64Array, b: Float64Array, rows: number, inner: number, columns: number, out: Float64Array): void {
  out.fill(0, 0, rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const v = a[i * inner + k]!;
      if (v !== 0) for (let j = 0; j < columns; j++) out[i * columns + j]! += v * b[k * columns + j]!;
    }
  }
}

function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from({ length: a.length }, (_, at) => a[(at % rows) * columns + Math.floor(at / rows)]!);
}

/** The authors' start: latent tasks are the leading singular directions of independently fitted weights. */
function startingFactors(weights: Float64Array, loss: DataLoss, latent: number): Factors {
  const { tasks, features } = loss;
  const { values, vectors, left } = singularValues(weights, tasks, features);
  const latentTasks = new Float64Array(latent * features);
  for (let k = 0; k < Math.min(latent, values.length); k++) {
    for (let f = 0; f < features; f++) {
      let v = 0;
      if (!left) v = vectors.get(f, k);
      else if (values[k]! > 0) for (let t = 0; t < tasks; t++) v += (weights[t * features + f]! * vectors.get(t, k)) / values[k]!;
      latentTasks[k * features + f] = v;
    }
  }
  const codes = new Float64Array(tasks * latent);
  multiply(weights, transpose(latentTasks, latent, features), tasks, features, latent, codes);
  return { codes, latentTasks };
}

const squares = (v: Float64Array): number => v.reduce((sum, x) => sum + x * x, 0);
const absolute = (v: Float64Array): number => v.reduce((sum, x) => sum + Math.abs(x), 0);

/**
 * Moves scale between each latent task and its codes, whose product stays, to where the penalties are least: with c x codes and
 * latent / c, lambda a c + ridge b / 2 c^2 is least at c^3 = ridge b / (lambda a). Small steps would crawl along this direction.
 */
function balance(
  { codes, latentTasks }: Factors,
  tasks: number,
  latent: number,
  features: number,
  lambda: number,
  ridgeStrength: number,
): void {
  for (let k = 0; k < latent; k++) {
    let [a, b] = [0, 0];
    for (let t = 0; t < tasks; t++) a += Math.abs(codes[t * latent + k]!);
    for (let f = 0; f < features; f++) b += latentTasks[k * features + f]! ** 2;
    const c = Math.cbrt((ridgeStrength * b) / (lambda * a));
    if (!(c > 0) || !Number.isFinite(c)) continue;
    for (let t = 0; t < tasks; t++) codes[t * latent + k]! *= c;
    for (let f = 0; f < features; f++) latentTasks[k * features + f]! /= c;
  }
}

/** Alternating proximal gradient steps on codes, latent tasks and intercepts; the objective never rises. */
function* alternate(
  loss: DataLoss,
  start: Factors & { readonly intercepts: Float64Array },
  latent: number,
  lambda: number,
  ridgeStrength: number,
  tolerance: number,
  maxIterations: number,
): Steps<Solution & Factors> {
  const { tasks, features } = loss;
  const weights = tasks * features;
  const [codes, latentTasks] = [Float64Array.from(start.codes), Float64Array.from(start.latentTasks)];
  const parameters = new Float64Array(loss.size);
  parameters.set(start.intercepts, weights);
  const image = new Float64Array(loss.imageSize);
  const gradient = new Float64Array(loss.size);
  const codeGradient = new Float64Array(tasks * latent);
  const latentGradient = new Float64Array(latent * features);
  const refresh = (): void => {
    multiply(codes, latentTasks, tasks, latent, features, parameters);
    loss.image(parameters, image);
    loss.gradient(image, gradient);
  };
  const objective = (): number => loss.value(parameters, image) + lambda * absolute(codes) + (ridgeStrength / 2) * squares(latentTasks);
  const trace: number[] = [];
  let converged = false;
  refresh();
  let value = objective();
  for (let iteration = 0; iteration < maxIterations && !converged; iteration++) {
    // Codes: the loss is Lipschitz in them with the latent tasks' squared spectral norm.
    const codeStep = 1 / (loss.lipschitz * Math.max(singularValues(latentTasks, latent, features).values[0]! ** 2, 1e-12));
    multiply(gradient.subarray(0, weights), transpose(latentTasks, latent, features), tasks, features, latent, codeGradient);
    for (let i = 0; i < codes.length; i++) {
      const v = codes[i]! - codeStep * codeGradient[i]!;
      codes[i] = Math.sign(v) * Math.max(0, Math.abs(v) - codeStep * lambda);
    }
    refresh();
    const latentStep = 1 / (loss.lipschitz * Math.max(singularValues(codes, tasks, latent).values[0]! ** 2, 1e-12));
    multiply(transpose(codes, tasks, latent), gradient.subarray(0, weights), latent, tasks, features, latentGradient);
    for (let i = 0; i < latentTasks.length; i++) {
      latentTasks[i] = (latentTasks[i]! - latentStep * latentGradient[i]!) / (1 + latentStep * ridgeStrength);
    }
    balance({ codes, latentTasks }, tasks, latent, features, lambda, ridgeStrength);
    refresh();
    for (let i = weights; i < loss.size; i++) parameters[i]! -= gradient[i]! / loss.lipschitz;
    if (loss.size > weights) refresh();
    const next = objective();
    trace.push(next);
    converged = value - next <= tolerance * Math.abs(next);
    value = next;
    yield;
  }
  return { parameters, trace, lossValue: loss.value(parameters, image), penaltyValue: absolute(codes), converged, codes, latentTasks };
}

/**
 * GO-MTL, grouping and overlap in multi-task learning (Kumar and Daume 2012, 1206.6417): each task's weights are a sparse combination of
 * a few latent tasks. Minimizes loss + lambda |codes|_1 + ridge / 2 |latent tasks|^2, which is not convex: it starts, as the authors do,
 * from the leading singular directions of independent ridge fits, and takes alternating proximal gradient steps (Bolte, Sabach and
 * Teboulle 2014) where they solve each half to the end. It ends when a step lowers the objective by less than tolerance / 10 of it.
 * @param options `ridge` is 1e-3 of the data's mean curvature unless given
 * @throws TypeError or RangeError as `fitLinear`; RangeError when `latent` is no positive integer
 */
export function fitGoMtl(tasks: readonly LinearTask[], options?: GoMtlOptions): GoMtlFit {
  return drained(fittingGoMtl(tasks, options));
}

/** `fitGoMtl` in steps, an iteration each. */
export function* fittingGoMtl(tasks: readonly LinearTask[], options?: GoMtlOptions): Steps<GoMtlFit> {
  const who = 'fitGoMtl';
  const { latent = 3, ...rest } = options ?? {};
  const full = linearOptions(who, rest);
  checkInteger(who, 'latent', latent, 1);
  const data = labeledTasks(who, tasks, full.loss);
  const whole = dataLoss(data, full);
  const scale = whole.curvature > 0 ? whole.curvature : 1;
  const strength = rest.ridge ?? 1e-3 * scale;
  const lambdas = chosenLambdas(full, () => logScale(10 * scale, 1e-3 * scale, 10));
  const solverOf = (loss: DataLoss): ((lambda: number) => Steps<Solution & Factors>) => {
    const independent = fista({ loss, penalty: ridge(), lambda: 1e-2 * scale, ridge: 0 }, loss.start(), full).parameters;
    const weights = loss.tasks * loss.features;
    const start = { ...startingFactors(independent.subarray(0, weights), loss, latent), intercepts: independent.subarray(weights) };
    // Every lambda has the same start: beginning where a stronger one ended would keep the latent tasks that it lost.
    return (lambda) => alternate(loss, start, latent, lambda, strength, full.tolerance / 10, full.maxIterations);
  };
  const pathOf = (part: readonly LinearTask[]): ModelPath => {
    const loss = dataLoss(part, full);
    return modelPath(loss, lambdas, solverOf(loss));
  };
  const crossValidation = lambdas.length === 1 ? undefined : yield* crossValidating(data, lambdas, pathOf, full);
  const solve = solverOf(whole);
  const solutions: (Solution & Factors)[] = [];
  for (const lambda of lambdas) solutions.push(yield* solve(lambda));
  const { codes, latentTasks } = solutions[crossValidation?.best ?? 0]!;
  const rows = (v: Float64Array, width: number): number[][] =>
    Array.from({ length: v.length / width }, (_, i) => [...v.subarray(i * width, (i + 1) * width)]);
  return {
    ...assembleFit('go-mtl', data, full, whole, lambdas, solutions, crossValidation),
    codes: rows(codes, latent),
    latentTasks: rows(latentTasks, whole.features),
  };
}
