import { type MimeBundle, tableBundle } from '../plots/mime';
import { type Cell, type Table, textTable } from '../plots/table';
import { listed } from '../plots/text';
import type { ComparisonData } from './comparison-data';
import type { Interval } from './statistics';
import { deltaMOf, type Verdict, verdictsOf } from './verdicts';

/** How to train one task, and why. */
export interface TaskAdvice {
  readonly task: string;
  /** Name of the method. */
  readonly method: string;
  /**
   * `helps`: shown to be better than the baseline. `as good`: shown to make no difference that matters, with fewer parameters.
   * `fallback`: nothing was shown to help, so the baseline stays.
   */
  readonly why: 'helps' | 'as good' | 'fallback';
  /** The verdict that the advice rests on; undefined for the fallback. */
  readonly verdict?: Verdict;
  readonly sentence: string;
}

/** The safest good plan that a comparison supports. */
export interface Recommendation {
  /** How to train each task. */
  readonly tasks: readonly TaskAdvice[];
  /**
   * The best single method for all tasks: of those that were not shown to harm any task, and were shown to help some or to gain on average
   * (delta-m's interval, corrected by Bonferroni for the number of methods, lies above 0), the one with the largest delta-m; else the
   * baseline.
   */
  readonly one: { readonly method: string; readonly sentence: string };
  table(): Table;
  toMime(): MimeBundle;
  toString(): string;
}

const percent = (share: number): string => String(Number((100 * share).toPrecision(3)));

function oneSentence(
  { name, total, own }: { readonly name: string; readonly total: Interval; readonly own: readonly Verdict[] },
  compared: number,
): string {
  const helped = own.filter(({ verdict }) => verdict === 'positive').map(({ task }) => task);
  const corrected = compared > 1 ? `, corrected for ${compared} methods` : '';
  const average =
    total.low > 0
      ? `it gains ${percent(total.value)} % on average over the tasks (interval ${percent(total.low)} to ${percent(total.high)} %${corrected})`
      : `its average gain of ${percent(total.value)} % over the tasks is not told from nothing`;
  return `One method for all tasks: ${name}; ${helped.length > 0 ? `it was shown to help ${listed(helped)}, ` : ''}${average}, and it was not shown to harm any task.`;
}

/**
 * The plan that the evidence supports: per task the method that was shown to help most, else the baseline, for instance "train this one
 * alone". A method that was not shown to help is never recommended for its better mean.
 * @param comparison made by `compare` or `fromJSON`
 */
export function recommend(comparison: { readonly data: ComparisonData }): Recommendation {
  const { data } = comparison;
  const verdicts = verdictsOf(data);
  const baseline = data.methods.find(({ name }) => name === data.baseline)!;
  const size = new Map(data.methods.map(({ name, parameters }) => [name, parameters]));
  const tasks = data.tasks.map(({ name: task }): TaskAdvice => {
    const own = verdicts.filter((one) => one.task === task);
    const best = own.filter(({ verdict }) => verdict === 'positive').sort((a, b) => b.effect - a.effect)[0];
    if (best) {
      const others = own.filter(({ verdict }) => verdict === 'positive').length - 1;
      const more =
        others > 0 ? ` ${others} more method${others === 1 ? '' : 's'} helped too; the difference between them was not tested.` : '';
      return {
        task,
        method: best.method,
        why: 'helps',
        verdict: best,
        sentence: `Train ${task} by ${best.method}. ${best.sentence}${more}`,
      };
    }
    const equal = own
      .filter(({ verdict, method }) => verdict === 'none' && size.get(method)! < baseline.parameters)
      .sort((a, b) => size.get(a.method)! - size.get(b.method)!)[0];
    if (equal) {
      return {
        task,
        method: equal.method,
        why: 'as good',
        verdict: equal,
        sentence: `Train ${task} by ${equal.method}, with ${size.get(equal.method)} parameters instead of ${baseline.parameters} for all tasks. ${equal.sentence}`,
      };
    }
    const harmful = own.filter(({ verdict }) => verdict === 'negative').map(({ method }) => method);
    const open = own.filter(({ verdict }) => verdict === 'not enough evidence').map(({ method }) => method);
    const how = baseline.separate ? `Train ${task} alone (${baseline.name})` : `Train ${task} by ${baseline.name}`;
    const because = [
      ...(harmful.length > 0 ? [`${listed(harmful)} harmed it`] : []),
      ...(open.length > 0 ? [`there is not enough evidence on ${listed(open)}`] : []),
    ];
    return {
      task,
      method: baseline.name,
      why: 'fallback',
      sentence: `${how}: nothing was shown to help it${because.length > 0 ? `; ${because.join(', and ')}` : ''}.`,
    };
  });
  const compared = data.methods.length - 1;
  const deltas = deltaMOf(data, 1 - data.alpha / Math.max(1, compared));
  const safe = Object.entries(deltas)
    .map(([name, { total }]) => ({ name, total, own: verdicts.filter(({ method }) => method === name) }))
    .filter(
      ({ own, total }) =>
        own.every(({ verdict }) => verdict !== 'negative') && (total.low > 0 || own.some(({ verdict }) => verdict === 'positive')),
    )
    .sort((a, b) => b.total.value - a.total.value)[0];
  const one = safe
    ? { method: safe.name, sentence: oneSentence(safe, compared) }
    : {
        method: baseline.name,
        sentence: `One method for all tasks: ${baseline.name}; no other was shown to help without harming another task.`,
      };
  const table = (): Table => ({
    title: 'What the evidence supports',
    columns: ['task', 'method', 'why', 'gain', 'low', 'high', 'p (Holm)'],
    rows: tasks.map(({ task, method, why, verdict }): Cell[] => [
      task,
      method,
      why,
      verdict?.effect ?? null,
      verdict?.ci[0] ?? null,
      verdict?.ci[1] ?? null,
      verdict?.p ?? null,
    ]),
    notes: [...tasks.map(({ sentence }) => sentence), one.sentence],
  });
  const text = (): string => textTable(table());
  const recommendation: Recommendation = { tasks, one, table, toMime: () => tableBundle(table()), toString: text };
  return Object.defineProperties(recommendation, { [Symbol.for('nodejs.util.inspect.custom')]: { value: text } });
}
