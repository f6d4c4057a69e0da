import type { Steps } from '../steps';
import { blockFactors, conjugateGradient } from './conjugate-gradient';
import { fista, type Objective, type Solution, type Stopping } from './fista';
import { type Curvature, type LogisticLoss, largestEigenvalueOf, type QuadraticLoss, quadraticLoss } from './loss';
import type { Penalty } from './penalty';

/** Steps at one lambda after which what is left is done by proximal gradient. */
const MOST_STEPS = 60;

/** A point with what is known of the objective there. */
interface Point {
  readonly parameters: Float64Array;
  readonly image: Float64Array;
  readonly lossValue: number;
  readonly penaltyValue: number;
  readonly value: number;
}

function norm(v: Float64Array): number {
  let sum = 0;
  for (const x of v) sum += x * x;
  return Math.sqrt(sum);
}

/** Where the objective is known by its parameters and their image. */
function evaluate({ loss, penalty, lambda, ridge }: Objective, parameters: Float64Array, image: Float64Array): Point {
  const weights = parameters.subarray(0, loss.tasks * loss.features);
  const lossValue = loss.value(parameters, image);
  const penaltyValue = penalty.value(weights, loss.tasks, loss.features);
  const value = lossValue + lambda * penaltyValue + (ridge === 0 ? 0 : (ridge / 2) * norm(weights) ** 2);
  return { parameters, image, lossValue, penaltyValue, value };
}

/** Norm of the optimality residual: of a proximal gradient step, in units of the gradient. */
function residual({ loss, penalty, lambda, ridge }: Objective, x: Float64Array, gradient: Float64Array): number {
  const weights = loss.tasks * loss.features;
  const lipschitz = Math.max(loss.lipschitz + ridge, Number.MIN_VALUE);
  const next = x.map((v, i) => v - (gradient[i]! + (i < weights ? ridge * v : 0)) / lipschitz);
  penalty.prox(next.subarray(0, weights), loss.tasks, loss.features, lambda / lipschitz);
  return lipschitz * norm(next.map((v, i) => v - x[i]!));
}

/** The quadratic model of the loss around a point, by the weights only: the intercepts follow the weights. */
function modelAt({ hessians, means }: Curvature, lipschitz: number, x: Float64Array, gradient: Float64Array): QuadraticLoss {
  const features = means[0]!.length;
  const weights = hessians.length * features;
  const b = new Float64Array(weights);
  hessians.forEach((h, t) => {
    const level = x.length > weights ? gradient[weights + t]! : 0;
    for (let f = 0; f < features; f++) {
      let sum = means[t]![f]! * level - gradient[t * features + f]!;
      for (let g = 0; g < features; g++) sum += h[f * features + g]! * x[t * features + g]!;
      b[t * features + f] = sum;
    }
  });
  return quadraticLoss(hessians, b, 0, lipschitz, () => {
    throw new Error('a model has no units of inputs');
  });
}

/** Parameters with the weights of the model's solution and the intercepts that are best for them by the model. */
function withIntercepts({ means, levels }: Curvature, x: Float64Array, gradient: Float64Array, found: Float64Array): Float64Array {
  const next = Float64Array.from(x);
  next.set(found);
  for (let at = found.length; at < x.length; at++) {
    const t = at - found.length;
    const mean = means[t]!;
    let fall = gradient[at]! / levels[t]!;
    for (let f = 0; f < mean.length; f++) fall += mean[f]! * (found[t * mean.length + f]! - x[t * mean.length + f]!);
    next[at] = x[at]! - fall;
  }
  return next;
}

/** The first point on the way to `target` that lowers the objective enough (Armijo), and how far it lies; undefined where none does. */
function search(
  objective: Objective,
  from: Point,
  target: Float64Array,
  gradient: Float64Array,
): { next: Point; step: number } | undefined {
  const { loss } = objective;
  const image = new Float64Array(loss.imageSize);
  loss.image(target, image);
  const full = evaluate(objective, target, image);
  // What the model promises: linear in the loss, exact in the rest.
  let slope = full.value - full.lossValue - (from.value - from.lossValue);
  for (let i = 0; i < target.length; i++) slope += gradient[i]! * (target[i]! - from.parameters[i]!);
  if (!(slope < 0)) return undefined;
  let next = full;
  for (let step = 1; step > 1e-3; step /= 2) {
    if (step < 1) {
      const between = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, i) => v + step * (b[i]! - v));
      next = evaluate(objective, between(from.parameters, target), between(from.image, image));
    }
    if (next.value <= from.value + 1e-4 * step * slope) return { next, step };
  }
  return undefined;
}

