import type { Ref } from '../../backend/graph';
import { optimizerUpdate, preparedGradients } from '../steps/optimizer-step';
import { STEP_SCALARS } from '../steps/plan';
import type { GraphParts, Variable } from './graph-parts';

const FLOAT = { T: { type: 'float32' } } as const;

/** Puts "prepare the gradients, update, assign" into the graph; returns the names of the assigning nodes. */
export function placeUpdate(parts: GraphParts, parameters: readonly Ref[], gradients: readonly Ref[], scalars: Ref): string[] {
  const { plan } = parts;
  const { optimizer } = plan;
  const prepared =
    optimizer.l2 > 0 || plan.clipNorm !== undefined
      ? parts.place('prepare', ['parameters', 'gradients'], (all) => preparedGradients(plan, all.parameters, all.gradients), {
          parameters,
          gradients,
        })
      : gradients;
  return optimizer.fused !== undefined && !plan.perModel
    ? fusedUpdate(parts, parameters, prepared, scalars)
    : plainUpdate(parts, parameters, prepared, scalars);
}

/** By the optimizer's own function. */
function plainUpdate(parts: GraphParts, parameters: readonly Ref[], gradients: readonly Ref[], scalars: Ref): string[] {
  const { plan, variables } = parts;
  const after = parameters.map((ref) => ref.slice(0, ref.lastIndexOf(':')));
  const slots = variables.slots.map((own) => parts.read(own, after));
  const next = parts.place(
    'update',
    ['parameters', 'gradients', 'slots', 'scalars'],
    (all) => optimizerUpdate(plan, all.parameters, all.slots, all.gradients, all.scalars),
    { parameters, gradients, slots, scalars },
  );
  return [...parts.assign(variables.current, next.parameters), ...variables.slots.flatMap((own, i) => parts.assign(own, next.slots[i]!))];
}

/** By TensorFlow's own op for the very update, where all models take the same step. */
function fusedUpdate(parts: GraphParts, parameters: readonly Ref[], gradients: readonly Ref[], scalars: Ref): string[] {
  const { builder, plan, variables } = parts;
  const { optimizer, shape } = plan;
  const { beta1, beta2 } = optimizer.fused!;
  const number = (value: number): Ref => builder.constant(Float32Array.of(value), []);
  const ofFirstModel = (column: Ref): Ref => parts.entries(column, shape.stack)[0]!;
  const [rate, epsilon, keep] = parts.entries(scalars, STEP_SCALARS, 'float32', 1).map(ofFirstModel) as [Ref, Ref, Ref];
  const zero = number(0);
  const [b1, b2] = [number(beta1), number(beta2)];
  return variables.current.map((variable, i) => {
    const after: string[] = [];
    if (optimizer.decoupledDecay > 0 && shape.network.parameters[i]!.decay) {
      const kept = `${builder.op('Mul', [parameters[i]!, keep], FLOAT)}:0`;
      after.push(builder.assign(variable.ref, kept));
    }
    const [mean, square] = variables.slots[i]! as readonly [Variable, Variable];
    // Bias corrections are in rate and epsilon, so the op's own powers of beta are 0.
    const inputs = [variable.ref, mean.ref, square.ref, zero, zero, rate, b1, b2, epsilon, gradients[i]!];
    return builder.op('ResourceApplyAdam', inputs, { ...FLOAT, use_locking: { bool: false }, use_nesterov: { bool: false } }, after);
  });
}
