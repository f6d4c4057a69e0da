import type { ComparisonData } from './comparison-data';

/** Comparisons of several data sets: a list, or by the names of the data sets. */
export type Comparisons = readonly { readonly data: ComparisonData }[] | Readonly<Record<string, { readonly data: ComparisonData }>>;

/** A comparison with the name of its data set. */
export type Entry = readonly [name: string, data: ComparisonData];

/**
 * The comparisons with their names.
 * @throws RangeError where there is none
 */
export function entriesOf(who: string, comparisons: Comparisons): Entry[] {
  const isList = Array.isArray(comparisons);
  const entries = Object.entries(comparisons as Readonly<Record<string, { readonly data: ComparisonData }>>).map(
    ([name, one]): Entry => [isList ? `comparison ${Number(name) + 1}` : name, one.data],
  );
  if (entries.length === 0) throw new RangeError(`${who}: at least one comparison is needed, got none`);
  return entries;
}

/**
 * The names of the methods that all comparisons have, in the order of the first one.
 * @throws RangeError where they are fewer than two
 */
export function commonMethods(who: string, entries: readonly Entry[]): string[] {
  const methods = entries[0]![1].methods
    .map(({ name }) => name)
    .filter((name) => entries.every(([, data]) => data.methods.some((method) => method.name === name)));
  if (methods.length >= 2) return methods;
  const names = entries.map(([name, data]) => `${name}: ${data.methods.map((method) => method.name).join(', ')}`);
  throw new RangeError(
    `${who}: at least 2 methods must be common to all comparisons, got ${methods.length}; give methods the same names (${names.join('; ')})`,
  );
}
