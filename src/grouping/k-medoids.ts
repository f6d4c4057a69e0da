import { numberByFirst } from './hierarchical';

/** For every item, its nearest and second-nearest medoid distances and which medoid is nearest. */
function assign(d: Float64Array, n: number, medoids: readonly number[]): { near: Int32Array; first: Float64Array; second: Float64Array } {
  const near = new Int32Array(n);
  const first = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const second = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  for (let o = 0; o < n; o++) {
    medoids.forEach((m, at) => {
      const v = d[o * n + m]!;
      if (v < first[o]!) {
        second[o] = first[o]!;
        first[o] = v;
        near[o] = at;
      } else if (v < second[o]!) second[o] = v;
    });
  }
  return { near, first, second };
}

/** Greedy start (BUILD): each new medoid lowers the total distance most. */
function build(d: Float64Array, n: number, k: number): number[] {
  const medoids: number[] = [];
  const first = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  while (medoids.length < k) {
    let [best, least] = [-1, Number.POSITIVE_INFINITY];
    for (let c = 0; c < n; c++) {
      if (medoids.includes(c)) continue;
      let total = 0;
      for (let o = 0; o < n; o++) total += Math.min(first[o]!, d[o * n + c]!);
      if (total < least) [best, least] = [c, total];
    }
    medoids.push(best);
    for (let o = 0; o < n; o++) first[o] = Math.min(first[o]!, d[o * n + best]!);
  }
  return medoids;
}

/**
 * Partitioning around medoids (Kaufman and Rousseeuw 1990): BUILD, then the best swap of a medoid until none helps, with the change of
 * all k swaps of a candidate found in one pass (Schubert and Rousseeuw 2019, 1810.05691). Deterministic.
 * @param distances `[n * n]`, symmetric
 * @returns cluster of each item, numbered from 0 by first member
 */
export function kMedoids(distances: Float64Array, n: number, k: number): Int32Array {
  // With one medoid there is no second-nearest, and only one clustering.
  if (k === 1) return new Int32Array(n);
  const d = distances;
  const medoids = build(d, n, k);
  let state = assign(d, n, medoids);
  // A swap must gain more than rounding, or two equal solutions would be exchanged for ever.
  const tolerance = 1e-12 * d.reduce((a, b) => Math.max(a, b), 0) * n;
  for (;;) {
    const { near, first, second } = state;
    let [gain, out, into] = [-tolerance, -1, -1];
    const removal = new Float64Array(k);
    for (let o = 0; o < n; o++) removal[near[o]!]! += second[o]! - first[o]!;
    for (let c = 0; c < n; c++) {
      if (medoids.includes(c)) continue;
      const change = Float64Array.from(removal);
      let shared = 0;
      for (let o = 0; o < n; o++) {
        const v = d[o * n + c]!;
        if (v < first[o]!) {
          shared += v - first[o]!;
          change[near[o]!]! += first[o]! - second[o]!;
        } else if (v < second[o]!) change[near[o]!]! += v - second[o]!;
      }
      for (let m = 0; m < k; m++) if (shared + change[m]! < gain) [gain, out, into] = [shared + change[m]!, m, c];
    }
    if (out < 0) return numberByFirst(near);
    medoids[out] = into;
    state = assign(d, n, medoids);
  }
}
