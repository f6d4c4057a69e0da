import { checkInteger, withDefaults } from '../options/check';
import type { Penalty } from './penalty';
import { mapSingularValues, singularValues } from './singular-values';

/** Options of `clustered`. */
export interface ClusteredOptions {
  /** Number of groups the tasks' weights are drawn toward. @default 3 */
  readonly groups?: number;
  /** Share of plain ridge beside the spread within groups; positive. @default 0.1 */
  readonly eta?: number;
}

/**
 * Shares 0 <= m <= 1 with sum k (or all 1 where there are no more than k) that minimize sum values^2 / (c + m):
 * m = clip(values / root - c), with the root found by bisection.
 */
function shares(values: Float64Array, c: number, k: number): Float64Array {
  if (values.length <= k) return new Float64Array(values.length).fill(1);
  const at = (root: number): Float64Array => values.map((v) => Math.min(1, Math.max(0, v / root - c)));
  const sum = (m: Float64Array): number => m.reduce((a, b) => a + b, 0);
  // Fewer than k values that are not zero: those have share 1 and the rest of k is of no consequence.
  const positive = values.filter((v) => v > 0);
  if (positive.length <= k) return values.map((v) => (v > 0 ? 1 : 0));
  let [low, high] = [positive.reduce((a, b) => Math.min(a, b)) / (c + 1), values[0]! / c];
  for (let i = 0; i < 200 && high - low > 1e-16 * high; i++) {
    const middle = (low + high) / 2;
    if (sum(at(middle)) > k) low = middle;
    else high = middle;
  }
  return at((low + high) / 2);
}

function check(who: string, options: ClusteredOptions | undefined): Required<ClusteredOptions> {
  const full = withDefaults<Required<ClusteredOptions>>(who, options, { groups: 3, eta: 0.1 });
  checkInteger(who, 'groups', full.groups, 1);
  if (!(full.eta > 0) || !Number.isFinite(full.eta)) throw new RangeError(`${who}: eta must be a positive number, got ${full.eta}.`);
  return full;
}

/**
 * Clustered multi-task learning, convex (Jacob, Bach and Vert 2008, 0809.2085; in the form of Zhou, Chen and Ye 2011):
 * half of eta (1 + eta) tr(W' (eta I + M)^-1 W), least over 0 <= M <= I with trace `groups`. For M the projection onto a true grouping
 * this is half of (squared distances to the groups' mean weights + eta |W|^2).
 * It depends on W by its singular values only (the cluster norm of McDonald, Pontil and Stamos 2014, 1403.1481), so we take its exact
 * proximal map where the authors alternate between W and M.
 */
export function clustered(options?: ClusteredOptions): Penalty {
  const { groups, eta } = check('clustered', options);
  const factor = eta * (1 + eta);
  const spectral = (values: Float64Array): number => {
    const m = shares(values, eta, groups);
    return (factor / 2) * values.reduce((sum, v, i) => sum + (v * v) / (eta + m[i]!), 0);
  };
  return {
    name: 'clustered',
    value: (w, tasks, features) => spectral(singularValues(w, tasks, features).values),
    prox(w, tasks, features, step) {
      // With M fixed, v becomes v (eta + m) / (eta + m + s), at a cost of s v^2 / (eta + m + s): the same problem in m with eta + s.
      const s = step * factor;
      return spectral(
        mapSingularValues(w, tasks, features, (values) => {
          const m = shares(values, eta + s, groups);
          return values.map((v, i) => (v * (eta + m[i]!)) / (eta + m[i]! + s));
        }),
      );
    },
  };
}

/**
 * The matrix M of the clustered penalty at given weights: its entries say how far two tasks are taken for one group.
 * @param weights `[tasks, features]`
 * @returns `[tasks, tasks]`, symmetric, eigenvalues in [0, 1]
 */
export function clusterRelation(weights: readonly ArrayLike<number>[], options?: ClusteredOptions): number[][] {
  const { groups, eta } = check('clusterRelation', options);
  const [tasks, features] = [weights.length, weights[0]?.length ?? 0];
  const w = Float64Array.from(weights.flatMap((row) => Array.from(row)));
  const { values, vectors, left } = singularValues(w, tasks, features);
  const m = shares(values, eta, groups);
  // Singular vectors of the task side: as they are, or W v / value.
  const side = (t: number, k: number): number => {
    if (left) return vectors.get(t, k);
    let sum = 0;
    for (let f = 0; f < features; f++) sum += w[t * features + f]! * vectors.get(f, k);
    return values[k]! > 1e-8 * values[0]! ? sum / values[k]! : 0;
  };
  const u = Array.from({ length: tasks }, (_, t) => Array.from(values, (_, k) => side(t, k)));
  return u.map((a) => u.map((b) => a.reduce((sum, v, k) => sum + m[k]! * v * b[k]!, 0)));
}
