export { type BackendKind, loadBackend } from './backend/backend';
export * from './balancing';
export * from './data';
export type { Encoder } from './data/encoder';
export * as simulators from './data/simulators';
export * from './grouping';
export * as linear from './linear';
export * from './models';
export type { Method } from './models/method';
export type { Encoder as NetworkEncoder } from './models/network';
export type { ShowOptions } from './notebook/mime';
export { type LiveDisplay, show, showLive } from './notebook/show';
export {
  auxiliaryWeights,
  compare,
  discover,
  fit,
  groupTasks,
  lastResult,
  learningCurves,
  leaveOneTaskOut,
  noiseTaskTest,
  paretoFront,
  taskAffinity,
} from './notebook/with-progress';
export type { OptionInfo } from './options/spec';
export * as plots from './plots';
export type { AverageVerdict, ProperGain } from './study/answers';
export type { AuxiliaryWeights, AuxiliaryWeightsOptions, Remedy } from './study/auxiliary-weights';
export type { TuneOptions } from './study/candidates';
export type { CompareOptions } from './study/compare';
export { type Comparison, type ComparisonPlots, fromJSON, type Verdict } from './study/comparison';
export type { ComparisonData, MethodRecord, RunRecord, TaskRecord, TuningChoice, TuningRecord, Versions } from './study/comparison-data';
export { type Efficiency, type EfficiencyRow, efficiency } from './study/efficiency';
export type { LearningCurves, LearningCurvesOptions } from './study/learning-curves';
export { type Baselines, baselines, type MethodSearch, type ScalarisationOptions, scalarisation } from './study/method-search';
export type { NoiseEffect, NoiseTaskOptions, NoiseTaskResult } from './study/noise-task-test';
export type { DesignOptions, FoldsDesign, Vary } from './study/observations';
export type { ParetoFront, ParetoFrontOptions, ParetoPoint } from './study/pareto-front';
export { type Ranks, type RanksOptions, ranksOver } from './study/ranks-over';
export { type PlanRisk, type Recommendation, recommend, type TaskAdvice } from './study/recommend';
export { type GapRow, type Regularisation, regularisation } from './study/regularisation';
export type { ReportOptions } from './study/report';
export type { StudyOptions } from './study/run-study';
export * as statistics from './study/statistics';
export type { Influence, TaskInfluence, TaskInfluenceOptions } from './study/task-influence';
export * from './tasks';
export * as metrics from './tasks/metrics';
export { load } from './training/checkpoint';
export type { FitOptions } from './training/fit';
export type { Start } from './training/initial-values';
export type { Model, ModelHistory } from './training/model';
export { type AdamOptions, adam, adamw, type Optimizer, type SgdOptions, sgd } from './training/optimizer';
export type { ProgressCurve, ProgressEvent } from './training/progress';
export type { TrainingSettings } from './training/settings';
export type { TaskSampling, TaskSamplingOptions, TaskShares } from './training/task-sampling';
