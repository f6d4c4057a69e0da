import { parseArgs } from 'node:util';
import { didYouMean } from '../options/check';
import { UsageError } from './usage';

const texts = [
  'tasks',
  'inputs',
  'ignore',
  'categorical',
  'missing',
  'groups',
  'time',
  'delimiter',
  'encoding',
  'methods',
  'trunk',
  'baseline',
  'primary',
  'seeds',
  'stopping',
  'start',
  'splits',
  'keep',
  'json',
  'html',
] as const;
const numbers = [
  'dropout',
  'epochs',
  'batch-size',
  'lr',
  'weight-decay',
  'clip-norm',
  'patience',
  'validation',
  'test',
  'margin',
  'time-limit',
  'alpha',
] as const;
const flags = ['no-header', 'quiet', 'help'] as const;

/** Options of `taskloom compare` as they were typed: texts, numbers and flags. */
export interface CompareArguments {
  /** The table; undefined where none was named. */
  readonly file: string | undefined;
  readonly text: Readonly<Partial<Record<(typeof texts)[number], string>>>;
  readonly number: Readonly<Partial<Record<(typeof numbers)[number], number>>>;
  readonly flag: Readonly<Partial<Record<(typeof flags)[number], boolean>>>;
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

/** @throws UsageError for an unknown option, a missing value, a number that is none, or more than one file */
export function compareArguments(args: readonly string[]): CompareArguments {
  const type = (names: readonly string[], kind: 'string' | 'boolean'): [string, { type: 'string' | 'boolean' }][] =>
    names.map((name) => [name, { type: kind }]);
  const { values, positionals } = parseStrictly(
    args,
    Object.fromEntries([...type(texts, 'string'), ...type(numbers, 'string'), ...type(flags, 'boolean')]),
  );
  if (positionals.length > 1) throw new UsageError(`expected one table, got ${positionals.length}: ${positionals.join(', ')}`);
  const given = (names: readonly string[]): [string, string | boolean][] =>
    names.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[name, value]];
    });
  return {
    file: positionals[0],
    text: Object.fromEntries(given(texts)),
    number: Object.fromEntries(given(numbers).map(([name, text]) => [name, numberOf(`--${name}`, String(text))])),
    flag: Object.fromEntries(given(flags)),
  };
}

/** @throws UsageError when the text is no number */
export function numberOf(option: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isNaN(value)) throw new UsageError(`${option} must be a number, got "${text}"`);
  return value;
}
