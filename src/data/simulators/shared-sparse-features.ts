import { type CallSpecs, COUNT, checkOption, numberOption, readCall } from '../../options/spec';
import { random } from '../../random/random';
import { inner } from './directions';
import { columns, inputNames, type Simulation } from './simulation';
import { featuresOption, noiseOption, rowsOption, seedOption } from './simulation-options';

/** Options of `sharedSparseFeatures`. */
export interface SharedSparseFeaturesOptions {
  /** @default 8 */
  readonly tasks?: number;
  /** @default 40 */
  readonly features?: number;
  /** Features that matter, the same in all tasks. @default 5 */
  readonly relevant?: number;
  /** @default 60 */
  readonly rows?: number;
  /** Standard deviation of the noise. @default 0.5 */
  readonly noise?: number;
  /** @default 0 */
  readonly seed?: number;
}

const specs: CallSpecs<SharedSparseFeaturesOptions> = {
  tasks: numberOption(8, 'tasks', COUNT),
  features: featuresOption(40, 1),
  relevant: numberOption(5, 'inputs that the tasks use', COUNT),
  rows: rowsOption(60),
  noise: noiseOption(0.5),
  seed: seedOption,
};

/** What generated tasks with shared sparse features. */
export interface SharedSparseTruth {
  /** Names of the inputs that matter. */
  readonly relevant: readonly string[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
}

/**
 * Linear tasks that use the same few inputs, each with weights of its own (standard normal): what joint feature selection is made for.
 * @throws RangeError on options out of range
 */
export function sharedSparseFeatures(options?: SharedSparseFeaturesOptions): Simulation<SharedSparseTruth> {
  const who = 'sharedSparseFeatures';
  const o = readCall<SharedSparseFeaturesOptions>(who, specs, options);
  checkOption(who, 'features', featuresOption(40, o.relevant), o.features);
  const draw = random(o.seed, who);
  const inputs = inputNames(o.features);
  const used = new Set(draw.split('support').permutation(o.features).slice(0, o.relevant));
  const weight = draw.split('weights');
  const names = Array.from({ length: o.tasks }, (_, t) => `task${t}`);
  const weights = names.map(() => inputs.map((_, f) => (used.has(f) ? weight.normal() : 0)));
  const input = draw.split('inputs');
  const rows = Array.from({ length: o.rows }, () => inputs.map(() => input.normal()));
  const noise = draw.split('noise');
  const labels = rows.map((x) => weights.map((w) => inner(w, x) + o.noise * noise.normal()));
  return {
    table: { ...columns(inputs, rows), ...columns(names, labels) },
    tasks: Object.fromEntries(names.map((name) => [name, { kind: 'regression' as const }])),
    inputs,
    truth: { relevant: inputs.filter((_, f) => used.has(f)), weights: Object.fromEntries(names.map((name, t) => [name, weights[t]!])) },
    answer: `${o.relevant} of ${o.features} inputs matter, the same in all tasks: choosing them jointly beats choosing them task by task.`,
  };
}
