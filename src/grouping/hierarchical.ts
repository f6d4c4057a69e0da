/** How the distance between two clusters follows from the distances of their members. */
export type Linkage = 'average' | 'complete' | 'single';

/** One step of a hierarchical clustering. Items are 0 to n - 1; the cluster made by merge m is n + m, as in SciPy. */
export interface Merge {
  readonly left: number;
  readonly right: number;
  /** Distance at which the two were joined. */
  readonly height: number;
  /** Items in the new cluster. */
  readonly size: number;
}

/**
 * Agglomerative clustering by the Lance-Williams update (1967).
 * @param distances `[n * n]`, symmetric
 * @returns n - 1 merges in order of height
 */
export function hierarchical(distances: Float64Array, n: number, linkage: Linkage): Merge[] {
  const d = Float64Array.from(distances);
  const id = Int32Array.from({ length: n }, (_, i) => i);
  const size = new Int32Array(n).fill(1);
  const live = Array.from({ length: n }, (_, i) => i);
  const merges: Merge[] = [];
  while (live.length > 1) {
    let [p, q, least] = [0, 1, Number.POSITIVE_INFINITY];
    for (let x = 0; x < live.length; x++) {
      for (let y = x + 1; y < live.length; y++) {
        const v = d[live[x]! * n + live[y]!]!;
        if (v < least) [p, q, least] = [x, y, v];
      }
    }
    const [i, j] = [live[p]!, live[q]!];
    const [si, sj] = [size[i]!, size[j]!];
    for (const k of live) {
      if (k === i || k === j) continue;
      const [a, b] = [d[i * n + k]!, d[j * n + k]!];
      const v = linkage === 'average' ? (si * a + sj * b) / (si + sj) : linkage === 'complete' ? Math.max(a, b) : Math.min(a, b);
      d[i * n + k] = v;
      d[k * n + i] = v;
    }
    merges.push({ left: Math.min(id[i]!, id[j]!), right: Math.max(id[i]!, id[j]!), height: least, size: si + sj });
    id[i] = n + merges.length - 1;
    size[i] = si + sj;
    live.splice(q, 1);
  }
  return merges;
}

/**
 * The k clusters left when a hierarchical clustering is stopped n - k merges in.
 * @returns cluster of each item, numbered from 0 by first member
 */
export function cutTree(merges: readonly Merge[], n: number, k: number): Int32Array {
  const parent = Int32Array.from({ length: 2 * n - 1 }, (_, i) => i);
  for (let m = 0; m < n - k; m++) {
    parent[merges[m]!.left] = n + m;
    parent[merges[m]!.right] = n + m;
  }
  const root = (i: number): number => {
    let r = i;
    while (parent[r] !== r) r = parent[r]!;
    return r;
  };
  return numberByFirst(Array.from({ length: n }, (_, i) => root(i)));
}

/** Renumbers group labels 0, 1, ... in order of first appearance. */
export function numberByFirst(labels: ArrayLike<number>): Int32Array {
  const seen = new Map<number, number>();
  return Int32Array.from(labels, (label) => {
    if (!seen.has(label)) seen.set(label, seen.size);
    return seen.get(label)!;
  });
}
