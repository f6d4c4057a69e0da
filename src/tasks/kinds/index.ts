export { type BinaryOptions, binary } from './binary';
export { type CountOptions, count } from './count';
export { type MulticlassOptions, multiclass } from './multiclass';
export { type OrdinalOptions, ordinal } from './ordinal';
export { type ProportionOptions, proportion } from './proportion';
export { type RegressionOptions, regression } from './regression';
export { type TaggingOptions, tagging } from './tagging';
