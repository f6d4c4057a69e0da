import { distance } from 'fastest-levenshtein';
import { didYouMean } from './check';
import { describeValue } from './describe-value';
import { type OptionWords, optionError, optionName, withOptionNames } from './option-error';

/** One option of a method. */
export interface OptionInfo {
  readonly name: string;
  /** The accepted values in words, such as `number >= 0` or `'none' | 'l2'`. */
  readonly type: string;
  readonly default: unknown;
  readonly doc: string;
}

/** What is wrong with the value of an option: its type, or its range. */
export interface OptionFault {
  readonly kind: 'type' | 'range';
  /** In the words of listings, such as `number >= 0`. */
  readonly expected: string;
  /** In the words of a sentence, such as `a number at least 0`; as `expected` where it is not there. */
  readonly sentence?: string;
  /** Which entry of a list is wrong, such as `[1]`, and what it is. */
  readonly at?: string;
  readonly found?: unknown;
  /** What was probably meant, as a phrase to append. */
  readonly hint?: string;
}

/** How one option is checked and described. */
export interface OptionSpec<T> {
  readonly type: string;
  readonly default: T | undefined;
  readonly doc: string;
  /** What holds where it is left out, in words, where that is no constant. */
  readonly otherwise?: string;
  /** Its flag on the command line with what stands for the value, such as `--epochs N`; without one it has none there. */
  readonly flag?: string;
  /** The values, where it is one of a few texts. */
  readonly choices?: readonly string[];
  /** Whether an array holds a number for each task. */
  readonly perTask?: boolean;
  /** Whether it may be left out, with no value in its place. */
  readonly optional?: boolean;
  /** Returns what is wrong with a value, or undefined. */
  readonly fault: (value: unknown) => OptionFault | undefined;
}

/** An option that is always there once it was read: it has a default, or must be given. */
export type FilledSpec<T> = OptionSpec<T> & { readonly optional?: never };

/** An option that may be absent. */
export type OptionalSpec<T> = OptionSpec<T> & { readonly optional: true };

/** A specification for each option of a method. */
export type OptionSpecs<Options> = { readonly [Name in keyof Required<Options>]: OptionSpec<Required<Options>[Name]> };

/**
 * A specification for each option of a call, no more and no fewer.
 * @template Absent the options that have no value where they are left out
 */
export type CallSpecs<Options, Absent extends keyof Options = never> = {
  readonly [Name in keyof Required<Options>]: Name extends Absent
    ? OptionalSpec<Required<Options>[Name]>
    : FilledSpec<Required<Options>[Name]>;
};

/** Options of a call that were checked and filled in. */
export type FilledOptions<Options, Absent extends keyof Options = never> = Required<Omit<Options, Absent>> & Partial<Pick<Options, Absent>>;

/** Bounds of a numeric option. */
export interface Bounds {
  readonly min?: number;
  /** Like `min`, itself excluded. */
  readonly above?: number;
  readonly max?: number;
  /** Like `max`, itself excluded. */
  readonly below?: number;
  readonly integer?: boolean;
}

/** How many of something: any whole number from 1 on. */
export const COUNT: Bounds = { integer: true, min: 1, max: Number.MAX_SAFE_INTEGER };

/** A seed. */
export const SEED: Bounds = { integer: true, min: 0, max: Number.MAX_SAFE_INTEGER };

/** A width of a layer: any that is a whole number; what does not fit into memory is refused where a network is built. */
export const WIDTH: Bounds = { integer: true, min: 1, max: Number.MAX_SAFE_INTEGER };

function boundsInWords(bounds: Bounds): string {
  const parts: string[] = [];
  if (bounds.min !== undefined) parts.push(`>= ${bounds.min}`);
  if (bounds.above !== undefined) parts.push(`> ${bounds.above}`);
  if (bounds.max !== undefined && bounds.max < Number.MAX_SAFE_INTEGER) parts.push(`<= ${bounds.max}`);
  if (bounds.below !== undefined) parts.push(`< ${bounds.below}`);
  return `${bounds.integer === true ? 'integer' : 'number'}${parts.length > 0 ? ` ${parts.join(' and ')}` : ''}`;
}

