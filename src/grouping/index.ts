export { adjustedRandIndex } from './adjusted-rand';
export {
  type Affinity,
  type AffinityKind,
  checkAffinity,
  gradientCosineAffinity,
  type LeaveOneOutErrors,
  type LookaheadLosses,
  leaveOneOutAffinity,
  type PairwiseErrors,
  pairwiseAffinity,
  type RunOptions,
  symmetrize,
  tagAffinity,
  weightCosineAffinity,
} from './affinity';
export {
  type ClusterMethod,
  type ClusterOptions,
  clusterTasks,
  type GroupCount,
  type GroupCountRule,
  type TaskClustering,
} from './cluster';
export { type DiscoverOptions, type Discovery, discover } from './discover';
export { type GroupScores, type MeasuredGroup, measuredScores, pairwiseScores } from './group-scores';
export { type GroupTasksOptions, groupTasks, type TaskGrouping } from './group-tasks';
export type { Linkage, Merge } from './hierarchical';
export { type GroupPlan, type PlanOptions, type PlanSearch, planGroups } from './plan';
export { linearCka, type Representation, type RepresentationMeasure, representationAffinity, rsa } from './representation';
export {
  allAlone,
  allTogether,
  checkPlan,
  type GroupInput,
  parsePlan,
  type SharingGroup,
  type SharingPlan,
  sharingPlan,
} from './sharing-plan';
export { type LabelMeasure, type LabelSimilarityOptions, labelSimilarity } from './similarity';
export { type AffinityMeasure, type TaskAffinityOptions, taskAffinity } from './task-affinity';
