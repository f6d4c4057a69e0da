import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { relu } from '../../backend/ops';
import { nullableNumberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption, optionalEncoderOption } from '../encoder-option';
import { fold, ownCopies, spread, spreadContext } from '../network/copies';
import { dense } from '../network/dense';
import { encode, type Features, featuresOf, shapeRows } from '../network/features';
import { uniformWithin } from '../network/initial';
import type { Encoder, ForwardContext, Parameter, Values } from '../network/network';
import { sharedHead } from './shared-head';

/** Options of {@link sharedOutput}. */
export interface SharedOutputOptions {
  /** Layers of each task's own between the shared ones; null: task embeddings instead. @default null */
  readonly middle?: Encoder | null;
  /** Length of the task embeddings; null: 8, or none with `middle`. @default null */
  readonly embedding?: number | null;
}

/** The part that differs from task to task: `[stack, batch, size] -> [stack * tasks, batch, size']`. */
interface Between {
  readonly parameters: readonly Parameter[];
  readonly features: Features;
  readonly apply: (values: Values, z: Tensor, context: ForwardContext) => Tensor;
}

/**
 * Shared lower layers and a shared output layer, with what is the task's own between them: layers (`middle`), or an embedding of the task
 * that a shared layer reads beside the features, relu([z, e_t] W + b). The second thing that "soft sharing" is said to mean; with
 * embeddings the number of parameters hardly grows with the tasks.
 *
 * All tasks must be of one kind with as many outputs each. Parameters: the trunk `trunk/...`; `middle/<task>/...`, or `embedding/<task>`
 * `[1, embedding]`, `combine/features/weights` `[width, width]` and bias, `combine/embedding` `[embedding, width]`; the output layer
 * `heads/weights` `[width, outputs]`, with a bias of each task's own beside it, `heads/bias` `[1, tasks * outputs]`.
 * @param trunk the shared lower layers
 */
export const sharedOutput: ArchitectureFactory<[trunk: Encoder, options?: SharedOutputOptions]> = defineArchitecture({
  name: 'sharedOutput',
  title: 'Shared output layer',
  paper: { authors: 'Caruana', year: 1997, title: 'Multitask Learning' },
  encoder: 'trunk',
  options: {
    trunk: encoderOption('the shared lower layers'),
    middle: optionalEncoderOption("layers of each task's own between the shared ones"),
    embedding: nullableNumberOption(null, 'length of the task embeddings; null: 8, or none with middle', { min: 1, integer: true }),
  },
  read(trunk: Encoder, options?: SharedOutputOptions) {
    const all = withTrunk('sharedOutput', trunk, options);
    if (all.middle && all.embedding)
      throw new RangeError('sharedOutput(trunk, options): middle and embedding exclude each other; give one');
    return all;
  },
  build({ input, tasks }, { trunk, middle, embedding }) {
    const layers = trunk.build(input, 'trunk');
    const features = featuresOf(layers);
    const between = middle ? layersBetween(middle) : embeddingsBetween(embedding ?? 8);
    const top = sharedHead('sharedOutput', between.features, tasks);

    function layersBetween(encoder: Encoder): Between {
      const copies = ownCopies(
        (scope) => encoder.build({ shape: features.shape }, scope),
        tasks.map(({ name }) => `middle/${name}`),
        (task) => task,
      );
      return {
        parameters: copies.parameters,
        features: featuresOf(copies.layers),
        apply: (values, z, context) =>
          encode(
            copies.layers,
            copies.values(values),
            shapeRows(spread(z, tasks.length), features.shape),
            spreadContext(context, tasks.length),
          ),
      };
    }
    function embeddingsBetween(length: number): Between {
      const width = features.shape[features.shape.length - 1]!;
      const read = dense('combine/features', width, width, 'shared', 'he');
      const own = tasks.map(
        ({ name }, task): Parameter => ({
          name: `embedding/${name}`,
          shape: [1, length],
          role: 'task',
          task,
          decay: false,
          initial: uniformWithin(1, [1, length]),
        }),
      );
      const shape = [length, width];
      const shift: Parameter = {
        name: 'combine/embedding',
        shape,
        role: 'shared',
        decay: true,
        initial: uniformWithin(Math.sqrt(6 / (width + length)), shape),
      };
      return {
        parameters: [...read.parameters, ...own, shift],
        features,
        apply(values, z) {
          const [stack, batch, size] = z.shape as [number, number, number];
          const embeddings = tf.concat(
            own.map(({ name }) => values[name]!),
            1,
          );
          const shifts = tf.reshape(tf.matMul(embeddings as Tensor3D, values[shift.name] as Tensor3D), [stack, tasks.length, 1, width]);
          const cells = (batch * size) / width;
          const common = tf.reshape(read.apply(values, tf.reshape(z, [stack, cells, width])), [stack, 1, cells, width]);
          return tf.reshape(fold(relu(tf.add(common, shifts))), [stack * tasks.length, batch, size]);
        },
      };
    }
    const decode = (values: Values, z: Tensor, context: ForwardContext): Tensor =>
      top.apply(values, between.apply(values, z, context), spreadContext(context, tasks.length));
    const encodeAll = (values: Values, x: Tensor, context: ForwardContext): Tensor => encode(layers, values, x, context);
    return {
      parameters: [...layers.flatMap((layer) => layer.parameters), ...between.parameters, ...top.parameters],
      forward: (values, x, context) => decode(values, encodeAll(values, x, context), context),
      ...(features.sequence ? {} : { representation: { encode: encodeAll, decode } }),
    };
  },
});
