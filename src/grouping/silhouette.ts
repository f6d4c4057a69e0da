/**
 * Silhouette of each item (Rousseeuw 1987): (b - a) / max(a, b), with a the mean distance to its own cluster and b to the nearest other
 * one; 0 for an item alone, and for all where there is one cluster.
 * @param distances `[n * n]`, symmetric
 * @param labels cluster of each item, numbered from 0
 * @returns `[n]`, each in [-1, 1]
 */
export function silhouettes(distances: Float64Array, labels: Int32Array): Float64Array {
  const n = labels.length;
  const clusters = labels.reduce((a, b) => Math.max(a, b), -1) + 1;
  const size = new Int32Array(clusters);
  for (const label of labels) size[label]!++;
  const sums = new Float64Array(clusters);
  return Float64Array.from(labels, (own, i) => {
    if (size[own] === 1 || clusters < 2) return 0;
    sums.fill(0);
    for (let j = 0; j < n; j++) sums[labels[j]!]! += distances[i * n + j]!;
    let near = Number.POSITIVE_INFINITY;
    for (let c = 0; c < clusters; c++) if (c !== own) near = Math.min(near, sums[c]! / size[c]!);
    const inside = (sums[own]! - distances[i * n + i]!) / (size[own]! - 1);
    const larger = Math.max(inside, near);
    return larger > 0 ? (near - inside) / larger : 0;
  });
}

/** Mean silhouette of a clustering. */
export function meanSilhouette(distances: Float64Array, labels: Int32Array): number {
  return silhouettes(distances, labels).reduce((a, b) => a + b, 0) / labels.length;
}
