import { type CallSpecs, numberOption, readCall } from '../../options/spec';
import { random } from '../../random/random';
import { inner, orthonormal } from './directions';
import { columns, inputNames, type Simulation } from './simulation';
import { featuresOption, noiseOption, rowsOption, seedOption } from './simulation-options';

/** Options of `conflictingTasks`. */
export interface ConflictingTasksOptions {
  /** 0: the same task twice; 0.5: weights at right angles; 1: opposite weights. @default 0.75 */
  readonly conflict?: number;
  /** @default 10 */
  readonly features?: number;
  /** @default 500 */
  readonly rows?: number;
  /** Standard deviation of the noise; that of the signal is 1. @default 0.1 */
  readonly noise?: number;
  /** @default 0 */
  readonly seed?: number;
}

const specs: CallSpecs<ConflictingTasksOptions> = {
  conflict: numberOption(0.75, "angle between the tasks' weights as a share of pi", { min: 0, max: 1 }),
  features: featuresOption(10, 2),
  rows: rowsOption(500),
  noise: noiseOption(0.1),
  seed: seedOption,
};

/** What generated conflicting tasks. */
export interface ConflictingTruth {
  /** Unit weight vectors of the two tasks. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
  /** Cosine between the weights, which is also that of the tasks' loss gradients at zero weights. */
  readonly cosine: number;
  /** Squared distance D between the weights: one weight vector for both, (1 - s) first + s second, has mean squared errors s^2 D and (1 - s)^2 D above noise; that is the Pareto front. */
  readonly distance: number;
}

/**
 * Two linear tasks that want different things of the same weights: label = weights . inputs + noise, the angle between the weights being
 * conflict x pi. A model that shares everything (one weight vector) cannot serve both; separate heads can.
 * @throws RangeError on options out of range
 */
export function conflictingTasks(options?: ConflictingTasksOptions): Simulation<ConflictingTruth> {
  const who = 'conflictingTasks';
  const o = readCall<ConflictingTasksOptions>(who, specs, options);
  const draw = random(o.seed, who);
  const [u, v] = orthonormal(2, o.features, draw.split('weights'));
  const [c, s] = [Math.cos(Math.PI * o.conflict), Math.sin(Math.PI * o.conflict)];
  const weights = [u!, u!.map((x, f) => c * x + s * v![f]!)];
  const inputs = inputNames(o.features);
  const input = draw.split('inputs');
  const rows = Array.from({ length: o.rows }, () => inputs.map(() => input.normal()));
  const noise = draw.split('noise');
  const labels = rows.map((x) => weights.map((w) => inner(w, x) + o.noise * noise.normal()));
  return {
    table: { ...columns(inputs, rows), ...columns(['first', 'second'], labels) },
    tasks: { first: { kind: 'regression' }, second: { kind: 'regression' } },
    inputs,
    truth: { weights: { first: weights[0]!, second: weights[1]! }, cosine: c, distance: 2 - 2 * c },
    answer: `One model for both tasks has an error of at least ${((2 - 2 * c) / 2).toFixed(3)} above noise in sum; conflict must be reported where the cosine (${c.toFixed(2)}) is negative.`,
  };
}
