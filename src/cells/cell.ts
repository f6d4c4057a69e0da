/** Values that mean "missing" beside null, undefined, NaN and blank text. */
export type MissingMarkers = readonly (string | number)[];

/** Texts that often stand for a missing value: named in the advice of errors, never applied unasked. */
export const usualMarkers: readonly string[] = ['NA', 'N/A', 'n/a', 'na', 'NaN', 'nan', 'NULL', 'null', 'None', 'none', '?', '-', '.'];

/** A test for missing cells: null, undefined, NaN, blank text and the declared markers (a number marker matches its text too). */
export function missingTest(markers: MissingMarkers): (value: unknown) => boolean {
  const texts = new Set(markers.map((marker) => String(marker).trim()));
  return (value) => {
    if (value === null || value === undefined || Number.isNaN(value)) return true;
    if (typeof value === 'string') {
      const text = value.trim();
      return text === '' || texts.has(text);
    }
    return texts.size > 0 && (typeof value === 'number' || typeof value === 'bigint') && texts.has(String(value));
  };
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * The number that a present cell stands for: numbers, bigints, booleans (0, 1) and decimal text; undefined for anything else.
 *
 * Text for infinity reads as such, so that it is reported as an infinite value and not as a category; hexadecimal text is no number.
 */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (decimal.test(text)) return Number(text);
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text);
  return infinite === null ? undefined : infinite[1] === '-' ? -Infinity : Infinity;
}

/** The name of a present cell as a category or class: trimmed text; the number 1 and the text "1" are the same. */
export function toName(value: unknown): string {
  return String(value).trim();
}

/** Distinct names in ascending order: by value where all are numbers, else by code point. */
export function sortNames(names: Iterable<string>): string[] {
  const list = [...new Set(names)];
  if (list.every((name) => decimal.test(name))) return list.sort((a, b) => Number(a) - Number(b));
  return list.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
