import type { Random } from '../../random/random';

/** `count` orthonormal random vectors of `size` values (Gram-Schmidt on normal draws); count may not be above size. */
export function orthonormal(count: number, size: number, draw: Random): number[][] {
  const out: number[][] = [];
  while (out.length < count) {
    const v = Array.from({ length: size }, () => draw.normal());
    // Twice, so that rounding of the first pass is removed too.
    for (const u of [...out, ...out]) {
      const dot = u.reduce((sum, x, i) => sum + x * v[i]!, 0);
      for (let i = 0; i < size; i++) v[i]! -= dot * u[i]!;
    }
    const norm = Math.hypot(...v);
    if (norm > 1e-8) out.push(v.map((x) => x / norm));
  }
  return out;
}

export function inner(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}
