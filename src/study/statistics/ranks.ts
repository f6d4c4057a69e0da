export { ranks } from '../../numeric/ranks';

/** How many values share each rank. */
export function tieSizes(ranked: ArrayLike<number>): number[] {
  const sizes = new Map<number, number>();
  for (let i = 0; i < ranked.length; i++) sizes.set(ranked[i]!, (sizes.get(ranked[i]!) ?? 0) + 1);
  return [...sizes.values()];
}
