import type { Comparison } from '../study/comparison';
import type { ComparisonData, MethodRecord } from '../study/comparison-data';
import type { Recommendation } from '../study/recommend';
import type { DeltaMInterval } from '../study/statistics';

/** What `--json` writes of a method. */
export interface MethodResult extends MethodRecord {
  /** Seconds of training, all seeds together; of stacked runs each has its share. */
  readonly seconds: number;
  /** Optimizer steps of all seeds and networks, by these seconds. */
  readonly stepsPerSecond: number;
  /** Test metrics by task, seed and metric; null where the test rows leave one undefined. */
  readonly tasks: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

/** What `--json` writes: the whole comparison, as `fromJSON` reads it, and what it comes to. */
export interface CompareResult extends ComparisonData {
  readonly methods: readonly MethodResult[];
  readonly headline: string;
  readonly averages: ReturnType<Comparison['averages']>;
  readonly verdicts: ReturnType<Comparison['verdicts']>;
  readonly recommendation: Pick<Recommendation, 'standing' | 'method' | 'tasks' | 'risk' | 'parameters' | 'seconds' | 'sentence'>;
  readonly deltaM: Readonly<Record<string, DeltaMInterval>>;
}

/** A comparison as `--json` writes it. */
export function resultOf(comparison: Comparison): CompareResult {
  const data = comparison.toJSON();
  const methods = data.methods.map((method): MethodResult => {
    const runs = data.runs.filter((run) => run.method === method.name);
    const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
    const steps = runs.reduce((sum, run) => sum + run.steps, 0);
    const tasks = data.tasks.map(({ name: task }) => [task, Object.fromEntries(runs.map((run) => [run.seed, run.metrics[task] ?? {}]))]);
    return { ...method, seconds, stepsPerSecond: steps / seconds, tasks: Object.fromEntries(tasks) };
  });
  const { standing, method, tasks, risk, parameters, seconds, sentence } = comparison.recommend();
  return {
    headline: comparison.headline,
    ...data,
    methods,
    averages: comparison.averages(),
    verdicts: comparison.verdicts(),
    recommendation: { standing, method, tasks, risk, parameters, seconds, sentence },
    deltaM: comparison.deltaM(),
  };
}
