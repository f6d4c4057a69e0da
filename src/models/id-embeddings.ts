import * as tf from '@tensorflow/tfjs-core';
import { checkInteger, withDefaults } from '../options/check';
import { ofThisPackage } from '../provenance';
import { checkIds, lookUp } from './embedding';
import { scaledWidth } from './features';
import { uniformWithin } from './initial';
import type { Encoder } from './network';

/** Options of `idEmbeddings`. */
export interface IdEmbeddingsOptions {
  /** Whether the pairwise products of the fields' vectors, summed, follow the vectors. @default true */
  readonly interactions?: boolean;
}

/**
 * Embeddings of ids in fields, such as user and item, as encoder: the fields' vectors side by side, then the sum of the products of all
 * pairs of them, 1/2 ((sum v)^2 - sum v^2), as in a factorisation machine (Rendle 2010; as a layer, He & Chua 2017, 1708.05027).
 *
 * Inputs are `[fields]` ids of one table: give each field ids of its own (items after users). Id 0 is an id like any other here.
 * Parameters: `table` `[vocabulary, size]`. Output: `[fields * size]`, with interactions `[(fields + 1) * size]`.
 * @param size length of an id's vector
 * @throws RangeError for a size that is not a positive integer; when built, TypeError for inputs that are not ids
 * @example
 * const trunk = sequential(idEmbeddings(16), mlp([64, 32]));
 */
export function idEmbeddings(size: number, options?: IdEmbeddingsOptions): Encoder {
  checkInteger('idEmbeddings', 'size', size, 1);
  const { interactions } = withDefaults<Required<IdEmbeddingsOptions>>('idEmbeddings', options, { interactions: true });
  return ofThisPackage({
    name: 'idEmbeddings',
    options: { size, interactions },
    scaled: (factor, multiple) => idEmbeddings(scaledWidth(size, factor, multiple), { interactions }),
    build(input, scope) {
      checkIds('idEmbeddings', input);
      const shape = [input.vocabulary, size];
      const fields = input.shape[0]!;
      return [
        {
          parameters: [{ name: `${scope}/table`, shape, role: 'shared', decay: false, initial: uniformWithin(Math.sqrt(3 / size), shape) }],
          outputShape: [(interactions ? fields + 1 : fields) * size],
          apply(values, x) {
            const found = lookUp(values[`${scope}/table`]!, x);
            const side = tf.reshape(found, [x.shape[0]!, x.shape[1]!, fields * size]);
            if (!interactions) return side;
            const pairs = tf.mul(tf.sub(tf.square(tf.sum(found, 2)), tf.sum(tf.square(found), 2)), 0.5);
            return tf.concat([side, pairs], 2);
          },
        },
      ];
    },
  });
}
