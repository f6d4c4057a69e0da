import * as tf from '@tensorflow/tfjs-core';
import { flagOption, requiredNumberOption, WIDTH } from '../../options/spec';
import { defineEncoder, type EncoderFactory, withFirst } from '../define-encoder';
import { scaledWidth } from '../network/features';
import { uniformWithin } from '../network/initial';
import { checkIds, lookUp } from './embedding';

/** Options of `idEmbeddings`. */
export interface IdEmbeddingsOptions {
  /** Whether the pairwise products of the fields' vectors, summed, follow the vectors. @default true */
  readonly interactions?: boolean;
}

/**
 * Embeddings of ids in fields, such as user and item, as encoder: the fields' vectors side by side, then the sum of the products of all
 * pairs of them, 1/2 ((sum v)^2 - sum v^2), as in a factorization machine (Rendle 2010; as a layer, He & Chua 2017, 1708.05027).
 *
 * Inputs are `[fields]` ids of one table: give each field ids of its own (items after users). Id 0 is an id like any other here.
 * Parameters: `table` `[vocabulary, size]`. Output: `[fields * size]`, with interactions `[(fields + 1) * size]`.
 * @param size length of an id's vector
 * @throws RangeError for a size that is not a positive integer; when built, TypeError for inputs that are not ids
 * @example
 * const trunk = sequential(idEmbeddings(16), mlp([64, 32]));
 */
export const idEmbeddings: EncoderFactory<[size: number, options?: IdEmbeddingsOptions]> = defineEncoder<
  [size: number, options?: IdEmbeddingsOptions],
  IdEmbeddingsOptions & { readonly size: number }
>({
  name: 'idEmbeddings',
  title: 'Embeddings of ids in fields, with their products',
  paper: { authors: 'Rendle', year: 2010, title: 'Factorization Machines' },
  first: 'size',
  options: {
    size: requiredNumberOption("length of an id's vector", WIDTH),
    interactions: flagOption(true, "whether the pairwise products of the fields' vectors, summed, follow the vectors"),
  },
  read: (size, options) => withFirst('idEmbeddings', 'size', size, options),
  scaled: ({ size, ...rest }, factor, multiple) => ({ ...rest, size: scaledWidth(size, factor, multiple) }),
  build(input, scope, { size, interactions }) {
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
