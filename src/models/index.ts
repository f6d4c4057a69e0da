export { type AitmOptions, aitm } from './aitm';
export { type Architectures, architectures } from './architectures';
export { type CgcOptions, cgc } from './cgc';
export { type ChainedTargetsOptions, chainedTargets } from './chained-targets';
export { type Conv2dOptions, conv2d } from './conv2d';
export { type CrossStitchOptions, crossStitch } from './cross-stitch';
export type { ArchitectureFactory, ArchitectureInfo } from './define-architecture';
export { type DselectkOptions, dselectk } from './dselectk';
export { embedding } from './embedding';
export { type EncoderFunctions, encoder, type OwnParameter } from './encoder';
export { type EsmmOptions, esmm } from './esmm';
export { type FilmOptions, film } from './film';
export { gateEntropy } from './gates';
export { grouped, type NetworkPlan } from './grouped';
export { type GruOptions, gru } from './gru';
export { hardSharing } from './hard-sharing';
export type { Heads, HeadsTrace } from './heads';
export { type IdEmbeddingsOptions, idEmbeddings } from './id-embeddings';
export { type LinearMtlKind, type LinearMtlOptions, linearMtl, type TaskGraph } from './linear-mtl';
export { type LowRankHeadsOptions, lowRankHeads } from './low-rank-heads';
export { type BranchingPlan, branchingPlan, type LtbOptions, ltb } from './ltb';
export type { Balancing, Method, UpdateOptions } from './method';
export { type MlpOptions, mlp } from './mlp';
export { type MmoeOptions, mmoe } from './mmoe';
export { type MtanOptions, mtan } from './mtan';
export { type NddrOptions, nddr } from './nddr';
export {
  type Architecture,
  countParameters,
  type Encoder as NetworkEncoder,
  type ForwardContext,
  type InputShape,
  type LabelledRows,
  type Layer,
  type LayerTrace,
  type Network,
  type Parameter,
  type Problem,
  type SolvableProblem,
  type TaskGroup,
  type Values,
} from './network';
export { matchParameters, totalParameters } from './parameter-count';
export { type LayerSharing, planned, type TrunkPlan } from './planned';
export { type PleOptions, ple } from './ple';
export { sequential } from './sequential';
export { sharedDecision } from './shared-decision';
export { type SharedOutputOptions, sharedOutput } from './shared-output';
export { singleTask } from './single-task';
export { type SluiceOptions, sluice } from './sluice';
export { type SoftSharingOptions, softSharing } from './soft-sharing';
export { type Spectrogram, type SpectrogramOptions, spectrogram } from './spectrogram';
export { type StackedTargetsOptions, stackedTargets } from './stacked-targets';
export { type TextConvOptions, textConv } from './text-conv';
export type { TowerOptions } from './towers';
export { type TransformerOptions, transformer } from './transformer';
