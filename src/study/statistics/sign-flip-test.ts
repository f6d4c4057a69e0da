import { checkInteger, withDefaults } from '../../options/check';
import { random } from '../../random/random';
import { finiteValues } from './paired-differences';

/** Options of `signFlipTest`. */
export interface SignFlipOptions {
  /** Random sign patterns where there are too many to try all. @default 9999 */
  readonly permutations?: number;
  /** Seed of the random patterns. @default 0 */
  readonly seed?: number;
}

/** Result of the sign-flip test. */
export interface SignFlip {
  /** Finite differences. */
  readonly n: number;
  /** Differences that were not finite. */
  readonly dropped: number;
  /** Two-sided p value; NaN without differences. It cannot fall below 2^(1 - n): 5 seeds never reach 0.05. */
  readonly p: number;
  readonly method: 'exact' | 'Monte Carlo';
}

const EXACT_UP_TO = 16;

/**
 * Permutation test of paired differences by flipping signs, on the absolute mean (Fisher 1935): all 2^n patterns up to 16 differences,
 * else random ones, the observed pattern counted in. It takes the seeds as independent.
 * @param differences `[seeds]`, NaN where a seed has none (dropped)
 * @param options number and seed of the random patterns
 * @throws TypeError for an unknown option
 * @throws RangeError when an option is out of range
 */
export function signFlipTest(differences: ArrayLike<number>, options: SignFlipOptions = {}): SignFlip {
  const who = 'signFlipTest';
  const { permutations, seed } = withDefaults<Required<SignFlipOptions>>(who, options, { permutations: 9999, seed: 0 });
  checkInteger(who, 'permutations', permutations, 1);
  const values = finiteValues(differences);
  const n = values.length;
  const about = { n, dropped: differences.length - n };
  if (n === 0) return { ...about, p: Number.NaN, method: 'exact' };
  const scale = values.reduce((sum, value) => sum + Math.abs(value), 0);
  // Sums that are equal but for rounding count as equal.
  const observed = Math.abs(values.reduce((sum, value) => sum + value, 0)) - 1e-12 * scale;
  if (n <= EXACT_UP_TO) {
    let extreme = 0;
    for (let pattern = 0; pattern < 2 ** n; pattern++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (pattern >> i) & 1 ? -values[i]! : values[i]!;
      if (Math.abs(sum) >= observed) extreme++;
    }
    return { ...about, p: extreme / 2 ** n, method: 'exact' };
  }
  const draws = random(seed, 'sign flips');
  let extreme = 1;
  for (let k = 0; k < permutations; k++) {
    let sum = 0;
    let bits = 0;
    for (let i = 0; i < n; i++) {
      if (i % 32 === 0) bits = draws.uint32();
      sum += (bits >>> (i % 32)) & 1 ? -values[i]! : values[i]!;
    }
    if (Math.abs(sum) >= observed) extreme++;
  }
  return { ...about, p: extreme / (permutations + 1), method: 'Monte Carlo' };
}
