export { type BackendKind, loadBackend } from './backend/backend';
export * from './balancing';
export * from './data';
export * as metrics from './metrics';
export { hardSharing } from './models/hard-sharing';
export type { Balancing, Method, UpdateOptions } from './models/method';
export { type MlpOptions, mlp } from './models/mlp';
export type {
  Architecture,
  Encoder as NetworkEncoder,
  ForwardContext,
  InputShape,
  Layer,
  Network,
  Parameter,
  Problem,
  Values,
} from './models/network';
export { singleTask } from './models/single-task';
export type { ShowOptions } from './notebook/mime';
export { type LiveDisplay, show, showLive } from './notebook/show';
export { compare, fit } from './notebook/with-progress';
export * as plots from './plots';
export type { CompareOptions } from './study/compare';
export { type Comparison, type ComparisonPlots, fromJSON, type Verdict } from './study/comparison';
export type { ComparisonData, MethodRecord, RunRecord, TaskRecord, Versions } from './study/comparison-data';
export type { DesignOptions, FoldsDesign, Vary } from './study/observations';
export { type Ranks, type RanksOptions, ranksOver } from './study/ranks-over';
export type { ReportOptions } from './study/report';
export * as statistics from './study/statistics';
export * from './tasks';
export { load } from './training/checkpoint';
export type { FitOptions } from './training/fit';
export type { Model, ModelHistory } from './training/model';
export { type AdamOptions, adam, adamw, type Optimizer, type SgdOptions, sgd } from './training/optimizer';
export type { ProgressCurve, ProgressEvent } from './training/progress';
export type { TrainingSettings } from './training/settings';
