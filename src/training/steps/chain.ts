import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { trainingContext } from '../../models/forward-context';
import type { Heads, HeadsTrace } from '../../models/network/heads';
import type { Layer, Network, Values } from '../../models/network/network';
import { lossSignal } from '../loss';
import { type Batch, gather, type Resident, type StackShape } from './stack-shape';

type TracedLayer = Layer & Required<Pick<Layer, 'trace'>>;

/** Layers and heads that have their own backward pass. */
export interface TracedChain {
  readonly layers: readonly TracedLayer[];
  readonly trace: NonNullable<Heads['trace']>;
}

/** The network as a chain whose layers have their own backward pass; undefined where it is none. */
export function tracedChain(network: Network): TracedChain | undefined {
  const { layered } = network;
  const trace = layered?.heads.trace;
  if (!layered || !trace || network.penalty || !layered.layers.every((layer) => layer.trace)) return undefined;
  return { layers: layered.layers as readonly TracedLayer[], trace };
}

/** A chain's forward pass with its backward pass in two parts. */
export interface ChainPass {
  /** `[stack, tasks]` */
  readonly losses: Tensor;
  /** What the heads read, `[stack, batch, width]`. */
  readonly representation: Tensor;
  /** Through the heads, of the (weighted) losses; see `HeadsTrace.backward`. */
  readonly top: (each: boolean) => ReturnType<HeadsTrace['backward']>;
  /** Of K signals by the representation, `[stack, K, batch, width]`: gradients per parameter, layers in order. */
  readonly backward: (signals: Tensor) => Tensor[];
}

/** Forward pass of a chain and the gradient of its (weighted) losses by the outputs. */
export function forwardChain(
  shape: StackShape,
  chain: TracedChain,
  values: Values,
  data: Resident,
  batch: Batch,
  weights: Tensor | undefined,
): ChainPass {
  const { x, y, mask } = gather(shape, data, batch.rows);
  const context = trainingContext(batch.seeds, 1, shape.totalSteps);
  let z = x;
  const traces = chain.layers.map((layer) => {
    const trace = layer.trace(values, z, context);
    z = trace.output;
    return trace;
  });
  const flat = z.rank === 3 ? z : tf.reshape(z, [z.shape[0]!, z.shape[1]!, -1]);
  const top = chain.trace(values, flat, context);
  const { losses, signal } = lossSignal(shape.tasks, top.outputs, y, mask, shape.weighted ? data.classWeights : undefined, weights);
  const backward = (signals: Tensor): Tensor[] => {
    let signal = tf.reshape(signals, [...signals.shape.slice(0, 3), ...z.shape.slice(2)]);
    const found: (readonly Tensor[])[] = [];
    for (let i = traces.length - 1; i >= 0; i--) {
      const { parameters, input } = traces[i]!.backward(signal, i > 0);
      found.unshift(parameters);
      if (input) signal = input;
    }
    return found.flat();
  };
  return { losses, representation: flat, top: (each) => top.backward(signal, each), backward };
}

/** Whether `representationGradients` can be had of a network. */
export function canWeighAtRepresentation(network: Network): boolean {
  return tracedChain(network) !== undefined;
}

/** @throws RangeError when the network is no chain of layers below linear heads */
export function chainOf(network: Network): TracedChain {
  const chain = tracedChain(network);
  if (chain) return chain;
  throw new RangeError(
    'gradients: "representation" needs one representation below linear heads, as hardSharing with an mlp has; use gradients: "parameters" here',
  );
}
