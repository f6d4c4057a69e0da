import { didYouMean } from '../options/check';
import { binary } from '../tasks/binary';
import { multiclass } from '../tasks/multiclass';
import { regression } from '../tasks/regression';
import type { TaskSpec } from '../tasks/task';
import { UsageError } from './usage';

const kinds: Readonly<Record<string, () => TaskSpec>> = { binary, multiclass, regression };

/** Splits a list at its commas; empty entries are dropped. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/**
 * Splits a list of column names at its commas; a comma inside of a column's name is part of it.
 * @param columns the columns that there are
 */
export function columnsOf(text: string, columns: readonly string[]): string[] {
  const pieces = text.split(',');
  const names: string[] = [];
  for (let start = 0; start < pieces.length; ) {
    let end = pieces.length;
    const joined = (): string => pieces.slice(start, end).join(',').trim();
    while (end > start + 1 && !columns.includes(joined())) end--;
    if (joined() !== '') names.push(joined());
    start = end;
  }
  return names;
}

/**
 * Reads `--tasks`: `NAME=KIND,...`.
 * @throws UsageError when an entry has no kind or an unknown one, or a task is there twice
 */
export function tasksOf(text: string, columns: readonly string[]): Record<string, TaskSpec> {
  const tasks = new Map<string, TaskSpec>();
  let before = '';
  for (const piece of text.split(',')) {
    const whole = before === '' ? piece : `${before},${piece}`;
    const at = piece.lastIndexOf('=');
    if (at < 0 && !columns.includes(piece.trim())) {
      before = whole;
      continue;
    }
    before = '';
    const equals = whole.lastIndexOf('=');
    const name = (equals < 0 ? whole : whole.slice(0, equals)).trim();
    if (equals < 0) throw new UsageError(`--tasks: "${name}" has no kind; write ${name}=${Object.keys(kinds).join(` or ${name}=`)}`);
    const kind = whole.slice(equals + 1).trim();
    const make = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (!make) {
      throw new UsageError(
        `--tasks: "${name}" has the kind "${kind}"${didYouMean(kind, Object.keys(kinds))}; kinds: ${Object.keys(kinds).join(', ')}`,
      );
    }
    if (tasks.has(name)) throw new UsageError(`--tasks: "${name}" is there twice`);
    tasks.set(name, make());
  }
  if (before.trim() !== '') {
    throw new UsageError(`--tasks: "${before.trim()}" has no kind; write NAME=KIND, with a kind of ${Object.keys(kinds).join(', ')}`);
  }
  if (tasks.size === 0) throw new UsageError('--tasks names no task; write for instance --tasks happy=binary,tempo=regression');
  return Object.fromEntries(tasks);
}
