export { type ClusteredTasksOptions, type ClusteredTruth, clusteredTasks } from './clustered-tasks';
export { type ConflictingTasksOptions, type ConflictingTruth, conflictingTasks } from './conflicting-tasks';
export { noiseTask } from './noise-task';
export { type RelatedTasksOptions, type RelatedTruth, relatedTasks } from './related-tasks';
export { fewLabels, type MissingMechanism, type RemovedTruth, type RemoveLabelsOptions, removeLabels } from './remove-labels';
export { type SharedSparseFeaturesOptions, type SharedSparseTruth, sharedSparseFeatures } from './shared-sparse-features';
export type { Simulation } from './simulation';
