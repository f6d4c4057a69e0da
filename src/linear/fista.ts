import type { DataLoss } from './loss';
import type { Penalty } from './penalty';

/** What is minimized: loss + lambda x penalty + ridge / 2 x |weights|^2. */
export interface Objective {
  readonly loss: DataLoss;
  readonly penalty: Penalty;
  readonly lambda: number;
  readonly ridge: number;
}

/** When to stop. */
export interface Stopping {
  /** Norm of the optimality residual relative to that of the loss gradient at zero weights. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Where the minimization ended. */
export interface Solution {
  readonly parameters: Float64Array;
  /** Objective after each iteration, never rising; the last is the result's. */
  readonly trace: readonly number[];
  readonly lossValue: number;
  readonly penaltyValue: number;
  readonly converged: boolean;
}

/** out = y - (gradient + ridge y) / lipschitz, the ridge on the weights only. */
function descend(y: Float64Array, gradient: Float64Array, ridge: number, weights: number, lipschitz: number, out: Float64Array): void {
  for (let i = 0; i < weights; i++) out[i] = y[i]! - (gradient[i]! + ridge * y[i]!) / lipschitz;
  for (let i = weights; i < y.length; i++) out[i] = y[i]! - gradient[i]! / lipschitz;
}

/** out = next + beta (next - last). */
function extrapolate(next: Float64Array, last: Float64Array, beta: number, out: Float64Array): void {
  for (let i = 0; i < next.length; i++) out[i] = next[i]! + beta * (next[i]! - last[i]!);
}

/** The inner product (a - b)(c - d). */
function innerOfDifferences(a: Float64Array, b: Float64Array, c: Float64Array, d: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) * (c[i]! - d[i]!);
  return sum;
}

function sumOfSquares(v: Float64Array, end: number): number {
  let sum = 0;
  for (let i = 0; i < end; i++) sum += v[i]! * v[i]!;
  return sum;
}

/**
 * Accelerated proximal gradient (FISTA, Beck and Teboulle 2009) with restart (O'Donoghue and Candes 2015, 1204.3982): momentum is
 * dropped when it points uphill, and a step that would raise the objective is taken again without momentum, so the trace never rises.
 * @param start parameters to begin from; those of a nearby lambda save most of the work
 */
export function fista({ loss, penalty, lambda, ridge }: Objective, start: Float64Array, { tolerance, maxIterations }: Stopping): Solution {
  const { tasks, features } = loss;
  const weights = tasks * features;
  const ridgeOf = (p: Float64Array): number => (ridge === 0 ? 0 : (ridge / 2) * sumOfSquares(p, weights));

  let x: Float64Array = Float64Array.from(start);
  let imageX: Float64Array = new Float64Array(loss.imageSize);
  const gradient = new Float64Array(loss.size);
  const zero = loss.start();
  loss.image(zero, imageX);
  loss.gradient(imageX, gradient);
  const scale = Math.max(Math.sqrt(sumOfSquares(gradient, loss.size)), Number.MIN_VALUE);
  loss.image(x, imageX);
  let [lossValue, penaltyValue] = [loss.value(x, imageX), penalty.value(x.subarray(0, weights), tasks, features)];
  let value = lossValue + lambda * penaltyValue + ridgeOf(x);

  let next: Float64Array = new Float64Array(loss.size);
  let imageNext: Float64Array = new Float64Array(loss.imageSize);
  const y = Float64Array.from(x);
  const imageY = Float64Array.from(imageX);
  let lipschitz = Math.max(loss.lipschitz + ridge, Number.MIN_VALUE);
  let momentum = 1;
  let plain = true;
  const trace: number[] = [];
  const restart = (): void => {
    y.set(x);
    imageY.set(imageX);
    momentum = 1;
    plain = true;
  };
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    loss.gradient(imageY, gradient);
    descend(y, gradient, ridge, weights, lipschitz, next);
    const nextPenalty = penalty.prox(next.subarray(0, weights), tasks, features, lambda / lipschitz);
    loss.image(next, imageNext);
    const nextLoss = loss.value(next, imageNext);
    const nextValue = nextLoss + lambda * nextPenalty + ridgeOf(next);
    const uphill = innerOfDifferences(y, next, next, x);
    const done = lipschitz * Math.sqrt(innerOfDifferences(next, y, next, y)) <= tolerance * scale;
    // The first clause is not true of NaN either.
    if (!(nextValue <= value)) {
      // A difference of rounding size says that the objective can fall no further.
      if (done || (plain && nextValue - value <= 1e-14 * Math.abs(value)))
        return { parameters: x, trace: trace.length > 0 ? trace : [value], lossValue, penaltyValue, converged: true };
      if (plain) lipschitz *= 1.5;
      restart();
      continue;
    }
    trace.push(nextValue);
    const grown = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    const beta = (momentum - 1) / grown;
    extrapolate(next, x, beta, y);
    extrapolate(imageNext, imageX, beta, imageY);
    [x, next] = [next, x];
    [imageX, imageNext] = [imageNext, imageX];
    [value, lossValue, penaltyValue] = [nextValue, nextLoss, nextPenalty];
    momentum = grown;
    plain = false;
    if (done) return { parameters: x, trace, lossValue, penaltyValue, converged: true };
    if (uphill > 0) restart();
  }
  return { parameters: x, trace: trace.length > 0 ? trace : [value], lossValue, penaltyValue, converged: false };
}
