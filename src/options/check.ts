import { distance } from 'fastest-levenshtein';

/** The name among `names` that `wrong` was probably meant to be, as a phrase to append to an error; empty where none is near. */
export function didYouMean(wrong: string, names: Iterable<string>): string {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const edits = distance(wrong.toLowerCase(), name.toLowerCase());
    if (edits < least) [best, least] = [name, edits];
  }
  return best !== undefined && least <= Math.max(2, Math.floor(wrong.length / 3)) ? ` (did you mean "${best}"?)` : '';
}

/**
 * Fills in defaults and refuses options that do not exist, since a misspelled option would otherwise train silently.
 * @param who the function, for the message
 * @throws TypeError for an unknown option
 */
export function withDefaults<T extends object>(who: string, options: Readonly<Partial<T>> | undefined, defaults: T): T {
  const given = options ?? {};
  if (typeof given !== 'object' || Array.isArray(given))
    throw new TypeError(`${who}: options must be an object, got ${JSON.stringify(given)}`);
  const known = Object.keys(defaults);
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) {
      throw new TypeError(`${who}: unknown option "${key}"${didYouMean(key, known)}; options: ${known.join(', ') || 'none'}`);
    }
  }
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(present) };
}

/** @throws RangeError when `value` is not an integer of at least `least` and at most `most` */
export function checkInteger(who: string, name: string, value: unknown, least: number, most: number = Number.MAX_SAFE_INTEGER): void {
  if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
    const range = most < Number.MAX_SAFE_INTEGER ? ` and at most ${most}` : '';
    throw new RangeError(`${who}: ${name} must be an integer of at least ${least}${range}, got ${String(value)}`);
  }
}

/** @throws RangeError when `value` is not a finite number within [low, high] (or [low, high) with `open`) */
export function checkNumber(
  who: string,
  name: string,
  value: unknown,
  low: number,
  high: number = Number.POSITIVE_INFINITY,
  open = false,
): void {
  const v = value as number;
  if (typeof value !== 'number' || !Number.isFinite(v) || v < low || v > high || (open && v === high)) {
    const positive = low === Number.MIN_VALUE;
    const range =
      high === Number.POSITIVE_INFINITY
        ? positive
          ? 'above 0'
          : `at least ${low}`
        : `in ${positive ? '(0' : `[${low}`}, ${high}${open ? ')' : ']'}`;
    throw new RangeError(`${who}: ${name} must be a number ${range}, got ${String(value)}`);
  }
}