/** The bounds as the end of a sentence that says what an option must be. */
function boundsInSentence({ min, above, max, below, integer }: Bounds): string {
  if (integer === true) {
    const most = max !== undefined && max < Number.MAX_SAFE_INTEGER ? ` and at most ${max}` : '';
    return `an integer of at least ${min ?? Number.MIN_SAFE_INTEGER}${most}`;
  }
  const open = above !== undefined;
  if (max === undefined && below === undefined) return open ? `a number above ${above}` : `a number at least ${min}`;
  return `a number in ${open ? `(${above}` : `[${min}`}, ${below === undefined ? `${max}]` : `${below})`}`;
}

/** Counts of experts, chains, folds and the like: what is made one by one and could never be done with. */
const MOST_PARTS = 1_000_000;

function within(value: number, bounds: Bounds): boolean {
  return (
    !Number.isNaN(value) &&
    value >= (bounds.min ?? Number.NEGATIVE_INFINITY) &&
    value > (bounds.above ?? Number.NEGATIVE_INFINITY) &&
    value <= (bounds.max ?? (bounds.integer ? MOST_PARTS : Number.MAX_VALUE)) &&
    value < (bounds.below ?? Number.POSITIVE_INFINITY) &&
    (bounds.integer !== true || Number.isInteger(value))
  );
}

/** A finite number within bounds. */
export function numberOption(fallback: number, doc: string, bounds: Bounds = {}): FilledSpec<number> {
  const type = boundsInWords(bounds);
  const sentence = boundsInSentence(bounds);
  return {
    type,
    default: fallback,
    doc,
    fault: (value) => {
      if (typeof value !== 'number') return { kind: 'type', expected: type, sentence };
      return within(value, bounds) ? undefined : { kind: 'range', expected: type, sentence };
    },
  };
}

/** The option, which may also be left out. @param otherwise what holds then, in words */
export function optional<T>(spec: OptionSpec<T>, otherwise: string = 'none'): OptionalSpec<T> {
  return { ...spec, default: undefined, optional: true, otherwise };
}

/** The option with its flag on the command line, such as `--epochs N`. */
export function withFlag<Spec extends OptionSpec<unknown>>(spec: Spec, flag: string): Spec {
  return { ...spec, flag };
}

/** An option that may be left out, with a check of its own: what is wrong with a value is its type, or its range. */
export function optionalOption<T>(type: string, doc: string, fault: (value: unknown) => OptionFault['kind'] | undefined): OptionalSpec<T> {
  return {
    type,
    default: undefined,
    doc,
    optional: true,
    fault: (value) => {
      const kind = fault(value);
      return kind === undefined ? undefined : { kind, expected: type };
    },
  };
}

/** Lets null stand for the method's default. */
function orNull<T>(inner: OptionSpec<T>, fallback: T | null): OptionSpec<T | null> {
  const fault = (value: unknown): OptionFault | undefined => {
    const found = value === null ? undefined : inner.fault(value);
    return found === undefined ? undefined : { ...found, expected: `${found.expected} | null` };
  };
  return { ...inner, type: `${inner.type} | null`, default: fallback, fault };
}

/** A number within bounds, or null. */
export function nullableNumberOption(fallback: number | null, doc: string, bounds: Bounds = {}): OptionSpec<number | null> {
  return orNull(numberOption(0, doc, bounds), fallback);
}

