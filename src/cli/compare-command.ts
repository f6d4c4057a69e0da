import { basename, resolve } from 'node:path';
import { readCsv } from '../data/read/read-csv';
import { type TaskData, taskData } from '../data/task-data';
import { mlp } from '../models/encoders/mlp';
import { progressDisplay } from '../notebook/progress';
import { type CompareOptions, compare } from '../study/compare';
import type { Comparison } from '../study/comparison';
import { adam, adamw } from '../training/optimizer';
import type { ProgressEvent } from '../training/progress';
import { columnsOf, listOf, tasksOf } from './column-text';
import { type CompareArguments, numberOf, numbersOf } from './compare-arguments';
import { noteInFlags } from './flags';
import { methodsOf } from './method-text';
import { resultOf } from './result';
import { UsageError } from './usage';
import { checkWritable, writeWhole } from './write-whole';

/** What a command prints when it is done, and its exit code. */
export interface Outcome {
  /** For standard output. */
  readonly text: string;
  /** For standard error. */
  readonly error?: string;
  readonly code: number;
}

/**
 * Runs `taskloom compare`.
 * @throws UsageError, TypeError or RangeError on bad input, before anything is written
 */
export async function compareCommand({ file, text, flag, options }: CompareArguments): Promise<Outcome> {
  if (file === undefined) throw new UsageError('compare needs a table: taskloom compare FILE.csv --tasks NAME=KIND,...');
  for (const option of ['json', 'html'] as const) {
    const path = text[option];
    if (path === undefined) continue;
    if (resolve(path) === resolve(file)) throw new UsageError(`--${option} would overwrite the table ${file}; choose another name`);
    checkWritable(`--${option}`, path);
  }
  if (text.json !== undefined && text.html !== undefined && resolve(text.json) === resolve(text.html))
    throw new UsageError('--json and --html name the same file; choose two');

  const columns = readCsv(file, {
    separator: separatorOf(text.delimiter, file),
    ...(text.encoding === undefined ? {} : { encoding: encodingOf(text.encoding) }),
    ...(flag['no-header'] === true ? { header: false } : {}),
    ...(text.missing === undefined ? {} : { missing: listOf(text.missing) }),
  });
  const names = Object.keys(columns);
  if (text.tasks === undefined) {
    const shown = names.slice(0, 12).join(', ');
    throw new UsageError(
      `--tasks is needed: which columns are labels, for instance --tasks happy=binary,tempo=regression; the table has ${shown}${names.length > 12 ? ` and ${names.length - 12} more columns` : ''}`,
    );
  }
  const read = taskData(columns, {
    tasks: tasksOf(text.tasks, names),
    ...(text.inputs === undefined ? {} : { inputs: columnsOf(text.inputs, names) }),
    ...(text.ignore === undefined ? {} : { ignore: columnsOf(text.ignore, names) }),
    ...(text.categorical === undefined ? {} : { categorical: columnsOf(text.categorical, names) }),
    ...(text.groups === undefined ? {} : { groups: text.groups }),
    ...(text.time === undefined ? {} : { time: text.time }),
  });
  const data = { ...read, notes: read.notes.map(noteInFlags) };
  const number = (name: string): number | undefined => (text[name] === undefined ? undefined : numberOf(`--${name}`, text[name]));
  const decay = number('weight-decay');
  const trunk = mlp(numbersOf('--trunk', text.trunk ?? '128,64'), { dropout: number('dropout') ?? 0 });
  const study: CompareOptions = {
    ...options,
    methods: methodsOf(text.methods ?? 'single,hard', trunk),
    optimizer: decay === undefined ? adam() : adamw({ weightDecay: decay }),
  };
  const comparison = flag.quiet === true ? await train(data, study) : await trainShown(data, study);

  const { runs, methods, seeds } = comparison.data;
  if (runs.length === 0) return { text: '', error: 'interrupted before a run was finished; nothing is written', code: 130 };
  const { printed, lost } = await writeResults(comparison, text.json, text.html, `Comparison on ${basename(file)}`);
  const interrupted = runs.length < methods.length * seeds.length;
  const failed = methods.some(({ name }) => runs.every((run) => run.method !== name || run.failure !== undefined));
  return {
    text: `${flag.quiet === true ? '' : `${comparison}\n`}${printed}`,
    ...(lost.length > 0 ? { error: lost.join('; ') } : {}),
    code: interrupted ? 130 : failed || lost.length > 0 ? 1 : 0,
  };
}

/** Writes what was asked for. A full disk loses nothing: one file does not keep the other from being written, and numbers are then printed. */
async function writeResults(
  comparison: Comparison,
  json: string | undefined,
  html: string | undefined,
  title: string,
): Promise<{ readonly printed: string; readonly lost: readonly string[] }> {
  const lost: string[] = [];
  let printed = '';
  if (json !== undefined) {
    const numbers = `${JSON.stringify(resultOf(comparison), null, 1)}\n`;
    try {
      await writeWhole([{ path: json, text: numbers }]);
    } catch (error) {
      printed = numbers;
      lost.push(`${(error as Error).message}; what should be in it is on standard output`);
    }
  }
  if (html !== undefined) {
    try {
      await writeWhole([{ path: html, text: comparison.report({ title }) }]);
    } catch (error) {
      lost.push((error as Error).message);
    }
  }
  return { printed, lost };
}

/** Compares, with progress on standard error. */
async function trainShown(data: TaskData, options: CompareOptions): Promise<Comparison> {
  const display = progressDisplay();
  let returned = false;
  try {
    const comparison = await train(data, options, (event) => display.update(event));
    returned = true;
    return comparison;
  } finally {
    display.done(returned);
  }
}

/** Compares; what goes wrong once training has begun is no bad input. */
async function train(data: TaskData, options: CompareOptions, show?: (event: ProgressEvent) => void): Promise<Comparison> {
  let begun = false;
  try {
    return await compare(data, {
      ...options,
      onProgress(event) {
        begun = true;
        show?.(event);
      },
    });
  } catch (error) {
    throw begun ? new Error((error as Error).message, { cause: error }) : error;
  }
}

function separatorOf(delimiter: string | undefined, file: string): string {
  if (delimiter === undefined) return /\.tsv(\.gz)?$/i.test(file) ? '\t' : ',';
  const separator = delimiter === '\\t' ? '\t' : delimiter;
  if (separator === '') throw new UsageError('--delimiter must not be empty');
  return separator;
}

function encodingOf(name: string): 'utf8' | 'latin1' {
  if (name !== 'utf8' && name !== 'latin1') throw new UsageError(`--encoding must be utf8 or latin1, got "${name}"`);
  return name;
}
