/*
 * Checks of what JSON holds, field by field: files come back cut, changed and made up. Each check gives the value with its type, or throws a
 * TypeError that names the place, what was expected and what is there.
 */

/** Checks a value; `at` is its place, for messages. */
export type Shape<T> = (value: unknown, at: string) => T;

/** What a shape checks for. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

function wrong(at: string, expected: string, value: unknown): TypeError {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return new TypeError(`${at}: expected ${expected}, got ${text.length > 60 ? `${text.slice(0, 60)}...` : text}`);
}

/** A text. */
export const text: Shape<string> = (value, at) => {
  if (typeof value !== 'string') throw wrong(at, 'a text', value);
  return value;
};

/** True or false. */
export const flag: Shape<boolean> = (value, at) => {
  if (typeof value !== 'boolean') throw wrong(at, 'true or false', value);
  return value;
};

/** A finite number from `least` to `most`. */
export function number(least: number = Number.NEGATIVE_INFINITY, most: number = Number.POSITIVE_INFINITY): Shape<number> {
  const range = Number.isFinite(least) || Number.isFinite(most) ? ` from ${least} to ${most}` : '';
  return (value, at) => {
    if (!Number.isFinite(value) || (value as number) < least || (value as number) > most) throw wrong(at, `a finite number${range}`, value);
    return value as number;
  };
}

/** A number of any kind; JSON has no NaN and writes null instead. */
export const numberOrNaN: Shape<number> = (value, at) => {
  if (value === null) return Number.NaN;
  if (typeof value !== 'number') throw wrong(at, 'a number', value);
  return value;
};

/** A whole number from `least` to `most`. */
export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): Shape<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`;
  return (value, at) => {
    if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most)
      throw wrong(at, `a whole number, ${range}`, value);
    return value as number;
  };
}

/** One of these texts. */
export function oneOf<const T extends string>(choices: readonly T[]): Shape<T> {
  return (value, at) => {
    if (!choices.includes(value as T)) throw wrong(at, `one of ${choices.map((choice) => JSON.stringify(choice)).join(', ')}`, value);
    return value as T;
  };
}

/** An array of so many items; of any number without `length`. */
export function listOf<T>(item: Shape<T>, length?: number): Shape<T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw wrong(at, 'an array', value);
    if (length !== undefined && value.length !== length) throw wrong(at, `an array of length ${length}`, value);
    return value.map((one, i) => item(one, `${at}[${i}]`));
  };
}

function entriesOf(value: unknown, at: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(at, 'an object', value);
  return Object.entries(value);
}

/** An object of any names. */
export function recordOf<T>(item: Shape<T>): Shape<Record<string, T>> {
  return (value, at) => Object.fromEntries(entriesOf(value, at).map(([name, one]) => [name, item(one, `${at}.${name}`)]));
}

/** An object of any names and values. */
export const anyRecord: Shape<Record<string, unknown>> = recordOf((value) => value);

type Fields<Required, Optional> = { [K in keyof Required]: Shaped<Required[K]> } & { [K in keyof Optional]?: Shaped<Optional[K]> };

/** An object with these fields; fields of other names stay as they are. */
export function fields<
  R extends Readonly<Record<string, Shape<unknown>>>,
  O extends Readonly<Record<string, Shape<unknown>>> = Record<never, never>,
>(required: R, optional?: O): Shape<Fields<R, O>> {
  return (value, at) => {
    const given = new Map(entriesOf(value, at));
    const own = Object.entries(required).map(([name, shape]) => [name, shape(given.get(name), `${at}.${name}`)]);
    const more = Object.entries(optional ?? {}).flatMap(([name, shape]) =>
      given.has(name) ? [[name, shape(given.get(name), `${at}.${name}`)]] : [],
    );
    return Object.fromEntries([...given, ...own, ...more]) as Fields<R, O>;
  };
}
