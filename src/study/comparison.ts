import { type Frame, frameOf } from '../data/frame';
import { type Curve, curves } from '../plots/curves';
import type { Figure } from '../plots/figure';
import { type Gain, gains } from '../plots/gains';
import type { MimeBundle } from '../plots/mime';
import { type Score, scores } from '../plots/scores';
import { figureToSvg } from '../plots/svg';
import { type Cell, htmlTable, type Table, textTable } from '../plots/table';
import { escapeHtml } from '../plots/text';
import type { ComparisonData, RunRecord, TaskRecord } from './comparison-data';
import { numbersFromJson } from './json-numbers';
import {
  correctedTTest,
  type Decision,
  type DeltaMInterval,
  decide,
  deltaMInterval,
  mean,
  pairedComparison,
  pairedDifferences,
  signFlipTest,
  standardDeviation,
  type Verdict as VerdictWord,
  wilcoxonSignedRank,
} from './statistics';

/** What a comparison says of one method on one task. */
export interface Verdict {
  readonly task: string;
  readonly method: string;
  readonly metric: string;
  /** Mean gain over the baseline, turned so that positive is better, in units of the metric. */
  readonly effect: number;
  /** 95 % interval of the gain (1 - alpha), corrected for training sets that overlap. */
  readonly ci: readonly [number, number];
  /** p value of no difference, Holm-corrected over all methods and tasks. */
  readonly p: number;
  readonly verdict: VerdictWord;
  /** Two-sided Wilcoxon signed-rank and sign-flip p values of the same differences, uncorrected: they share no assumption of normality. */
  readonly wilcoxonP: number;
  readonly signFlipP: number;
  /** Seeds that count, and seeds left out because a run failed or a metric was undefined. */
  readonly seeds: number;
  readonly dropped: number;
  /** Seeds that would probably decide it; only for "not enough evidence". */
  readonly seedsNeeded?: number;
  readonly sentence: string;
}

/** Figures of a comparison. */
export interface ComparisonPlots {
  /** Gain over the baseline per task and method, with intervals and verdicts. */
  gains(): Figure;
  /** Test scores per task and method. */
  scores(metric?: string): Figure;
  /** Losses over the epochs. */
  curves(): Figure;
}

/** The result of `compare`. */
export interface Comparison {
  readonly data: ComparisonData;
  /** A row per method, task and seed, with a column per metric, and why the run failed (empty where it did not). */
  toFrame(): Frame;
  /** Per task and method (but the baseline): what the seeds say. */
  verdicts(): Verdict[];
  /** Delta-m over the baseline per method, with intervals. */
  deltaM(): Readonly<Record<string, DeltaMInterval>>;
  /** The table that is printed: a row per method. */
  table(): Table;
  readonly plot: ComparisonPlots;
  /** Everything, as plain JSON; `fromJSON` makes a comparison of it again. */
  toJSON(): ComparisonData;
  /** What a notebook shows. */
  toMime(): Promise<MimeBundle>;
  toString(): string;
}

/** Values of one metric of a method on a task, a value per seed; NaN where there is none. */
function valuesOf(data: ComparisonData, method: string, task: string, metric: string): number[] {
  return data.seeds.map((seed) => runOf(data, method, seed)?.metrics[task]?.[metric] ?? Number.NaN);
}

function runOf(data: ComparisonData, method: string, seed: number): RunRecord | undefined {
  return data.runs.find((run) => run.method === method && run.seed === seed);
}

function decisions(data: ComparisonData): { readonly decisions: Decision[]; readonly differences: Float64Array[] } {
  const differences: Float64Array[] = [];
  const family = data.methods
    .filter(({ name }) => name !== data.baseline)
    .flatMap(({ name: method }) =>
      data.tasks.map(({ name: task, metric, better }) => {
        const gain = pairedDifferences(valuesOf(data, method, task, metric), valuesOf(data, data.baseline, task, metric), better);
        differences.push(gain);
        const comparison = pairedComparison(gain, { rho: data.rho, smallestEffect: data.smallestEffect[task]!, level: 1 - data.alpha });
        return { method, task, metric, comparison };
      }),
    );
  return { decisions: decide(family, { alpha: data.alpha, baseline: data.baseline }), differences };
}

function verdictsOf(data: ComparisonData): Verdict[] {
  const metricOf = new Map(data.tasks.map(({ name, metric }) => [name, metric]));
  const { decisions: list, differences } = decisions(data);
  return list.map((decision, i) => ({
    task: decision.task,
    method: decision.method,
    metric: metricOf.get(decision.task)!,
    effect: decision.effect,
    ci: [decision.low, decision.high],
    p: decision.p,
    verdict: decision.verdict,
    wilcoxonP: wilcoxonSignedRank(differences[i]!).p,
    signFlipP: signFlipTest(differences[i]!).p,
    seeds: decision.n,
    dropped: decision.dropped,
    ...(decision.seedsNeeded === undefined ? {} : { seedsNeeded: decision.seedsNeeded }),
    sentence: decision.sentence,
  }));
}

