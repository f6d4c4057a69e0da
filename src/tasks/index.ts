export type { Kind, KindFactory, KindInfo, KindMetric, TaskOptions } from './kind';
export * from './kinds';
export type { ClassWeights } from './label-options';
export { kinds } from './registry';
export type { FittedTarget, Labels, Task, TaskSpec } from './task';
