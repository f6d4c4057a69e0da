import { random } from '../../../src/random/random';
import { type Comparison, makeComparison } from '../../../src/study/comparison';
import type { ComparisonData, RunRecord } from '../../../src/study/comparison-data';

/** What a made-up comparison is like. */
export interface Made {
  /** Mean scores `[task]` by method; the first method is the baseline. */
  readonly means: Readonly<Record<string, readonly number[]>>;
  readonly seeds?: number;
  /** Standard deviation of a method's scores about the seed's common level. */
  readonly noise?: number;
  /** Replaces parts of the runs, for instance by failures. */
  readonly change?: (run: RunRecord) => RunRecord;
  readonly rest?: Partial<ComparisonData>;
}

/** A comparison of made-up scores: nothing is trained. Tasks are named t0, t1, ...; even ones are binary, odd ones regressions. */
export function madeComparison({ means, seeds = 10, noise = 0.01, change = (run) => run, rest = {} }: Made): Comparison {
  const draws = random(0, 'made comparison');
  const names = Object.keys(means);
  const tasks = means[names[0]!]!.map((_, t) => ({
    name: `t${t}`,
    kind: t % 2 === 0 ? ('binary' as const) : ('regression' as const),
    classes: t % 2 === 0 ? ['0', '1'] : [],
    metric: t % 2 === 0 ? 'rocAuc' : 'relativeRmse',
    better: t % 2 === 0 ? ('higher' as const) : ('lower' as const),
  }));
  const list = Array.from({ length: seeds }, (_, seed) => seed);
  const runs = names.flatMap((method) =>
    list.map((seed): RunRecord => {
      const metrics = Object.fromEntries(
        tasks.map(({ name, metric }, t) => [name, { [metric]: means[method]![t]! + noise * draws.normal(), extra: 1 }]),
      );
      return change({
        method,
        seed,
        metrics,
        trainMetrics: metrics,
        reliability: { t0: [{ low: 0, high: 1, count: 4, confidence: 0.5, frequency: 0.25 }] },
        overall: { 'mean extra': 1 },
        seconds: 0.5,
        steps: 30,
        trainLosses: Object.fromEntries(tasks.map(({ name }) => [name, [1, 0.5]])),
        validationLosses: {},
        bestEpochs: Object.fromEntries(tasks.map(({ name }) => [name, 2])),
        weights: [],
        gradients: [],
        parameters: Object.fromEntries(tasks.map(({ name }) => [name, 50])),
        trainRows: 70,
        testRows: 30,
      });
    }),
  );
  return makeComparison({
    format: 'taskloom-comparison',
    version: 1,
    rows: 100,
    features: 7,
    tasks,
    methods: names.map((name, m) => ({
      name,
      definition: {
        architecture: m === 0 ? 'singleTask' : 'hardSharing',
        options: { trunk: { encoder: 'mlp', options: { sizes: [8], activation: 'relu', dropout: 0 } } },
        ...(m > 1 ? { balancing: { name: 'pcgrad', options: {} }, update: { scale: 'native', gradients: 'parameters' } } : {}),
      },
      parameters: 100 + m,
      separate: m === 0,
    })),
    seeds: list,
    versions: { taskloom: '0.0.0', node: 'v20', tensorflow: '4.22.0', backend: 'native' },
    fingerprint: 'abc',
    baseline: names[0]!,
    design: {
      epochs: 2,
      batchSize: 16,
      optimizer: 'adam',
      optimizerOptions: {},
      learningRate: 0.001,
      schedule: 'constant',
      patience: null,
      clipNorm: null,
      validation: 0,
      splits: 'drawn',
      vary: 'both',
    },
    rho: 0.3,
    margin: Object.fromEntries(tasks.map(({ name }, t) => [name, t % 2 === 0 ? 0.01 : 0.02])),
    ...(names.length > 1 ? { primary: names[1]! } : {}),
    alpha: 0.05,
    runs,
    notes: ['a note'],
    ...rest,
  });
}
