import { type Frame, frameOf } from '../data/frame';
import { figureBundle, type MimeBundle } from '../plots/mime';
import { htmlTable, type Table, textTable } from '../plots/table';
import { escapeHtml, printable } from '../plots/text';
import { type AverageVerdict, answersOf, rowVariancesOf } from './answers';
import type { ComparisonData } from './comparison-data';
import { type ComparisonPlots, plotsOf } from './comparison-plots';
import { readComparison } from './comparison-shape';
import { tableOf } from './comparison-table';
import { headlineOf, sentencesOf } from './headline';
import { type Ranks, ranksOver } from './ranks-over';
import { type Recommendation, recommend } from './recommend';
import { htmlReport, markdownReport, type ReportOptions } from './report';
import type { DeltaMInterval } from './statistics';
import { deltaMOf, type Verdict, verdictsOf } from './verdicts';

export type { ComparisonPlots } from './comparison-plots';
export type { Verdict } from './verdicts';

/** The result of `compare`. */
export interface Comparison {
  readonly data: ComparisonData;
  /** The answer in one sentence: what to do, how sure that is, and the call that does it. */
  readonly headline: string;
  /** A row per method, task and seed, with a column per metric, and why the run failed (empty where it did not). */
  toFrame(): Frame;
  /** Per task and method (but the baseline): what the seeds say. */
  verdicts(): Verdict[];
  /** Delta-m over the baseline per method, with intervals. */
  deltaM(): Readonly<Record<string, DeltaMInterval>>;
  /** The table that is printed: a row per method. */
  table(): Table;
  readonly plot: ComparisonPlots;
  /** The plan that the evidence supports, with its risk: `fit(data, comparison.recommend())` trains it. */
  recommend(): Recommendation;
  /** Mean ranks of the methods over the tasks, with Friedman's and Nemenyi's tests; see `ranksOver` for several data sets. */
  ranks(): Ranks;
  /**
   * A self-contained page: design, data, methods with papers, tables, interactive figures, verdicts, versions, how to repeat. Nothing is
   * fetched when it is read.
   * @returns the HTML, which is also written to `file` where one is given
   */
  report(options?: ReportOptions): string;
  /**
   * The same as Markdown. With `file` the figures are written beside it, as SVG, and shown in it.
   * @returns the Markdown
   */
  markdown(options?: ReportOptions): string;
  /** What is said of every method but the baseline on average over the tasks, the primary one's by a test of its own. */
  averages(): AverageVerdict[];
  /**
   * Everything, as plain JSON; `fromJSON` makes a comparison of it again, with the same verdicts. What the test rows say (predictions and
   * contributions, some 12 bytes a row, task and run) is there only with `evidence: true`.
   */
  toJSON(options?: { readonly evidence?: boolean } | string): ComparisonData;
  /** What a notebook shows. */
  toMime(): readonly MimeBundle[];
  toString(): string;
}

/** Makes a comparison of its plain data. */
export function makeComparison(data: ComparisonData): Comparison {
  const plot = plotsOf(data);
  const text = (): string => {
    const sentences = data.methods.length > 1 ? sentencesOf(data).map((sentence) => printable(`- ${sentence}`)) : [];
    return [printable(headlineOf(data)), textTable(tableOf(data)), ...sentences].join('\n');
  };
  const comparison: Comparison = {
    data,
    get headline() {
      return headlineOf(data);
    },
    toFrame: () => frameOf(frameColumns(data)),
    verdicts: () => verdictsOf(data),
    averages: () => [...answersOf(data).averages],
    deltaM: () => deltaMOf(data),
    table: () => tableOf(data),
    plot,
    recommend: () => recommend(comparison),
    ranks: () => ranksOver([comparison], { blocks: 'tasks', alpha: data.alpha }),
    report: (options) => htmlReport(data, options),
    markdown: (options) => markdownReport(data, options),
    toJSON: (options) => jsonOf(data, typeof options === 'object' && options?.evidence === true),
    toMime() {
      const sentences = data.methods.length > 1 ? sentencesOf(data).map((sentence) => `<li>${escapeHtml(sentence)}</li>`) : [];
      const list = sentences.length > 0 ? `<details><summary>Verdicts in words</summary><ul>${sentences.join('')}</ul></details>` : '';
      const table = {
        'text/html': `<p><strong>${escapeHtml(headlineOf(data))}</strong></p>${htmlTable(tableOf(data))}${list}`,
        'text/plain': text(),
      };
      return data.methods.length > 1 ? [table, figureBundle(plot.gains())] : [table];
    },
    toString: text,
  };
  return Object.defineProperties(comparison, {
    [Symbol.for('nodejs.util.inspect.custom')]: { value: text },
    [Symbol.for('Jupyter.display')]: { value: comparison.toMime },
  });
}

function jsonOf(data: ComparisonData, evidence: boolean): ComparisonData {
  if (evidence || data.runs.every((run) => run.evidence === undefined)) return data;
  return { ...data, rowVariances: rowVariancesOf(data), runs: data.runs.map(({ evidence: _, ...run }) => run) };
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
 * @throws TypeError when it is something else, or a field is not what it can be: the message names the field
 */
export function fromJSON(json: unknown): Comparison {
  const data = json as Partial<ComparisonData> | null;
  if (data?.format !== 'taskloom-comparison' || data.version !== 1) {
    throw new TypeError(
      `fromJSON: expected a Taskloom comparison (format "taskloom-comparison", version 1), got format ${JSON.stringify(data?.format)}, version ${JSON.stringify(data?.version)}`,
    );
  }
  return makeComparison(readComparison(json, 'fromJSON'));
}