function deltaMOf(data: ComparisonData): Record<string, DeltaMInterval> {
  const better = Object.fromEntries(data.tasks.map((task) => [task.name, task.better]));
  const scoresOf = (method: string): Record<string, number>[] =>
    data.seeds.map((seed) =>
      Object.fromEntries(data.tasks.map(({ name, metric }) => [name, runOf(data, method, seed)?.metrics[name]?.[metric] ?? Number.NaN])),
    );
  const base = scoresOf(data.baseline);
  return Object.fromEntries(
    data.methods
      .filter(({ name }) => name !== data.baseline)
      .map(({ name }) => [name, deltaMInterval(base, scoresOf(name), better, { rho: data.rho })]),
  );
}

const finite = (values: readonly number[]): number[] => values.filter(Number.isFinite);

function tableOf(data: ComparisonData): Table {
  const verdicts = verdictsOf(data);
  const deltas = deltaMOf(data);
  const manyTasks = data.tasks.length > 8;
  const mark: Readonly<Record<VerdictWord, string>> = { positive: ' +', negative: ' -', none: ' =', 'not enough evidence': '' };
  const score = (method: string, task: TaskRecord): Cell => {
    const values = finite(valuesOf(data, method, task.name, task.metric));
    if (values.length === 0) return 'n/a';
    const spread = values.length > 1 ? ` ±${standardDeviation(values).toFixed(3)}` : '';
    const verdict = verdicts.find((v) => v.method === method && v.task === task.name)?.verdict;
    return `${mean(values).toFixed(3)}${spread}${verdict ? mark[verdict] : ''}`;
  };
  const count = (method: string, word: VerdictWord): number => verdicts.filter((v) => v.method === method && v.verdict === word).length;
  const incomplete = data.runs.filter(({ failure }) => failure === undefined).length < data.methods.length * data.seeds.length;
  const rows = data.methods.map((method): Cell[] => {
    const delta = deltas[method.name]?.total;
    const runs = data.runs.filter((run) => run.method === method.name);
    const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
    const change = !delta
      ? ''
      : Number.isFinite(delta.low)
        ? `${percent(delta.value)} [${percent(delta.low)}, ${percent(delta.high)}]`
        : percent(delta.value);
    const isBase = method.name === data.baseline;
    const good = runs.filter(({ failure }) => failure === undefined).length;
    return [
      method.name,
      ...(manyTasks ? [] : data.tasks.map((task) => score(method.name, task))),
      change,
      isBase
        ? 'baseline'
        : `${count(method.name, 'positive')} / ${count(method.name, 'none')} / ${count(method.name, 'negative')} / ${count(method.name, 'not enough evidence')}`,
      ...(incomplete ? [`${good} of ${data.seeds.length}`] : []),
      method.parameters,
      runs.reduce((sum, run) => sum + run.seconds, 0),
    ];
  });
  const metrics = [...new Set(data.tasks.map(({ metric, better }) => `${metric} (${better} is better)`))];
  return {
    title: `${data.methods.length} methods, ${data.tasks.length} tasks, ${data.seeds.length} seed${data.seeds.length === 1 ? '' : 's'}: mean ± standard deviation over seeds`,
    columns: [
      'method',
      ...(manyTasks ? [] : data.tasks.map(({ name, metric }) => `${name} ${metric}`)),
      'delta-m',
      'better / same / worse / unclear',
      ...(incomplete ? ['runs that count'] : []),
      'parameters',
      'seconds',
    ],
    rows,
    notes: [
      `+ better, - worse, = no difference that matters, against ${data.baseline} at ${100 * data.alpha} % after Holm's correction; no mark: not enough evidence`,
      `metrics: ${metrics.join(', ')}; delta-m: mean relative gain over ${data.baseline}`,
      ...data.notes,
    ],
  };
}

