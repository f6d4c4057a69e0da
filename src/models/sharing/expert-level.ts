import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Task } from '../../tasks/task';
import { type Copies, fold, ownCopies, sharedCopies, spread, spreadContext, unfold } from '../network/copies';
import { encode, type Features, featuresOf } from '../network/features';
import { dropGates, gates } from '../network/gates';
import { mixExperts } from '../network/mix';
import type { Encoder, ForwardContext, InputShape, Parameter, Values } from '../network/network';

/** One level of shared and task-specific experts with its gates. */
export interface ExpertLevel {
  readonly parameters: readonly Parameter[];
  readonly features: Features;
  /** The gates' weights, see `apply` for the arguments: per task over its own and the shared experts, and the shared gate's over all. */
  readonly weigh: (values: Values, summaries: LevelInput) => LevelWeights;
  /** Each task's mixture `[stack * tasks, batch, size]`, and the shared one `[stack, batch, size]` where there is a shared gate. */
  readonly apply: (values: Values, inputs: LevelInput, weights: LevelWeights, context: ForwardContext) => { own: Tensor; shared?: Tensor };
}

/** What a level reads: the same for all at the bottom, one thing per task and a shared one above. */
export type LevelInput = { readonly common: Tensor } | { readonly own: Tensor; readonly shared: Tensor };

/** Gate weights of a level. */
export interface LevelWeights {
  /** `[stack, tasks, specific + shared, batch]`, a task's own experts first. */
  readonly own: Tensor;
  /** `[stack, 1, tasks * specific + shared, batch]`, the tasks' experts first, in task order. */
  readonly shared?: Tensor;
}

/** How a level is built. */
export interface LevelOptions {
  /** Prefix of all names. */
  readonly scope: string;
  readonly expert: Encoder;
  readonly specific: number;
  readonly shared: number;
  /** What one expert reads, and the length of what a gate looks at. */
  readonly input: InputShape;
  readonly gateWidth: number;
  /** Whether a level follows: there is a shared gate, and every task's loss reaches every expert. */
  readonly last: boolean;
  /** Whether only the task itself reads what its gate mixes: in the last two levels. */
  readonly ownGates: boolean;
  readonly gateDropout: number;
}

/** Builds a level of customized gate control. */
export function expertLevel(tasks: readonly Task[], options: LevelOptions): ExpertLevel {
  const { scope, expert, specific, shared, input, gateWidth, last, ownGates, gateDropout } = options;
  const T = tasks.length;
  const groups: Copies[] = [];
  if (specific > 0) {
    const owners = tasks.flatMap(({ name }, task) =>
      Array.from({ length: specific }, (_, e) => ({ scope: `${scope}specific/${name}/${e}`, task })),
    );
    groups.push(
      last
        ? ownCopies(
            (own) => expert.build(input, own),
            owners.map((owner) => owner.scope),
            (copy) => owners[copy]!.task,
          )
        : sharedCopies(expert.build(input, `${scope}specific`), T * specific),
    );
  }
  if (shared > 0) groups.push(sharedCopies(expert.build(input, `${scope}shared`), shared));
  const experts = T * specific + shared;
  const { layers } = groups[0]!;
  const names = layers.flatMap((layer) => layer.parameters.map(({ name }) => name));
  /** All experts' values under the names of the first, the specific ones first. */
  const valuesOf = (values: Values): Values => {
    const lists = groups.map((group) => {
      const own = group.values(values);
      return group.layers.flatMap((layer) => layer.parameters.map(({ name }) => unfold(own[name]!, group.count)));
    });
    return Object.fromEntries(
      names.map((name, i) => [name, fold(lists.length === 1 ? lists[0]![i]! : tf.concat([lists[0]![i]!, lists[1]![i]!], 1))]),
    );
  };
  const ownGate = gates(
    tasks.map(({ name }, task) => ({ name: `${scope}gate/${name}`, owner: ownGates ? task : 'shared' })),
    gateWidth,
    specific + shared,
  );
  const sharedGate = last ? undefined : gates([{ name: `${scope}gate`, owner: 'shared' }], gateWidth, experts);
  return {
    parameters: [...groups.flatMap((group) => group.parameters), ...ownGate.parameters, ...(sharedGate?.parameters ?? [])],
    features: featuresOf(layers),
    weigh(values, summaries) {
      const common = 'common' in summaries;
      return {
        own: common ? ownGate.apply(values, summaries.common) : ownGate.applyEach(values, summaries.own),
        ...(sharedGate && { shared: sharedGate.apply(values, common ? summaries.common : summaries.shared) }),
      };
    },
    apply(values, inputs, weights, context) {
      const x =
        'common' in inputs
          ? spread(inputs.common, experts)
          : fold(
              tf.concat(
                [
                  ...(specific > 0 ? [unfold(spread(inputs.own, specific), T * specific)] : []),
                  ...(shared > 0 ? [unfold(spread(inputs.shared, shared), shared)] : []),
                ],
                1,
              ),
            );
      const z = unfold(encode(layers, valuesOf(values), x, spreadContext(context, experts)), experts);
      const [stack, , batch, size] = z.shape as [number, number, number, number];
      const ownWeights = dropGates(weights.own, gateDropout, context);
      const cut = (t: Tensor, axis: number, first: number): Tensor[] => tf.split(t, [first, t.shape[axis]! - first], axis);
      const parts: Tensor[] = [];
      const [ownZ, sharedZ] = specific > 0 && shared > 0 ? cut(z, 1, T * specific) : [z, z];
      const [ownPart, sharedPart] = specific > 0 && shared > 0 ? cut(ownWeights, 2, specific) : [ownWeights, ownWeights];
      if (specific > 0) parts.push(mixExperts(ownPart!, tf.reshape(ownZ!, [stack, T, specific, batch, size])));
      if (shared > 0) parts.push(mixExperts(sharedPart!, tf.reshape(sharedZ!, [stack, 1, shared, batch, size])));
      return {
        own: parts.length === 1 ? parts[0]! : tf.add(parts[0]!, parts[1]!),
        ...(weights.shared && { shared: mixExperts(dropGates(weights.shared, gateDropout, context), tf.expandDims(z, 1)) }),
      };
    },
  };
}
