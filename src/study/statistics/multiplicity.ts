/** Positions of p values from the smallest to the largest; a missing one (NaN) counts as 1. */
function byP(p: readonly number[]): { order: number[]; value: (i: number) => number } {
  for (const one of p)
    if (one < 0 || one > 1) throw new RangeError(`p values must lie in [0, 1] or be NaN where no test was possible; got ${one}.`);
  const value = (i: number): number => (Number.isNaN(p[i]!) ? 1 : p[i]!);
  return { order: p.map((_, i) => i).sort((a, b) => value(a) - value(b)), value };
}

/**
 * p values corrected by Holm (1979): rejecting those up to alpha keeps the chance of any false rejection in the family at alpha or below,
 * whatever their dependence. A NaN (no test was possible) stays NaN but counts as a member of the family.
 * @param p p values of one family
 * @returns corrected p values, in the given order
 * @throws RangeError when a p value is outside [0, 1]
 */
export function holm(p: readonly number[]): number[] {
  const { order, value } = byP(p);
  const corrected = p.map(() => Number.NaN);
  let highest = 0;
  order.forEach((i, step) => {
    highest = Math.max(highest, Math.min(1, (p.length - step) * value(i)));
    if (!Number.isNaN(p[i]!)) corrected[i] = highest;
  });
  return corrected;
}

/**
 * p values corrected by Benjamini and Hochberg (1995): rejecting those up to alpha keeps the expected share of false ones among the
 * rejections at alpha or below, for independent or positively dependent tests. A NaN stays NaN but counts as a member of the family.
 * @param p p values of one family
 * @returns corrected p values, in the given order
 * @throws RangeError when a p value is outside [0, 1]
 */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const { order, value } = byP(p);
  const corrected = p.map(() => Number.NaN);
  let lowest = 1;
  for (let step = p.length - 1; step >= 0; step--) {
    const i = order[step]!;
    lowest = Math.min(lowest, (p.length / (step + 1)) * value(i));
    if (!Number.isNaN(p[i]!)) corrected[i] = lowest;
  }
  return corrected;
}
