// A weighting that needs the gradients: it is in both registries.
export { excessmtl } from '../aggregators/excessmtl';
export { type ChebyshevOptions, chebyshev } from './chebyshev';
export { type CosmosOptions, cosmos } from './cosmos';
export { type DwaOptions, dwa } from './dwa';
export { type EqualOptions, equal } from './equal';
export { type FamoOptions, famo } from './famo';
export { type FixedOptions, fixed } from './fixed';
export { type GlsOptions, gls } from './gls';
export { type GradnormOptions, gradnorm } from './gradnorm';
export { type ImtllOptions, imtll } from './imtll';
export { type PbiOptions, pbi } from './pbi';
export { type RlwOptions, rlw } from './rlw';
export { type ScaleInvariantOptions, scaleInvariant } from './scale-invariant';
export { type StchOptions, stch } from './stch';
export { type UncertaintyOptions, uncertainty } from './uncertainty';
