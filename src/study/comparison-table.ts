import type { Cell, Table } from '../plots/table';
import type { ComparisonData, TaskRecord } from './comparison-data';
import { mean, standardDeviation, type Verdict as VerdictWord } from './statistics';
import { finite, valuesOf } from './values';
import { deltaMOf, verdictsOf } from './verdicts';

/** The table of a comparison: a row per method. */
export function tableOf(data: ComparisonData): Table {
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
    const percent = (value: number): string => (Number.isNaN(value) ? 'n/a' : `${(100 * value).toFixed(1).replace(/^-(0\.0)$/, '$1')} %`);
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
    title: `${plural(data.methods.length, 'method')}, ${plural(data.tasks.length, 'task')}, ${plural(data.seeds.length, 'seed')}: mean ± standard deviation over seeds`,
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
      `+ better, - worse, = no difference that matters, against ${data.baseline} at ${100 * data.alpha} % after Holm's correction${verdicts.some(({ exploratory }) => exploratory) ? ' (exploratory where the average of the method is open)' : ''}; no mark: not enough evidence`,
      `metrics: ${metrics.join(', ')}; delta-m: mean relative gain over ${data.baseline}`,
      ...data.notes,
    ],
  };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
