import { type CallSpecs, COUNT, numberOption, readCall } from '../../options/spec';
import { random } from '../../random/random';
import { inner, orthonormal } from './directions';
import { columns, inputNames, type Simulation } from './simulation';
import { featuresOption, noiseOption, rowsOption, seedOption } from './simulation-options';

/** Options of `relatedTasks`. */
export interface RelatedTasksOptions {
  /** Cosine between the two tasks' weights, in [-1, 1]: the dial of relatedness. @default 0.9 */
  readonly correlation?: number;
  /** @default 100 */
  readonly features?: number;
  /** @default 1000 */
  readonly rows?: number;
  /** Number of sines added to the linear part; 0 for linear tasks. @default 5 */
  readonly sines?: number;
  /** Standard deviation of the noise. @default 0.1 */
  readonly noise?: number;
  /** @default 0 */
  readonly seed?: number;
}

const specs: CallSpecs<RelatedTasksOptions> = {
  correlation: numberOption(0.9, "cosine of the two tasks' weights", { min: -1, max: 1 }),
  features: featuresOption(100, 2),
  rows: rowsOption(1000),
  sines: numberOption(5, 'sines that are added', { ...COUNT, min: 0 }),
  noise: noiseOption(0.1),
  seed: seedOption,
};

/** What generated related tasks. */
export interface RelatedTruth {
  readonly correlation: number;
  /** Unit weight vectors of the two tasks. */
  readonly weights: Readonly<Record<string, readonly number[]>>;
  /** Frequency and phase of each sine. */
  readonly sines: readonly { readonly frequency: number; readonly phase: number }[];
}

/**
 * The synthetic regression tasks of the MMoE paper (Ma et al. 2018, section 3.2): weights u1 and p u1 + sqrt(1 - p^2) u2 with u1, u2
 * orthonormal, inputs standard normal, label = z + sum over i of sin(a_i z + b_i) + noise of variance 0.01, z = weights . inputs.
 * The paper does not print its a_i and b_i; ours are a_i = i and b_i uniform on [0, 2 pi).
 * @throws RangeError on options out of range
 */
export function relatedTasks(options?: RelatedTasksOptions): Simulation<RelatedTruth> {
  const who = 'relatedTasks';
  const o = readCall<RelatedTasksOptions>(who, specs, options);
  const draw = random(o.seed, who);
  const [u, v] = orthonormal(2, o.features, draw.split('weights'));
  const weights = [u!, u!.map((x, f) => o.correlation * x + Math.sqrt(1 - o.correlation ** 2) * v![f]!)];
  const phase = draw.split('sines');
  const sines = Array.from({ length: o.sines }, (_, i) => ({ frequency: i + 1, phase: 2 * Math.PI * phase.uniform() }));
  const inputs = inputNames(o.features);
  const input = draw.split('inputs');
  const rows = Array.from({ length: o.rows }, () => inputs.map(() => input.normal()));
  const noise = draw.split('noise');
  const names = ['first', 'second'];
  const labels = rows.map((x) =>
    weights.map((w) => {
      const z = inner(w, x);
      return sines.reduce((sum, s) => sum + Math.sin(s.frequency * z + s.phase), z) + o.noise * noise.normal();
    }),
  );
  return {
    table: { ...columns(inputs, rows), ...columns(names, labels) },
    tasks: { first: { kind: 'regression' }, second: { kind: 'regression' } },
    inputs,
    truth: { correlation: o.correlation, weights: { first: weights[0]!, second: weights[1]! }, sines },
    answer: `The tasks' weights have cosine ${o.correlation}: affinity rises with it, and so does what sharing gains.`,
  };
}
