import { checkNumber, withDefaults } from '../../options/check';
import { type CorrectedT, correctedTTest } from './corrected-t-test';
import { equivalenceTest } from './equivalence-test';
import { renamed } from './renamed';

/** Options of `pairedComparison`. */
export interface PairedComparisonOptions {
  /**
   * Correlation between the differences of two seeds, in [0, 1): `resamplingCorrelation(train, test)` where seeds draw new splits of the same
   * rows; 0 where they share no data, or where one fixed split is meant and nothing is said beyond it. Required: too small a value makes
   * chance look like an effect.
   */
  readonly rho: number;
  /** The smallest difference that matters, in units of the metric; 0 where none is stated, and then "no difference" cannot be shown. @default 0 */
  readonly margin?: number;
  /** Level of the interval, in (0, 1). @default 0.95 */
  readonly level?: number;
}

/** One method against the baseline on one task, before any correction for other comparisons. */
export interface PairedComparison extends CorrectedT {
  readonly rho: number;
  readonly margin: number;
  readonly level: number;
  /** p value of the equivalence test within the margin; NaN where none is stated or no test is possible. */
  readonly equivalenceP: number;
}

/**
 * Compares a method with the baseline by their paired differences: corrected t interval and test, and equivalence test. Judge the result
 * within its family by `decide`.
 * @param differences `[seeds]`, positive is better, NaN where a seed has none (dropped and counted), as `pairedDifferences` gives
 * @param options correlation, margin and level
 * @throws TypeError for an unknown option
 * @throws RangeError when an option is missing or out of range
 */
export function pairedComparison(differences: ArrayLike<number>, options: PairedComparisonOptions): PairedComparison {
  const who = 'pairedComparison';
  const { rho, margin, level } = withDefaults<Required<PairedComparisonOptions>>(who, renamed(who, options), {
    rho: Number.NaN,
    margin: 0,
    level: 0.95,
  });
  checkNumber(who, 'rho', rho, 0, 1, true);
  checkNumber(who, 'margin', margin, 0);
  const test = correctedTTest(differences, { rho, level });
  const equivalenceP = margin > 0 ? equivalenceTest(differences, { margin, rho }).p : Number.NaN;
  return { ...test, rho, margin, level, equivalenceP };
}
