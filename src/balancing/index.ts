export type { AlignedmtlOptions } from './alignedmtl';
export { alignedmtl } from './alignedmtl';
export type { ArrayOps, ArrayShape, DrawSpec, PlainArray, StateArraySpec } from './array-ops';
export { plainOps } from './array-ops';
export type {
  Balancer,
  Context,
  GramianBalancer,
  GramianSession,
  HeadsUpdate,
  JacobianBalancer,
  JacobianSession,
  Json,
  Matrix,
  Method,
  MethodFactory,
  MethodInfo,
  Need,
  Paper,
  ParameterStep,
  StartOptions,
  State,
  StepInput,
  StepResult,
  TensorRule,
  TensorRuleResult,
  Weighting,
  WeightingSession,
  WeightsMethod,
} from './balancing';
export type { CagradOptions } from './cagrad';
export { cagrad } from './cagrad';
export type { ChebyshevOptions } from './chebyshev';
export { chebyshev } from './chebyshev';
export type { ConfigOptions } from './config';
export { config } from './config';
export type { CosmosOptions } from './cosmos';
export { cosmos } from './cosmos';
export type { CrmogmOptions } from './crmogm';
export { crmogm } from './crmogm';
export type { DbmtlOptions } from './dbmtl';
export { dbmtl } from './dbmtl';
export type { GradientDiagnostics } from './diagnostics';
export { gradientDiagnostics } from './diagnostics';
export type { DualprojOptions } from './dualproj';
export { dualproj } from './dualproj';
export type { DwaOptions } from './dwa';
export { dwa } from './dwa';
export type { EqualOptions } from './equal';
export { equal } from './equal';
export type { ExcessmtlOptions } from './excessmtl';
export { excessmtl } from './excessmtl';
export type { FairgradOptions } from './fairgrad';
export { fairgrad } from './fairgrad';
export type { FamoOptions } from './famo';
export { famo } from './famo';
export type { FixedOptions } from './fixed';
export { fixed } from './fixed';
export type { GlsOptions } from './gls';
export { gls } from './gls';
export type { GraddropOptions } from './graddrop';
export { graddrop } from './graddrop';
export type { GradnormInput, GradnormOptions } from './gradnorm';
export { gradnorm, gradnormObjective } from './gradnorm';
export type { GradvacOptions } from './gradvac';
export { gradvac } from './gradvac';
export type { ImtlOptions } from './imtl';
export { imtl } from './imtl';
export type { ImtlgOptions } from './imtlg';
export { imtlg } from './imtlg';
export type { ImtllOptions } from './imtll';
export { imtll } from './imtll';
export type { MeanOptions } from './mean';
export { mean } from './mean';
export type { MgdaOptions } from './mgda';
export { mgda } from './mgda';
export type { MocoOptions } from './moco';
export { moco } from './moco';
export type { ModoOptions } from './modo';
export { modo } from './modo';
export type { NashmtlOptions } from './nashmtl';
export { nashmtl } from './nashmtl';
export type { PbiOptions } from './pbi';
export { pbi } from './pbi';
export type { PcgradOptions } from './pcgrad';
export { pcgrad } from './pcgrad';
export type { Balancers, Weightings } from './registry';
export { balancers, weightings } from './registry';
export type { RlwOptions } from './rlw';
export { rlw } from './rlw';
export type { ScaleInvariantOptions } from './scale-invariant';
export { scaleInvariant } from './scale-invariant';
export type { SdmgradOptions } from './sdmgrad';
export { sdmgrad } from './sdmgrad';
export type { StchOptions } from './stch';
export { stch } from './stch';
export type { SumOptions } from './sum';
export { sum } from './sum';
export type { TaskOrder } from './task-order';
export type { DescendOptions, Descent, Point, TwoObjectives, TwoObjectivesOptions } from './two-objective-toy';
export * as toys from './two-objective-toy';
export type { UncertaintyOptions } from './uncertainty';
export { uncertainty } from './uncertainty';
export type { UpdateScale } from './update-scale';
export { updateScaleFactor } from './update-scale';
export type { UpgradOptions } from './upgrad';
export { upgrad } from './upgrad';
