import type { Tensor } from '@tensorflow/tfjs-core';
import { encode, type Features, featuresOf, flattenRows, shapeRows, summarize, summaryWidth } from '../network/features';
import type { Encoder, ForwardContext, InputShape, Network, Parameter, Values } from '../network/network';

/** Shared lower layers, or none: what stands between the inputs and the networks side by side above them. */
export interface Stem {
  readonly parameters: readonly Parameter[];
  /** What the networks above read. */
  readonly output: InputShape;
  /** `[stack, batch, ...input] -> [stack, batch, ...output.shape]` */
  readonly apply: (values: Values, x: Tensor, context: ForwardContext) => Tensor;
  /** Length of what `summary` returns. */
  readonly width: number;
  /** One vector a row, for gates: `[stack, batch, ...output.shape] -> [stack, batch, width]`. */
  readonly summary: (h: Tensor, context: ForwardContext) => Tensor;
  /**
   * The stem's output as the representation where all tasks meet, given what is computed from it; none without a stem, or where it is a
   * sequence with padding that later layers must know of.
   */
  readonly representation: (decode: (values: Values, h: Tensor, context: ForwardContext) => Tensor) => Pick<Network, 'representation'>;
}

/** The stem that an encoder makes under the scope `stem`; null: none. */
export function stemOf(encoder: Encoder | null, input: InputShape): Stem {
  const layers = encoder?.build(input, 'stem') ?? [];
  const features: Features = encoder ? featuresOf(layers) : { shape: input.shape, sequence: false };
  const apply = (values: Values, x: Tensor, context: ForwardContext): Tensor =>
    encoder ? shapeRows(encode(layers, values, x, context), features.shape) : x;
  return {
    parameters: layers.flatMap((layer) => layer.parameters),
    output: encoder ? { shape: features.shape } : input,
    apply,
    width: summaryWidth(features),
    summary: (h, context) => summarize(features, flattenRows(h), context),
    representation: (decode) => (encoder && !features.sequence ? { representation: { encode: apply, decode } } : {}),
  };
}
