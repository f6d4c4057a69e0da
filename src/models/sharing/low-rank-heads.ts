import type { Tensor } from '@tensorflow/tfjs-core';
import { numberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import { dense, onLastAxis } from '../network/dense';
import { encode, featuresOf, flattenRows, sizeOf } from '../network/features';
import type { Encoder, ForwardContext, Layer, Values } from '../network/network';
import { commonTowers, type TowerOptions, towerOption } from '../network/towers';

/** Options of {@link lowRankHeads}. */
export interface LowRankHeadsOptions extends TowerOptions {
  /** Number of directions of the features that the heads see. @default 2 */
  readonly rank?: number;
}

/**
 * Hard sharing with heads of low rank: all heads together are W = U [V_1 ... V_T], so tasks share the few directions of the features on
 * which they decide. With a linear trunk this is reduced-rank regression (Izenman 1975; Argyriou, Evgeniou, Pontil 2008 for shared
 * low-rank features).
 *
 * Parameters: the trunk `trunk/...`; U `basis/weights` `[width, rank]` with `basis/bias` `[1, rank]`; V `heads/weights` `[rank, outputs]`
 * with `heads/bias`. A `tower` stands between the shared directions and a task's head: `tower/<task>/...`.
 * @param trunk the shared encoder
 */
export const lowRankHeads: ArchitectureFactory<[trunk: Encoder, options?: LowRankHeadsOptions]> = defineArchitecture({
  name: 'lowRankHeads',
  title: 'Low-rank heads',
  paper: { authors: 'Argyriou, Evgeniou, Pontil', year: 2008, title: 'Convex multi-task feature learning' },
  encoder: 'trunk',
  options: {
    trunk: encoderOption('the shared encoder'),
    rank: numberOption(2, 'number of directions of the features that the heads see', { min: 1, integer: true }),
    tower: towerOption(),
  },
  read: (trunk: Encoder, options?: LowRankHeadsOptions) => withTrunk('lowRankHeads', trunk, options),
  build({ input, tasks }, { trunk, rank, tower }) {
    const below = trunk.build(input, 'trunk');
    const { shape, sequence } = featuresOf(below);
    const linear = dense('basis', sequence ? shape[shape.length - 1]! : sizeOf(shape), rank, 'shared', 'glorot');
    const basis: Layer = {
      parameters: linear.parameters,
      outputShape: sequence ? [shape[0]!, rank] : [rank],
      sequence,
      apply: (values, x) => (sequence ? onLastAxis(linear, rank)(values, x) : linear.apply(values, flattenRows(x))),
    };
    const layers = [...below, basis];
    const features = featuresOf(layers);
    const top = commonTowers(tower, features, tasks);
    const encodeAll = (values: Values, x: Tensor, context: ForwardContext): Tensor => top.pool(encode(layers, values, x, context), context);
    return {
      parameters: [...layers.flatMap((layer) => layer.parameters), ...top.parameters],
      forward: (values, x, context) => top.apply(values, encodeAll(values, x, context), context),
      ...(!(tower && features.sequence) && { representation: { encode: encodeAll, decode: top.apply } }),
    };
  },
});
