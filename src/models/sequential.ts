import { ofThisPackage } from '../provenance';
import { isEncoder } from './encoder-option';
import type { Encoder, InputShape, Layer } from './network';

/**
 * Encoders one after the other, as one: `sequential(embedding(32), mlp([64]))`. What follows token embeddings still knows which positions
 * are padding.
 *
 * Parameters: those of each, under its number.
 * @throws TypeError without encoders, or for something that is none
 */
export function sequential(...encoders: readonly Encoder[]): Encoder {
  if (encoders.length === 0) throw new TypeError('sequential: expected at least one encoder');
  for (const [i, encoder] of encoders.entries()) {
    if (!isEncoder(encoder))
      throw new TypeError(`sequential: argument ${i + 1} must be an encoder such as mlp([64]), got ${JSON.stringify(encoder)}`);
  }
  return ofThisPackage({
    name: 'sequential',
    options: { encoders },
    ...(encoders[0]!.flattens && { flattens: true }),
    ...(encoders.every((encoder) => encoder.scaled) && {
      scaled: (factor: number, multiple?: number) => sequential(...encoders.map((encoder) => encoder.scaled!(factor, multiple))),
    }),
    build(input, scope) {
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
}
