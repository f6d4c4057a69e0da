import { gramianStep } from './gramian';
import type { Step } from './kind';
import { lossesStep } from './losses';
import type { StackPlan, StepKind } from './plan';
import { representationStep } from './representation';
import { ruleStep } from './rule';
import { weightedStep } from './weighted';

/** How each kind of step is computed. */
const steps: Readonly<Record<StepKind['kind'], Step>> = {
  weighted: weightedStep,
  losses: lossesStep,
  gramian: gramianStep,
  representation: representationStep,
  rule: ruleStep,
};

/** How a plan's steps are computed. */
export function stepOf({ step }: Pick<StackPlan, 'step'>): Step {
  return steps[step.kind];
}