/** One of a few strings. */
export function choiceOption<const T extends string>(fallback: T, choices: readonly T[], doc: string): FilledSpec<T> {
  const quoted = choices.map((choice) => `'${choice}'`);
  const type = quoted.join(' | ');
  const sentence = quoted.length === 1 ? type : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`;
  return {
    type,
    default: fallback,
    doc,
    choices,
    fault: (value) => {
      if (typeof value !== 'string') return { kind: 'type', expected: type, sentence };
      if ((choices as readonly string[]).includes(value)) return undefined;
      const hint = didYouMean(value, choices);
      return { kind: 'range', expected: `${type} (did you mean '${nearest(value, choices)}'?)`, sentence, hint };
    },
  };
}

/** A text. */
export function textOption(fallback: string, doc: string): FilledSpec<string> {
  const fault = (value: unknown): OptionFault | undefined => (typeof value === 'string' ? undefined : { kind: 'type', expected: 'a text' });
  return { type: 'text', default: fallback, doc, fault };
}

/** A function. */
export function functionOption<T extends (...args: never[]) => unknown>(doc: string): OptionalSpec<T> {
  return optionalOption('a function', doc, (value) => (typeof value === 'function' ? undefined : 'type'));
}

/** A number for each task within bounds, or null for the method's default. */
export function perTaskOption(doc: string, bounds: Bounds = {}): OptionSpec<readonly number[] | null> {
  return orNull(requiredPerTaskOption(doc, bounds), null);
}

/** A number for each task within bounds; must be given. */
export function requiredPerTaskOption(doc: string, bounds: Bounds = {}): OptionSpec<readonly number[]> {
  const type = `array with one ${boundsInWords(bounds)} a task`;
  return {
    type,
    default: undefined,
    doc,
    perTask: true,
    fault: (value) => {
      if (!Array.isArray(value) || value.some((item) => typeof item !== 'number')) return { kind: 'type', expected: type };
      return value.length > 0 && value.every((item: number) => within(item, bounds)) ? undefined : { kind: 'range', expected: type };
    },
  };
}

/** An array of numbers within bounds, one or more. */
export function listOption(fallback: readonly number[] | undefined, doc: string, bounds: Bounds = {}): FilledSpec<readonly number[]> {
  const type = `array of one or more: ${boundsInWords(bounds)}`;
  const one = boundsInSentence(bounds);
  return {
    type,
    default: fallback,
    doc,
    fault: (value) => {
      if (!Array.isArray(value) || value.length === 0)
        return { kind: 'type', expected: `an ${type}`, sentence: `a non-empty array, each ${one}` };
      const wrong = value.findIndex((item) => typeof item !== 'number' || !within(item, bounds));
      if (wrong < 0) return undefined;
      const kind = value.some((item) => typeof item !== 'number') ? 'type' : 'range';
      return { kind, expected: `an ${type}`, sentence: one, at: `[${wrong}]`, found: value[wrong] };
    },
  };
}

/** A number within bounds; must be given. */
export function requiredNumberOption(doc: string, bounds: Bounds = {}): FilledSpec<number> {
  return { ...numberOption(0, doc, bounds), default: undefined };
}

/** True or false. */
export function flagOption(fallback: boolean, doc: string): FilledSpec<boolean> {
  const type = 'boolean';
  return {
    type,
    default: fallback,
    doc,
    fault: (value) => (typeof value === 'boolean' ? undefined : { kind: 'type', expected: 'a boolean' }),
  };
}

/** Indices of layers, or null for all. */
export function layersOption(doc: string): OptionSpec<readonly number[] | null> {
  const type = 'array of layer numbers >= 0 | null';
  return {
    type,
    default: null,
    doc,
    fault: (value) => {
      if (value === null) return undefined;
      if (!Array.isArray(value)) return { kind: 'type', expected: type };
      return value.every((layer) => Number.isInteger(layer) && layer >= 0) ? undefined : { kind: 'range', expected: type };
    },
  };
}

/** The name most like a given one. */
export function nearest(name: string, names: readonly string[]): string {
  let best = names[0] ?? '';
  for (const candidate of names) if (distance(name, candidate) < distance(name, best)) best = candidate;
  return best;
}

function show(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}

/**
 * Checks options against their specifications and fills in defaults.
 * @throws TypeError on an unknown option, a missing one or one of the wrong type
 * @throws RangeError on an option out of its range
 */
export function readOptions<Options extends object>(
  method: string,
  specs: OptionSpecs<Options>,
  given: Options | undefined,
): Required<Options> {
  const names = Object.keys(specs);
  const encoder = (given as { readonly build?: unknown; readonly name?: unknown } | null | undefined) ?? {};
  if (typeof encoder.build === 'function' && typeof encoder.name === 'string') {
    const place = names.find((name) => (specs as Readonly<Record<string, OptionSpec<unknown>>>)[name]!.type.startsWith('encoder'));
    const hint = place === undefined ? 'it takes no encoder' : `write ${method}({ ${place}: ${encoder.name}(...) })`;
    throw new TypeError(`${method}(options): options must be an object of options, got the encoder ${encoder.name}(...); ${hint}`);
  }
  if (given !== undefined && (typeof given !== 'object' || given === null || Array.isArray(given))) {
    throw new TypeError(`${method}(options): options must be an object, got ${show(given)}`);
  }
  for (const name of Object.keys(given ?? {})) {
    if (names.includes(name)) continue;
    const hint = names.length === 0 ? 'it has no options' : `did you mean '${nearest(name, names)}'? It has ${names.join(', ')}`;
    throw new TypeError(`${method}(options): unknown option '${name}'; ${hint}`);
  }
  const result: Record<string, unknown> = {};
  for (const name of names) {
    const spec = (specs as Readonly<Record<string, OptionSpec<unknown>>>)[name]!;
    const own = (given as Readonly<Record<string, unknown>> | undefined)?.[name];
    const value = own === undefined ? spec.default : own;
    if (value === undefined && spec.optional) continue;
    if (value === undefined) throw new TypeError(`${method}(options): option '${name}' is required: ${spec.type}`);
    const fault = spec.fault(value);
    if (fault !== undefined) {
      const text = `option '${optionName(name)}' must be ${fault.expected}, got ${show(value)}`;
      throw optionError(fault.kind === 'type' ? TypeError : RangeError, `${method}(options)`, text);
    }
    result[name] = value;
  }
  return result as Required<Options>;
}

/**
 * Checks options of a call against their specifications and fills in defaults; what may be absent and is not given stays absent.
 * @param who the call, for messages, such as `compare`
 * @param under the option that holds these, where they are options of an option: `tune`
 * @throws TypeError on an unknown option, a missing one or one of the wrong type
 * @throws RangeError on an option out of its range
 */
export function readCall<Options extends object, Absent extends keyof Options = never>(
  who: string,
  specs: CallSpecs<Options, Absent>,
  given: Readonly<Partial<Options>> | undefined,
  under?: string,
): FilledOptions<Options, Absent> {
  const where = under === undefined ? who : `${who}: ${under}`;
  checkNames(where, given, Object.keys(specs));
  const result: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs as Readonly<Record<string, OptionSpec<unknown>>>)) {
    const own = (given as Readonly<Record<string, unknown>> | undefined)?.[name];
    const value = own === undefined ? spec.default : own;
    if (value === undefined && spec.optional) continue;
    checkOption(who, under === undefined ? name : `${under}.${name}`, spec, value);
    result[name] = value;
  }
  return result as FilledOptions<Options, Absent>;
}

/**
 * Checks one value.
 * @throws TypeError or RangeError with the option's name, what it must be and what it is
 */
export function checkOption(who: string, name: string, spec: OptionSpec<unknown>, value: unknown): void {
  const fault = spec.fault(value);
  if (fault === undefined) return;
  const { kind, expected, sentence = expected, at = '', hint = '' } = fault;
  const found = at === '' ? value : fault.found;
  throw optionError(
    kind === 'type' ? TypeError : RangeError,
    who,
    `${optionName(name)}${at} must be ${sentence}, got ${shownValue(found)}${hint}`,
  );
}

const shownValue = (value: unknown): string => (typeof value === 'number' ? String(value) : describeValue(value));

/**
 * Refuses options that nobody reads, so that a slip of the pen does not pass silently.
 * @throws TypeError for what is no object of options, and for an option that is not among `known`
 */
export function checkNames(who: string, given: unknown, known: readonly string[]): void {
  const listed = known.join(', ') || 'none';
  if (given === undefined) return;
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError(`${who}: expected an object of options, got ${describeValue(given)}; options: ${listed}`);
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) throw new TypeError(`${who}: unknown option "${key}"${didYouMean(key, known)}; options: ${listed}`);
  }
}

/** The options of these names that were given. */
export function pick<T extends object, K extends keyof T>(options: T, names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]]))) as Pick<T, K>;
}

/** What an option is where it is left out, in words. @param words what other options are called there */
export function defaultText({ default: value, otherwise }: OptionSpec<unknown>, words?: OptionWords): string {
  if (otherwise !== undefined) return withOptionNames(otherwise, words);
  return typeof value === 'string' ? value : show(value);
}

/** Options as data, for listings. */
export function describeOptions<Options>(specs: OptionSpecs<Options>): OptionInfo[] {
  return Object.entries(specs as Readonly<Record<string, OptionSpec<unknown>>>).map(([name, spec]) => ({
    name,
    type: spec.type,
    default: spec.default ?? null,
    doc: spec.doc,
  }));
}
