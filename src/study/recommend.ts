import { type MimeBundle, tableBundle } from '../plots/mime';
import { type Cell, type Table, textTable } from '../plots/table';
import type { ComparisonData } from './comparison-data';
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
  /** The best single method for all tasks: of those that harm none and help some, the one with the largest delta-m; else the baseline. */
  readonly one: { readonly method: string; readonly sentence: string };
  table(): Table;
  toMime(): MimeBundle;
  toString(): string;
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;

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
  const deltas = deltaMOf(data);
  const safe = data.methods
    .map(({ name }) => ({ name, own: verdicts.filter(({ method }) => method === name) }))
    .filter(({ own }) => own.some(({ verdict }) => verdict === 'positive') && own.every(({ verdict }) => verdict !== 'negative'))
    .sort((a, b) => deltas[b.name]!.total.value - deltas[a.name]!.total.value)[0];
  const one = safe
    ? {
        method: safe.name,
        sentence: `One method for all tasks: ${safe.name}; it helps ${listed(safe.own.filter(({ verdict }) => verdict === 'positive').map(({ task }) => task))} and was not shown to harm any (delta-m ${Number((100 * deltas[safe.name]!.total.value).toPrecision(3))} %).`,
      }
    : { method: baseline.name, sentence: `One method for all tasks: ${baseline.name}; no other helps some task without harming another.` };
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
