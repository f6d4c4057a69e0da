/**
 * Adjusted Rand index of two groupings (Hubert and Arabie 1985): 1 = the same groups whatever their names, 0 = agreement by chance.
 * @param a group of each item, any labels
 * @param b group of each item in the other grouping, as many
 * @returns 1 for two groupings that are both all in one or all apart, where chance leaves no room
 * @throws TypeError when the lengths differ or are zero
 */
export function adjustedRandIndex(a: ArrayLike<string | number>, b: ArrayLike<string | number>): number {
  if (a.length !== b.length || a.length === 0) {
    throw new TypeError(`adjustedRandIndex: expected two groupings of the same items, got ${a.length} and ${b.length} items.`);
  }
  const [rows, columns, cells] = [new Map<unknown, number>(), new Map<unknown, number>(), new Map<string, number>()];
  const count = <K>(map: Map<K, number>, key: K): void => {
    map.set(key, (map.get(key) ?? 0) + 1);
  };
  for (let i = 0; i < a.length; i++) {
    count(rows, a[i]);
    count(columns, b[i]);
    count(cells, JSON.stringify([a[i], b[i]]));
  }
  const pairs = (counts: Iterable<number>): number => [...counts].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
  const [inA, inB, inBoth, all] = [pairs(rows.values()), pairs(columns.values()), pairs(cells.values()), (a.length * (a.length - 1)) / 2];
  const expected = all === 0 ? 0 : (inA * inB) / all;
  const most = (inA + inB) / 2;
  return most === expected ? 1 : (inBoth - expected) / (most - expected);
}
