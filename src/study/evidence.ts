import type { TaskData } from '../data/task-data';
import { metricsFor } from '../tasks/registry';
import type { Task } from '../tasks/task';
import { rowContributions } from '../tasks/task-metrics';
import type { RunResult } from '../training/runs';

/** What a run's single test rows say: the ground that intervals stand on. */
export interface RunEvidence {
  /** `[testRows]` row indices of the data. */
  readonly rows: Int32Array;
  /** `[testRows]` codes of the groups that the rows belong to; absent without groups. */
  readonly groups?: Int32Array;
  /**
   * Per task what its kind predicts for the test rows, `[testRows, width]` row-major; without the tasks that predict more than 2^20 numbers a run.
   */
  readonly predictions: Readonly<Record<string, Float32Array>>;
  /** Per task and metric (the primary one and a proper score) what each test row adds to the metric, `[testRows]`; see `rowContributions`. */
  readonly contributions: Readonly<Record<string, Readonly<Record<string, Float32Array>>>>;
}

/** Predictions of a run and task that are kept: 4 MB of them. */
const MOST_NUMBERS = 2 ** 20;

/** The proper score that is looked at beside the primary metric; undefined where that is proper itself. */
export function properScoreOf(task: Task): { readonly name: string; readonly better: 'higher' | 'lower' } | undefined {
  const [primary, ...others] = metricsFor(task);
  if (primary!.proper) return undefined;
  const found = others.find(({ proper }) => proper);
  return found && { name: found.name, better: found.better };
}

/**
 * What a run's test rows say.
 * @param labels per task, on the test rows
 */
export function evidenceOf(data: TaskData, result: RunResult, labels: readonly Float64Array[]): RunEvidence {
  const rows = result.run.split.test;
  const contributions = data.tasks.map((task, t) => {
    const context = { trainMean: result.fitted.targets[t]!.mean, length: data.labels[t]!.length };
    const names = [metricsFor(task)[0]!.name, ...(properScoreOf(task) ? [properScoreOf(task)!.name] : [])];
    const own = names.map((name) => [name, Float32Array.from(rowContributions(task, name, labels[t]!, result.predictions[t]!, context))]);
    return [task.name, Object.fromEntries(own) as Record<string, Float32Array>] as const;
  });
  const predictions = data.tasks.flatMap((task, t) =>
    result.predictions[t]!.length > MOST_NUMBERS ? [] : [[task.name, Float32Array.from(result.predictions[t]!)] as const],
  );
  return packed({
    rows: Int32Array.from(rows),
    ...(data.groups ? { groups: Int32Array.from(rows, (row) => data.groups![row]!) } : {}),
    predictions: Object.fromEntries(predictions),
    contributions: Object.fromEntries(contributions),
  });
}

/** Evidence that JSON.stringify writes as texts, since it would write typed arrays as objects, number by number. */
export function packed(evidence: RunEvidence): RunEvidence {
  return Object.defineProperty({ ...evidence }, 'toJSON', { value: () => evidenceToText(evidence), enumerable: false });
}

/** Evidence as JSON holds it: arrays as base64 of their little-endian bytes. */
export interface EvidenceText {
  readonly rows: string;
  readonly groups?: string;
  readonly predictions: Readonly<Record<string, string>>;
  readonly contributions: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const toText = (values: Int32Array | Float32Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');

const mapped = <T, U>(record: Readonly<Record<string, T>>, f: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));

/** Evidence as JSON holds it. */
export function evidenceToText({ rows, groups, predictions, contributions }: RunEvidence): EvidenceText {
  return {
    rows: toText(rows),
    ...(groups ? { groups: toText(groups) } : {}),
    predictions: mapped(predictions, toText),
    contributions: mapped(contributions, (own) => mapped(own, toText)),
  };
}

/** @throws TypeError when a text is no base64 of numbers of four bytes, or of another number of them */
function bytesOf(text: unknown, at: string, multipleOf = 1): ArrayBuffer {
  const bytes = typeof text === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
  if (!bytes || bytes.length % 4 !== 0 || (bytes.length / 4) % multipleOf !== 0)
    throw new TypeError(`${at}: expected base64 of ${multipleOf} numbers of four bytes, got ${JSON.stringify(text)?.slice(0, 60)}`);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

const recordAt = (value: unknown, at: string): [string, unknown][] => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`${at}: expected an object`);
  return Object.entries(value);
};

/**
 * Evidence of what JSON holds.
 * @throws TypeError that names the place
 */
export function evidenceFromText(value: unknown, at: string): RunEvidence {
  const { rows: own, groups, predictions, contributions } = Object.fromEntries(recordAt(value, at)) as Record<string, unknown>;
  const rows = new Int32Array(bytesOf(own, `${at}.rows`));
  const exactly = (text: unknown, where: string): Float32Array => {
    const numbers = new Float32Array(bytesOf(text, where));
    if (numbers.length !== rows.length) throw new TypeError(`${where}: expected ${rows.length} numbers, one a row; got ${numbers.length}`);
    return numbers;
  };
  return packed({
    rows,
    ...(groups === undefined ? {} : { groups: new Int32Array(bytesOf(groups, `${at}.groups`, rows.length)) }),
    predictions: Object.fromEntries(
      recordAt(predictions, `${at}.predictions`).map(([name, text]) => [
        name,
        new Float32Array(bytesOf(text, `${at}.predictions.${name}`, rows.length)),
      ]),
    ),
    contributions: Object.fromEntries(
      recordAt(contributions, `${at}.contributions`).map(([task, metrics]) => [
        task,
        Object.fromEntries(
          recordAt(metrics, `${at}.contributions.${task}`).map(([name, text]) => [
            name,
            exactly(text, `${at}.contributions.${task}.${name}`),
          ]),
        ),
      ]),
    ),
  });
}
