/** The first of the values that was there before; undefined where all are different. */
export function firstRepeated<T extends string | number>(values: readonly T[]): T | undefined {
  const seen = new Set<T>();
  return values.find((value) => seen.size === seen.add(value).size);
}