function plotsOf(data: ComparisonData): ComparisonPlots {
  const level = `${Number((100 * (1 - data.alpha)).toPrecision(4))} % interval`;
  return {
    gains() {
      const better = new Map(data.tasks.map((task) => [task.name, task.better]));
      const rows = verdictsOf(data).map((v): Gain => {
        const lower = better.get(v.task) === 'lower';
        const [low, high] = v.ci;
        const verdict = v.verdict === 'not enough evidence' ? 'unclear' : v.verdict;
        // The figure turns metrics that are better when lower itself.
        const raw = lower ? { effect: -v.effect, low: -high, high: -low } : { effect: v.effect, low, high };
        return { task: v.task, method: v.method, ...raw, verdict, metric: v.metric, better: lower ? 'lower' : 'higher' };
      });
      return gains(rows, { baseline: data.baseline, interval: level });
    },
    scores(metric) {
      const rows = data.methods.flatMap(({ name: method }) =>
        data.tasks.flatMap((task): Score[] => {
          const shown = metric ?? task.metric;
          const values = valuesOf(data, method, task.name, shown);
          if (finite(values).length === 0) return [];
          const { effect, low, high } = correctedTTest(values, { rho: data.rho, level: 1 - data.alpha });
          const lower = ['logLoss', 'brier', 'calibrationError', 'relativeRmse', 'rmse', 'mae'].includes(shown);
          const ends = Number.isFinite(low) ? { low, high } : { low: effect, high: effect };
          return [{ task: task.name, method, value: effect, ...ends, metric: shown, better: lower ? 'lower' : 'higher' }];
        }),
      );
      if (rows.length === 0) {
        const known = [...new Set(data.runs.flatMap((run) => Object.values(run.metrics).flatMap((m) => Object.keys(m))))];
        throw new RangeError(`plot.scores: no task has the metric "${metric}"; metrics: ${known.join(', ')}`);
      }
      return scores(rows, { interval: level });
    },
    curves() {
      const list: Curve[] = [];
      for (const { name: method } of data.methods) {
        const runs = data.runs.filter((run) => run.method === method);
        for (const { name: task } of data.tasks) {
          for (const part of ['train', 'validation'] as const) {
            const values = runs.map((run) => (part === 'train' ? run.trainLosses : run.validationLosses)[task] ?? []);
            const length = Math.max(0, ...values.map((v) => v.length));
            if (length > 0) list.push({ task, method, part, epochs: Array.from({ length }, (_, i) => i + 1), runs: values });
          }
        }
      }
      return curves(list);
    },
  };
}

/** Makes a comparison of its plain data. */
export function makeComparison(data: ComparisonData): Comparison {
  const plot = plotsOf(data);
  const text = (): string => {
    const sentences = data.methods.length > 1 ? verdictsOf(data).map((v) => `- ${v.sentence}`) : [];
    return [textTable(tableOf(data)), ...sentences].join('\n');
  };
  const comparison: Comparison = {
    data,
    toFrame: () => frameOf(frameColumns(data)),
    verdicts: () => verdictsOf(data),
    deltaM: () => deltaMOf(data),
    table: () => tableOf(data),
    plot,
    toJSON: () => data,
    async toMime() {
      const sentences = data.methods.length > 1 ? verdictsOf(data).map((v) => `<li>${escapeHtml(v.sentence)}</li>`) : [];
      const figure = data.methods.length > 1 ? await figureToSvg(plot.gains(), { width: 900 }) : '';
      const list = sentences.length > 0 ? `<details><summary>Verdicts in words</summary><ul>${sentences.join('')}</ul></details>` : '';
      return { 'text/html': `${htmlTable(tableOf(data))}${list}${figure}`, 'text/plain': text() };
    },
    toString: text,
  };
  return Object.defineProperties(comparison, {
    [Symbol.for('nodejs.util.inspect.custom')]: { value: text },
    [Symbol.for('Jupyter.display')]: { value: comparison.toMime },
  });
}

function frameColumns(data: ComparisonData): Record<string, (string | number)[]> {
  const metrics = [...new Set(data.runs.flatMap((run) => Object.values(run.metrics).flatMap((m) => Object.keys(m))))];
  const rows = data.runs.flatMap((run) => data.tasks.map(({ name }) => ({ run, task: name })));
  return {
    method: rows.map(({ run }) => run.method),
    task: rows.map(({ task }) => task),
    seed: rows.map(({ run }) => run.seed),
    ...(data.runs.some(({ fold }) => fold !== undefined)
      ? { repeat: rows.map(({ run }) => run.repeat ?? Number.NaN), fold: rows.map(({ run }) => run.fold ?? Number.NaN) }
      : {}),
    ...Object.fromEntries(metrics.map((metric) => [metric, rows.map(({ run, task }) => run.metrics[task]?.[metric] ?? Number.NaN)])),
    failure: rows.map(({ run }) => run.failure ?? ''),
  };
}

/**
 * Makes a comparison of what `toJSON` gave.
 * @throws TypeError when it is something else
 */
export function fromJSON(json: unknown): Comparison {
  const data = json as ComparisonData;
  if (data?.format !== 'taskloom-comparison' || data.version !== 1) {
    throw new TypeError(
      `fromJSON: expected a Taskloom comparison (format "taskloom-comparison", version 1), got format ${JSON.stringify(data?.format)}, version ${JSON.stringify(data?.version)}`,
    );
  }
  return makeComparison({
    ...data,
    features: numbersFromJson(data.features) as number,
    methods: data.methods.map((method) => ({ ...method, parameters: numbersFromJson(method.parameters) as number })),
    runs: numbersFromJson(data.runs) as RunRecord[],
  });
}
