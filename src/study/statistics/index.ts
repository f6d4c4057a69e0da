export { type BayesianOptions, type BayesianPosterior, bayesianCorrelatedTTest } from './bayesian-correlated-t-test';
export { type BootstrapOptions, bootstrapInterval, bootstrapRows, type Interval } from './bootstrap';
export { type CorrectedT, type CorrectedTOptions, correctedTTest, resamplingCorrelation } from './corrected-t-test';
export {
  type DecideOptions,
  type Decision,
  type Direction,
  decide,
  type FamilyMember,
  type Size,
  type Verdict,
  type VerdictOptions,
  verdict,
} from './decide';
export { type DeltaMInterval, type DeltaMIntervalOptions, deltaMInterval } from './delta-m-interval';
export { type Equivalence, type EquivalenceOptions, equivalenceTest } from './equivalence-test';
export { type Friedman, friedman } from './friedman';
export {
  type Believed,
  type HierarchicalGains,
  type HierarchicalOptions,
  hierarchicalGains,
  type TaskEstimate,
} from './hierarchical';
export { hypervolume } from './hypervolume';
export { mean, quantile, standardDeviation } from './moments';
export { benjaminiHochberg, holm } from './multiplicity';
export { criticalDifference, type Nemenyi, nemenyi } from './nemenyi';
export { type PairedComparison, type PairedComparisonOptions, pairedComparison } from './paired-comparison';
export { pairedDifferences } from './paired-differences';
export { type Credible, type PopulationGain, type PopulationOptions, populationGain } from './population-gain';
export { ranks } from './ranks';
export { correlationOfRatio, type Resampling, resamplingRatio, rowVariance, type SeedContributions } from './row-variance';
export { correctedTPower, type PowerOptions, type SeedsNeededOptions, seedsNeeded } from './sample-size';
export { type SignFlip, type SignFlipOptions, signFlipTest } from './sign-flip-test';
export { type Wilcoxon, type WilcoxonOptions, wilcoxonSignedRank } from './wilcoxon';
