import { distance } from 'fastest-levenshtein';

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
  readonly expected: string;
}

/** How one option is checked and described. */
export interface OptionSpec<T> {
  readonly type: string;
  readonly default: T | undefined;
  readonly doc: string;
  /** Whether an array holds a number for each task. */
  readonly perTask?: boolean;
  /** Whether it may be left out, with no value in its place. */
  readonly optional?: boolean;
  /** Returns what is wrong with a value, or undefined. */
  readonly fault: (value: unknown) => OptionFault | undefined;
}

/** A specification for each option of a method. */
export type OptionSpecs<Options> = { readonly [Name in keyof Required<Options>]: OptionSpec<Required<Options>[Name]> };

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
export function numberOption(fallback: number, doc: string, bounds: Bounds = {}): OptionSpec<number> {
  const type = boundsInWords(bounds);
  return {
    type,
    default: fallback,
    doc,
    fault: (value) => {
      if (typeof value !== 'number') return { kind: 'type', expected: type };
      return within(value, bounds) ? undefined : { kind: 'range', expected: type };
    },
  };
}

/** An option that may be left out, with a check of its own: what is wrong with a value is its type, or its range. */
export function optionalOption<T>(type: string, doc: string, fault: (value: unknown) => OptionFault['kind'] | undefined): OptionSpec<T> {
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
export function choiceOption<const T extends string>(fallback: T, choices: readonly T[], doc: string): OptionSpec<T> {
  const type = choices.map((choice) => `'${choice}'`).join(' | ');
  return {
    type,
    default: fallback,
    doc,
    fault: (value) => {
      if (typeof value !== 'string') return { kind: 'type', expected: type };
      if ((choices as readonly string[]).includes(value)) return undefined;
      return { kind: 'range', expected: `${type} (did you mean '${nearest(value, choices)}'?)` };
    },
  };
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
export function listOption(fallback: readonly number[] | undefined, doc: string, bounds: Bounds = {}): OptionSpec<readonly number[]> {
  const type = `array of one or more: ${boundsInWords(bounds)}`;
  return {
    type,
    default: fallback,
    doc,
    fault: (value) => {
      if (!Array.isArray(value) || value.length === 0 || value.some((item) => typeof item !== 'number'))
        return { kind: 'type', expected: `an ${type}` };
      return value.every((item: number) => within(item, bounds)) ? undefined : { kind: 'range', expected: `an ${type}` };
    },
  };
}

/** A number within bounds; must be given. */
export function requiredNumberOption(doc: string, bounds: Bounds = {}): OptionSpec<number> {
  return { ...numberOption(0, doc, bounds), default: undefined };
}

/** True or false. */
export function flagOption(fallback: boolean, doc: string): OptionSpec<boolean> {
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
      const message = `${method}(options): option '${name}' must be ${fault.expected}, got ${show(value)}`;
      throw fault.kind === 'type' ? new TypeError(message) : new RangeError(message);
    }
    result[name] = value;
  }
  return result as Required<Options>;
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
