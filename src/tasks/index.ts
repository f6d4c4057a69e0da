export { type BinaryOptions, binary } from './binary';
export type { ClassWeights } from './label-options';
export { type MulticlassOptions, multiclass } from './multiclass';
export { type RegressionOptions, regression } from './regression';
export { type TaggingOptions, tagging } from './tagging';
export type { Task, TaskKind, TaskSpec } from './task';
