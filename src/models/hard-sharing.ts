import type { Tensor } from '@tensorflow/tfjs-core';
import { type ArchitectureFactory, defineArchitecture } from './define-architecture';
import { encode, featuresOf } from './features';
import { heads } from './heads';
import type { Encoder, ForwardContext, Network, Problem, Values } from './network';
import { encoderOption } from './options';

/** One trunk with a linear head per task. */
export function buildHardSharing(trunk: Encoder, problem: Problem): Network {
  const layers = trunk.build(problem.input, 'trunk');
  const top = heads(featuresOf(layers), problem.tasks);
  const encodeAll = (values: Values, x: Tensor, context: ForwardContext): Tensor => top.pool(encode(layers, values, x, context), context);
  return {
    parameters: [...layers.flatMap((layer) => layer.parameters), ...top.parameters],
    forward: (values, x, context) => top.apply(values, encodeAll(values, x, context)),
    layered: { layers, heads: top },
    representation: { encode: encodeAll, decode: (values, z) => top.apply(values, z) },
  };
}

/**
 * Hard parameter sharing: all tasks share one trunk, each has a linear head (Caruana 1993; 1997, "Multitask Learning").
 *
 * Parameters: the trunk `trunk/...`, and the heads `heads/weights` `[width, outputs]`, `heads/bias` `[1, outputs]`, tasks side by side.
 * @param trunk the shared encoder
 */
export const hardSharing: ArchitectureFactory<[trunk: Encoder]> = defineArchitecture({
  name: 'hardSharing',
  title: 'Hard parameter sharing',
  paper: { authors: 'Caruana', year: 1997, title: 'Multitask Learning' },
  encoder: 'trunk',
  options: { trunk: encoderOption('the shared encoder') },
  read: (trunk: Encoder) => ({ trunk }),
  build: (problem, { trunk }) => buildHardSharing(trunk, problem),
});
