import type { Tensor } from '@tensorflow/tfjs-core';
import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import { encode, featuresOf } from '../network/features';
import type { Encoder, ForwardContext, Network, Problem, Values } from '../network/network';
import { commonTowers, type TowerOptions, towerOption } from '../network/towers';

/** One trunk with a tower (null: none) and a linear head per task. */
export function buildHardSharing(trunk: Encoder, tower: Encoder | null, problem: Problem): Network {
  const layers = trunk.build(problem.input, 'trunk');
  const features = featuresOf(layers);
  const top = commonTowers(tower, features, problem.tasks);
  const encodeAll = (values: Values, x: Tensor, context: ForwardContext): Tensor => top.pool(encode(layers, values, x, context), context);
  return {
    parameters: [...layers.flatMap((layer) => layer.parameters), ...top.parameters],
    forward: (values, x, context) => top.apply(values, encodeAll(values, x, context), context),
    layered: { layers, heads: top },
    // Towers on a sequence would have to know of its padding.
    ...(!(tower && features.sequence) && { representation: { encode: encodeAll, decode: top.apply } }),
  };
}

/**
 * Hard parameter sharing: all tasks share one trunk, each has a linear head, or a few layers of its own before it (Caruana 1993; 1997,
 * "Multitask Learning").
 *
 * Parameters: the trunk `trunk/...`, and the heads `heads/weights` `[width, outputs]`, `heads/bias` `[1, outputs]`, tasks side by side.
 * With a `tower` those of each task's own layers, `tower/<task>/...`: they follow their own task's loss, so that aggregators leave them
 * alone and weightings weigh them, and the heads read what the towers put out.
 * @param trunk the shared encoder
 * @example
 * hardSharing(mlp([128, 64]), { tower: mlp([32]) })
 */
export const hardSharing: ArchitectureFactory<[trunk: Encoder, options?: TowerOptions]> = defineArchitecture({
  name: 'hardSharing',
  title: 'Hard parameter sharing',
  paper: { authors: 'Caruana', year: 1997, title: 'Multitask Learning' },
  encoder: 'trunk',
  options: { trunk: encoderOption('the shared encoder'), tower: towerOption() },
  read: (trunk: Encoder, options?: TowerOptions) => withTrunk('hardSharing', trunk, options),
  build: (problem, { trunk, tower }) => buildHardSharing(trunk, tower, problem),
});
