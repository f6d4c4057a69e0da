export { type BackendKind, loadBackend } from '../backend/backend';
export * from './architectures';
export type { ArchitectureFactory, ArchitectureInfo } from './define-architecture';
export { type EncoderFunctions, encoder, type OwnParameter } from './encoder';
export * from './encoders';
export type { Balancing, Method, UpdateOptions } from './method';
export { gateEntropy } from './network/gates';
export type { Heads, HeadsTrace } from './network/heads';
export {
  type Architecture,
  countParameters,
  type Encoder,
  type ForwardContext,
  type InputShape,
  type LabeledRows,
  type Layer,
  type LayerTrace,
  type Network,
  type Parameter,
  type Problem,
  type SolvableProblem,
  type TaskGroup,
  type Values,
} from './network/network';
export type { TowerOptions } from './network/towers';
export { matchParameters, totalParameters } from './parameter-count';
export { architectures, encoders } from './registry';
export { type BranchingPlan, branchingPlan } from './sharing/ltb';
export { type Spectrogram, type SpectrogramOptions, spectrogram } from './spectrogram';
