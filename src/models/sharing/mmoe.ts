import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { numberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture } from '../define-architecture';
import { encoderOption, optionalEncoderOption } from '../encoder-option';
import { sharedCopies, spread, spreadContext, unfold } from '../network/copies';
import { encode, featuresOf } from '../network/features';
import { checkGateInput, dropGates, gates } from '../network/gates';
import { mixExperts } from '../network/mix';
import type { Encoder, ForwardContext, Values } from '../network/network';
import { towersOf } from '../network/towers';
import { stemOf } from './stem';

/** Options of {@link mmoe}. */
export interface MmoeOptions {
  /** The encoder that each expert is. */
  readonly expert: Encoder;
  /** Number of experts. @default 8 */
  readonly experts?: number;
  /** A network of each task's own between its mixture and its head; null: none. @default null */
  readonly tower?: Encoder | null;
  /** Lower layers that all experts and gates read; null: none. @default null */
  readonly stem?: Encoder | null;
  /** Share of gate weights dropped while training. @default 0 */
  readonly gateDropout?: number;
}

/**
 * Multi-gate mixture of experts: task t works on sum_e softmax(gate_t(x))_e expert_e(x) (Ma, Zhao, Yi, Chen, Hong, Chi 2018, "Modeling Task
 * Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts", KDD).
 *
 * Parameters: the experts `trunk/...` `[experts, ...]`, a gate per task `gate/<task>` `[width, experts]` without bias on the flattened
 * input (of a sequence: its mean), towers and heads. With one expert this is hard sharing.
 *
 * Diagnosis: `gates`, mean weight per task and expert, `[stack, tasks, experts]`; see {@link gateEntropy}.
 * @example
 * mmoe({ experts: 4, expert: mlp([64]), tower: mlp([16]) })
 */
export const mmoe: ArchitectureFactory<[options: MmoeOptions]> = defineArchitecture({
  name: 'mmoe',
  title: 'Multi-gate mixture of experts',
  paper: {
    authors: 'Ma, Zhao, Yi, Chen, Hong, Chi',
    year: 2018,
    title: 'Modeling Task Relationships in Multi-task Learning with Multi-gate Mixture-of-Experts',
  },
  encoder: 'expert',
  options: {
    expert: encoderOption('the encoder that each expert is'),
    experts: numberOption(8, 'number of experts', { min: 1, integer: true }),
    tower: optionalEncoderOption("a network of each task's own before its head"),
    stem: optionalEncoderOption('lower layers that all experts and gates read'),
    gateDropout: numberOption(0, 'share of gate weights dropped while training', { min: 0, below: 1 }),
  },
  read: (options: MmoeOptions) => options,
  build({ input, tasks }, { expert, experts, tower, stem, gateDropout }) {
    const bottom = stemOf(stem, input);
    checkGateInput('mmoe', bottom.output);
    const trunks = sharedCopies(expert.build(bottom.output, 'trunk'), experts);
    const gate = gates(
      tasks.map(({ name }, owner) => ({ name: `gate/${name}`, owner })),
      bottom.width,
      experts,
    );
    const top = towersOf(tower, featuresOf(trunks.layers), tasks);
    const weigh = (values: Values, h: Tensor, context: ForwardContext): Tensor => gate.apply(values, bottom.summary(h, context));
    const decode = (values: Values, h: Tensor, context: ForwardContext): Tensor => {
      const z = encode(trunks.layers, trunks.values(values), spread(h, experts), spreadContext(context, experts));
      const mixed = mixExperts(dropGates(weigh(values, h, context), gateDropout, context), tf.expandDims(unfold(z, experts), 1));
      return top.apply(values, mixed, context);
    };
    return {
      parameters: [...bottom.parameters, ...trunks.parameters, ...gate.parameters, ...top.parameters],
      forward: (values, x, context) => decode(values, bottom.apply(values, x, context), context),
      ...bottom.representation(decode),
      diagnose: (values, x, context) => ({ gates: tf.mean(weigh(values, bottom.apply(values, x, context), context), 3) }),
    };
  },
});
