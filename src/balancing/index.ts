export * from './aggregators';
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
export type { GradientDiagnostics } from './diagnostics';
export { gradientDiagnostics } from './diagnostics';
export { balancers, weightings } from './registry';
export type { TaskOrder } from './task-order';
export type { DescendOptions, Descent, Point, TwoObjectives, TwoObjectivesOptions } from './two-objective-toy';
export * as toys from './two-objective-toy';
export type { UpdateScale } from './update-scale';
export { updateScaleFactor } from './update-scale';
export * from './weightings';
export { type GradnormInput, gradnormObjective } from './weightings/gradnorm';
