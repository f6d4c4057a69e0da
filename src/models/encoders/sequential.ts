import { defineEncoder, type EncoderFactory } from '../define-encoder';
import { encodersOption } from '../encoder-option';
import type { Encoder, InputShape, Layer } from '../network/network';

/**
 * Encoders one after the other, as one: `sequential(embedding(32), mlp([64]))`. What follows token embeddings still knows which positions
 * are padding.
 *
 * Parameters: those of each, under its number.
 * @throws TypeError without encoders, or for something that is none
 */
export const sequential: EncoderFactory<Encoder[]> = defineEncoder<Encoder[], { readonly encoders: readonly Encoder[] }>({
  name: 'sequential',
  title: 'Encoders one after the other',
  first: 'encoders',
  rest: true,
  options: { encoders: encodersOption },
  read: (...encoders) => ({ encoders }),
  flattens: ({ encoders }) => encoders[0]!.flattens === true,
  scaled: ({ encoders }, factor, multiple) =>
    encoders.every((encoder) => encoder.scaled) ? { encoders: encoders.map((encoder) => encoder.scaled!(factor, multiple)) } : undefined,
  build(input, scope, { encoders }) {
    const all: Layer[] = [];
    let next: InputShape = input;
    for (const [i, encoder] of encoders.entries()) {
      const layers = encoder.build(next, `${scope}/${i}`);
      all.push(...layers);
      next = { shape: layers[layers.length - 1]!.outputShape };
    }
    return all;
  },
});
