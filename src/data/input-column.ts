import { type MissingMarkers, missingTest, sortNames, toName, toNumber, usualMarkers } from '../cells/cell';
import { DataError } from '../cells/data-error';
import { optionSetting } from '../options/option-error';
import type { InputColumn } from './data-types';

/** A text column with more categories than this ... */
const manyCategories = 50;
/** ... and a larger share of distinct values than this is taken for names or free text, not for categories. */
const manyDistinct = 0.2;

/** An input column with what a user should know of it. */
export interface ReadColumn {
  readonly column: InputColumn;
  readonly notes: readonly string[];
}

/**
 * Reads one input column: numeric when every present value is a number, a boolean or decimal text, else categorical.
 * @param force reads it as categorical whatever it holds
 * @throws DataError on an infinite value, on text for "missing" among numbers, and on text that has too many distinct values
 */
export function readInputColumn(name: string, values: ArrayLike<unknown>, markers: MissingMarkers, force: boolean): ReadColumn {
  const missing = missingTest(markers);
  const rows = values.length;
  const numbers = new Float64Array(rows).fill(Number.NaN);
  const texts = new Map<string, number>();
  let present = 0;
  for (let row = 0; row < rows; row++) {
    const value = values[row];
    if (missing(value)) continue;
    present++;
    if (force) continue;
    const number = toNumber(value);
    if (number === undefined) texts.set(toName(value), (texts.get(toName(value)) ?? 0) + 1);
    else numbers[row] = number;
  }
  if (!force && texts.size === 0) {
    checkFinite(name, numbers);
    return { column: { name, kind: 'numeric', values: numbers }, notes: numericNotes(name, numbers, present) };
  }
  const textCells = [...texts.values()].reduce((sum, count) => sum + count, 0);
  const mixed = !force && textCells < present;
  if (mixed && [...texts.keys()].every((text) => usualMarkers.includes(text))) {
    const found = [...texts].map(([text, count]) => `"${text}" (${count} times)`).join(', ');
    const declaration = optionSetting('missing', [...texts.keys()]);
    throw new DataError(
      'not-a-number',
      `Cannot read input column "${name}": it holds numbers and the text ${found}; if that means a missing value, declare it: ${declaration}`,
      { column: name, row: firstText(values, missing) },
    );
  }
  const codes = new Int32Array(rows).fill(-1);
  const categories = sortNames(presentNames(values, missing));
  if (!force && categories.length > manyCategories && categories.length > manyDistinct * present) {
    const example = mixed ? [...texts.keys()][0] : categories[0];
    const advice = `leave it out (${optionSetting('ignore', [name])}) or, if these are categories, say so (${optionSetting('categorical', [name])})`;
    throw new DataError(
      'too-many-categories',
      `Cannot read input column "${name}": it holds text (such as "${example}" in row ${firstText(values, missing)}) with ${categories.length} distinct values in ${present} rows, which looks like names or free text${mixed ? ' or like numbers with stray text' : ''}; ${advice}`,
      { column: name, row: firstText(values, missing) },
    );
  }
  const code = new Map(categories.map((category, i) => [category, i]));
  for (let row = 0; row < rows; row++) if (!missing(values[row])) codes[row] = code.get(toName(values[row]))!;
  const notes: string[] = [];
  if (mixed) {
    const stray = [...texts.keys()].slice(0, 3).map((text) => `"${text}"`);
    notes.push(`Input column "${name}" holds numbers and text (${stray.join(', ')}): read as ${categories.length} categories`);
  }
  if (categories.length <= 1) notes.push(constantNote(name, categories[0]));
  return { column: { name, kind: 'categorical', codes, categories }, notes };
}

function presentNames(values: ArrayLike<unknown>, missing: (value: unknown) => boolean): Set<string> {
  const names = new Set<string>();
  for (let row = 0; row < values.length; row++) if (!missing(values[row])) names.add(toName(values[row]));
  return names;
}

function firstText(values: ArrayLike<unknown>, missing: (value: unknown) => boolean): number {
  for (let row = 0; row < values.length; row++) if (!missing(values[row]) && toNumber(values[row]) === undefined) return row;
  return 0;
}

/** @throws DataError when a value is infinite */
export function checkFinite(name: string, numbers: Float64Array): void {
  const row = numbers.findIndex((value) => value === Infinity || value === -Infinity);
  if (row >= 0) {
    throw new DataError(
      'not-finite',
      `Cannot read input column "${name}": row ${row} (counted from 0) holds ${numbers[row]}; expected finite numbers. Replace it, or clear the cell if the value is missing`,
      { column: name, row },
    );
  }
}

function constantNote(name: string, value: string | number | undefined): string {
  return value === undefined
    ? `Input column "${name}" holds no value at all: kept, but it tells nothing`
    : `Input column "${name}" is constant (${value} wherever it is known): kept, but it tells nothing`;
}

function numericNotes(name: string, numbers: Float64Array, present: number): string[] {
  if (present === 0) return [constantNote(name, undefined)];
  let [low, high] = [Infinity, -Infinity];
  for (const value of numbers) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) return [constantNote(name, low)];
  // A few rows may count up by chance.
  const counts = numbers.length >= 10 && numbers.every((value, row) => value === numbers[0]! + row);
  return counts
    ? [`Input column "${name}" counts the rows (${low} to ${high}): if it is an identifier, leave it out (ignore: ['${name}'])`]
    : [];
}
