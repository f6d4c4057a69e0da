import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { didYouMean } from '../options/check';
import type { CompareOptions } from '../study/compare';
import { listOf } from './column-text';
import { allFlags, compareFlags, type Flag, typed } from './flags';
import { UsageError } from './usage';

/** Options of `taskloom compare` as they were typed. */
export interface CompareArguments {
  /** The table; undefined where none was named. */
  readonly file: string | undefined;
  /** Values by flag, of flags that are no option of `compare`. */
  readonly text: Readonly<Partial<Record<string, string>>>;
  /** Flags without value that were given. */
  readonly flag: Readonly<Partial<Record<string, boolean>>>;
  /** Options of `compare`. */
  readonly options: Partial<CompareOptions>;
}

/**
 * Parses options strictly.
 * @param args what follows the command
 * @throws UsageError for an unknown option (with the nearest), a missing value, a flag with one
 */
export function parseStrictly(
  args: readonly string[],
  options: Readonly<Record<string, { readonly type: 'string' | 'boolean' }>>,
): { readonly values: Readonly<Record<string, string | boolean | undefined>>; readonly positionals: readonly string[] } {
  // `--seeds -1` is a value, although it looks like an option.
  const joined: string[] = [];
  for (const arg of args) {
    const last = joined.at(-1);
    const takesValue = last?.startsWith('--') && options[last.slice(2)]?.type === 'string';
    if (takesValue && /^-\.?\d/.test(arg)) joined[joined.length - 1] = `${last}=${arg}`;
    else joined.push(arg);
  }
  try {
    const { values, positionals } = parseArgs({ args: joined, options, strict: true, allowPositionals: true });
    return { values: values as Record<string, string | boolean | undefined>, positionals };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!code?.startsWith('ERR_PARSE_ARGS')) throw error;
    if (/'--smallest-effect'/.test(message)) throw new UsageError('--smallest-effect is now --margin; write --margin instead');
    const unknown = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' ? /'(-[^']*)'/.exec(message)?.[1] : undefined;
    if (unknown === undefined) {
      const valueless = /'(?:-\w, )?(--[^ ']+)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(message)?.[1];
      throw new UsageError(valueless === undefined ? message.split('\n')[0]! : `${valueless} needs a value`);
    }
    const known = Object.keys(options).map((name) => `--${name}`);
    throw new UsageError(`unknown option ${unknown}${didYouMean(unknown, known)}; options: ${known.join(', ')}`);
  }
}

/** @throws UsageError for an unknown option, a missing value, a value that is none, or more than one file */
export function compareArguments(args: readonly string[]): CompareArguments {
  const { values, positionals } = parseStrictly(
    args,
    Object.fromEntries(allFlags.map(({ name, value }) => [name, { type: value === '' ? 'boolean' : 'string' }])),
  );
  if (positionals.length > 1) throw new UsageError(`expected one table, got ${positionals.length}: ${positionals.join(', ')}`);
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  const options: Record<string, unknown> = {};
  const text: Record<string, string> = {};
  const flag: Record<string, boolean> = {};
  for (const [name, value] of given) {
    const known = compareFlags.find((one) => one.name === name);
    if (known) options[known.option!] = optionOf(known, String(value));
    else if (typeof value === 'boolean') flag[name] = value;
    else text[name] = String(value);
  }
  return { file: positionals[0], text, flag, options: options as Partial<CompareOptions> };
}

/** Options whose text is no number, choice or name. */
const readers: Readonly<Record<string, (flag: string, text: string) => unknown>> = { seeds: seedsOf, splits: jsonOf };

/** An option's value from its text, by what its specification says that it is. */
function optionOf({ name, option, spec }: Flag, text: string): unknown {
  const flag = `--${name}`;
  const { type, choices } = spec!;
  if (Object.hasOwn(readers, option!)) return readers[option!]!(flag, text);
  if (/^(number|integer)/.test(type)) return numberOf(flag, text);
  if (choices === undefined) return text;
  const choice = choices.find((one) => typed(one) === text);
  if (choice === undefined) throw new UsageError(`${flag} must be ${choices.map(typed).join(' or ')}, got "${text}"`);
  return choice;
}

/** Numbers that are separated by commas. */
export function numbersOf(flag: string, text: string): number[] {
  return listOf(text).map((entry) => numberOf(flag, entry));
}

/** One number is how many, several are which. */
function seedsOf(flag: string, text: string): number | number[] | 'auto' {
  if (text === 'auto') return 'auto';
  const seeds = numbersOf(flag, text);
  return seeds.length === 1 && !text.includes(',') ? seeds[0]! : seeds;
}

function jsonOf(flag: string, path: string): unknown {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${flag}: cannot read ${path}: ${(error as Error).message}`);
  }
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new UsageError(`${flag}: ${path} is not valid JSON: ${(error as Error).message}`);
  }
}

/** @throws UsageError when the text is no number */
export function numberOf(option: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new UsageError(`${option} must be a number, got "${text}"`);
  return value;
}