/**
 * A solver of logistic loss + lambda x penalty + ridge / 2 x |weights|^2 by proximal Newton steps (Lee, Sun and Saunders 2014, 1206.1623):
 * each minimizes a quadratic model of the loss with the penalty, by conjugate gradients or accelerated proximal gradient, which costs
 * nothing per row. The second derivatives are kept from step to step, and from one lambda to the next, as long as steps with them
 * converge. What Newton cannot finish, proximal gradient does.
 * @returns a function from lambda and a point to begin at to the solution; those of a nearby lambda save most of the work
 */
export function newtonSolver(
  loss: LogisticLoss,
  penalty: Penalty,
  ridge: number,
  { tolerance, maxIterations }: Stopping,
): (lambda: number, start: Float64Array) => Steps<Solution> {
  const coupling = penalty.coupling?.(loss.tasks);
  const gradient = new Float64Array(loss.size);
  const imageOf = (p: Float64Array): Float64Array => {
    const image = new Float64Array(loss.imageSize);
    loss.image(p, image);
    return image;
  };
  loss.gradient(imageOf(loss.start()), gradient);
  const enough = tolerance * Math.max(norm(gradient), Number.MIN_VALUE);
  let curvature: Curvature | undefined;
  let lipschitz = 0;
  let factored: { readonly of: Curvature; readonly lambda: number; readonly factors: readonly Float64Array[] } | undefined;

  const solveModel = (lambda: number, x: Float64Array, left: number): Float64Array => {
    const model = modelAt(curvature!, lipschitz, x, gradient);
    const from = x.subarray(0, model.size);
    if (coupling !== undefined) {
      if (factored?.of !== curvature || factored?.lambda !== lambda)
        factored = { of: curvature!, lambda, factors: blockFactors(curvature!.hessians, coupling, lambda, ridge) };
      const stopping = { tolerance: Math.min(1e-3, tolerance), maxIterations: 1000 };
      return conjugateGradient(model, coupling, lambda, ridge, from, stopping, factored!.factors).parameters;
    }
    // A tenth of what is left: more would be lost with the next model.
    const stopping = { tolerance: 0.1 * tolerance * (left / enough), maxIterations: 1000 };
    return fista({ loss: model, penalty, lambda, ridge }, from, stopping).parameters;
  };

  return function* (lambda, start) {
    const objective = { loss, penalty, lambda, ridge };
    let at = evaluate(objective, Float64Array.from(start), imageOf(start));
    const trace: number[] = [];
    let [fresh, last] = [false, Number.POSITIVE_INFINITY];
    for (let iteration = 0; iteration < Math.min(maxIterations, MOST_STEPS); iteration++) {
      yield;
      loss.gradient(at.image, gradient);
      const left = residual(objective, at.parameters, gradient);
      if (left <= enough) return { ...at, trace: trace.length > 0 ? trace : [at.value], converged: true };
      fresh = curvature === undefined || left > 0.5 * last;
      if (fresh) {
        curvature = loss.curvatureAt(at.image);
        if (coupling === undefined) lipschitz = largestEigenvalueOf(curvature.hessians);
      }
      last = left;
      const target = withIntercepts(curvature!, at.parameters, gradient, solveModel(lambda, at.parameters, left));
      const found = search(objective, at, target, gradient);
      if (found === undefined) {
        if (fresh) break;
        // Tried again with the curvature of here.
        last = 0;
        continue;
      }
      at = found.next;
      trace.push(at.value);
      if (found.step < 1) last = 0;
    }
    const rest = fista(objective, at.parameters, { tolerance, maxIterations: Math.max(1, maxIterations - trace.length) });
    return { ...rest, trace: [...trace, ...rest.trace] };
  };
}
