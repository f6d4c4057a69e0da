/** Primitive polynomials (degree, coefficients) and initial direction numbers of dimensions 2 to 10 (Joe and Kuo 2008, new-joe-kuo-6). */
const directions: readonly (readonly [degree: number, coefficients: number, initial: readonly number[]])[] = [
  [1, 0, [1]],
  [2, 1, [1, 3]],
  [3, 1, [1, 3, 1]],
  [3, 2, [1, 1, 1]],
  [4, 1, [1, 1, 3, 3]],
  [4, 4, [1, 3, 5, 13]],
  [5, 2, [1, 1, 5, 5, 17]],
  [5, 4, [1, 1, 5, 5, 5]],
  [5, 7, [1, 1, 7, 11, 19]],
];

/** Most dimensions of `sobolPoint`. */
export const sobolDimensions: number = directions.length + 1;

/** Direction numbers of a dimension, as 32-bit fractions. */
function directionNumbers(dimension: number): Uint32Array {
  const v = new Uint32Array(32);
  if (dimension === 0) {
    for (let bit = 0; bit < 32; bit++) v[bit] = 2 ** (31 - bit);
    return v;
  }
  const [degree, coefficients, initial] = directions[dimension - 1]!;
  for (let bit = 0; bit < 32; bit++) {
    if (bit < degree) {
      v[bit] = initial[bit]! * 2 ** (31 - bit);
      continue;
    }
    let value = v[bit - degree]! ^ (v[bit - degree]! >>> degree);
    for (let k = 1; k < degree; k++) if ((coefficients >>> (degree - 1 - k)) & 1) value ^= v[bit - k]!;
    v[bit] = value;
  }
  return v;
}

/**
 * A point of the Sobol sequence (Sobol 1967; direction numbers of Joe and Kuo 2008, Gray-code order, not scrambled).
 * @param index from 0, the origin
 * @param dimensions at most `sobolDimensions`
 * @returns `[dimensions]` in [0, 1)
 */
export function sobolPoint(index: number, dimensions: number): number[] {
  const gray = index ^ (index >>> 1);
  return Array.from({ length: dimensions }, (_, d) => {
    const v = directionNumbers(d);
    let value = 0;
    for (let bit = 0; bit < 32; bit++) if ((gray >>> bit) & 1) value ^= v[bit]!;
    return (value >>> 0) / 2 ** 32;
  });
}
