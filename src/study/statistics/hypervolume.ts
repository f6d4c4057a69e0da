import type { Better } from '../../metrics/delta-m';

/** Area between a front of points (to be minimized) and the origin of negative coordinates: points are relative to the reference, all below 0. */
function area(points: readonly (readonly number[])[]): number {
  const sorted = [...points].sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
  let total = 0;
  let height = 0;
  for (const [x, y] of sorted) {
    if (y! >= height) continue;
    total += -x! * (height - y!);
    height = y!;
  }
  return total;
}

/**
 * Hypervolume (Zitzler and Thiele 1999): the volume that a set of points dominates, up to a reference point; exact for one to three
 * objectives. Points that do not beat the reference in every objective add nothing.
 * @param points `[points][objectives]`, finite
 * @param reference `[objectives]`, the worst value of each objective that still counts
 * @param better whether lower or higher objectives are better. Default `'lower'`
 * @throws TypeError when a point and the reference have unequal numbers of objectives
 * @throws RangeError for more than three objectives
 */
export function hypervolume(points: readonly (readonly number[])[], reference: readonly number[], better: Better = 'lower'): number {
  const objectives = reference.length;
  if (objectives < 1 || objectives > 3)
    throw new RangeError(`hypervolume: 1 to 3 objectives are supported, the reference has ${objectives}; choose three or take pairs.`);
  const sign = better === 'lower' ? 1 : -1;
  const relative = points.map((point, i) => {
    if (point.length !== objectives)
      throw new TypeError(`hypervolume: point ${i} has ${point.length} objectives, the reference has ${objectives}.`);
    return point.map((value, o) => sign * (value - reference[o]!));
  });
  const inside = relative.filter((point) => point.every((value) => value < 0));
  if (objectives === 1) return inside.reduce((most, [x]) => Math.max(most, -x!), 0);
  if (objectives === 2) return area(inside);
  // Slabs between neighboring values of the third objective, each with the area of the points at or below it.
  const sorted = inside.sort((a, b) => a[2]! - b[2]!);
  return sorted.reduce((total, point, i) => {
    const depth = (sorted[i + 1]?.[2] ?? 0) - point[2]!;
    return depth === 0 ? total : total + depth * area(sorted.slice(0, i + 1));
  }, 0);
}
