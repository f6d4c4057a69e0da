import { kindNames } from '../tasks/registry';
import type { TaskSpec } from '../tasks/task';
import { kindFromText } from './kind-text';
import { UsageError } from './usage';

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

/** Splits at the commas outside of parentheses. */
function topLevel(text: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '(') depth++;
    if (char === ')') depth--;
    if (char === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += char;
  }
  return parts;
}

/** The columns that a task's name stands for: itself, or where it has a `*`, every column of that pattern. */
function namesOf(name: string, columns: readonly string[]): readonly string[] {
  if (!name.includes('*') || columns.includes(name)) return [name];
  const parts = name.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const found = columns.filter((column) => new RegExp(`^${parts.join('.*')}$`).test(column));
  if (found.length === 0) throw new UsageError(`--tasks: no column is called "${name}"; the table has ${columns.slice(0, 10).join(', ')}`);
  return found;
}

/**
 * Reads `--tasks`: `NAME=KIND,...`, a kind with or without options in parentheses, see `kindFromText`. A name with `*` stands for all columns of
 * that pattern.
 * @throws UsageError when an entry has no kind or an unknown one, or a task is there twice
 */
export function tasksOf(text: string, columns: readonly string[]): Record<string, TaskSpec> {
  const tasks = new Map<string, TaskSpec>();
  let before = '';
  for (const piece of topLevel(text)) {
    const whole = before === '' ? piece : `${before},${piece}`;
    if (equalsBeforeKind(piece) < 0 && !columns.includes(piece.trim())) {
      before = whole;
      continue;
    }
    before = '';
    const equals = equalsBeforeKind(whole);
    const name = (equals < 0 ? whole : whole.slice(0, equals)).trim();
    if (equals < 0) throw new UsageError(`--tasks: "${name}" has no kind; write ${name}=${kindNames.join(` or ${name}=`)}`);
    const spec = kindFromText(name, whole.slice(equals + 1).trim(), columns);
    for (const own of namesOf(name, columns)) {
      if (tasks.has(own)) throw new UsageError(`--tasks: "${own}" is there twice`);
      tasks.set(own, spec);
    }
  }
  if (before.trim() !== '') {
    throw new UsageError(`--tasks: "${before.trim()}" has no kind; write NAME=KIND, with a kind of ${kindNames.join(', ')}`);
  }
  if (tasks.size === 0) throw new UsageError('--tasks names no task; write for instance --tasks happy=binary,tempo=regression');
  return Object.fromEntries(tasks);
}

/** The place of the last `=` that is not inside of the kind's parentheses; -1 without. */
function equalsBeforeKind(text: string): number {
  const open = /\([^()]*\)\s*$/.exec(text);
  return text.lastIndexOf('=', open ? open.index : text.length);
}
