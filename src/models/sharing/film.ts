import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { nullableNumberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import { spread } from '../network/copies';
import { featuresOf, sizeOf } from '../network/features';
import { constant, glorotUniform } from '../network/initial';
import type { Encoder, ForwardContext, Parameter, Values } from '../network/network';
import { type TowerOptions, towerOption, towersOf } from '../network/towers';

/** Options of {@link film}. */
export interface FilmOptions extends TowerOptions {
  /** Length of a task's embedding, from which all scales and shifts come; null: each task learns them directly. @default null */
  readonly embedding?: number | null;
}

/**
 * A trunk conditioned on the task: after every layer each task scales and shifts the channels its own way, h' = (1 + g_t) h + b_t
 * (feature-wise linear modulation, Perez, Strub, de Vries, Dumoulin, Courville 2018, 1709.07871, with the task in the place of the
 * question).
 *
 * Scales and shifts start at 0, so the network starts as hard sharing. Parameters: the trunk `trunk/...`; per task and layer
 * `film/<task>/<layer>` `[2, channels]` (scales, shifts); with an embedding instead `film/<task>` `[1, embedding]` and per layer
 * `film/<layer>` `[embedding, 2 * channels]`, without bias; the heads. Unlike the paper, the modulation comes after the activation, where
 * any encoder's layers end.
 *
 * Diagnosis: `scale/<layer>`, `[stack, tasks, channels]`.
 * @param trunk the shared encoder; it runs once a task from its second layer on
 */
export const film: ArchitectureFactory<[trunk: Encoder, options?: FilmOptions]> = defineArchitecture({
  name: 'film',
  title: 'Task-conditioned trunk (FiLM)',
  paper: {
    authors: 'Perez, Strub, de Vries, Dumoulin, Courville',
    year: 2018,
    title: 'FiLM: Visual Reasoning with a General Conditioning Layer',
    arxiv: '1709.07871',
  },
  encoder: 'trunk',
  options: {
    trunk: encoderOption('the shared encoder'),
    embedding: nullableNumberOption(null, "length of a task's embedding; null: scales and shifts are learned directly", {
      min: 1,
      integer: true,
    }),
    tower: towerOption(),
  },
  read: (trunk: Encoder, options?: FilmOptions) => withTrunk('film', trunk, options),
  build({ input, tasks }, { trunk, embedding, tower }) {
    const T = tasks.length;
    const layers = trunk.build(input, 'trunk');
    const channels = layers.map(({ outputShape }) => outputShape[outputShape.length - 1]!);
    const top = towersOf(tower, featuresOf(layers), tasks);
    const conditions: Parameter[] =
      embedding === null
        ? tasks.flatMap(({ name }, task) =>
            channels.map((c, l) => ({
              name: `film/${name}/${l}`,
              shape: [2, c],
              role: 'task' as const,
              task,
              decay: false,
              initial: constant(0, [2, c]),
            })),
          )
        : [
            ...tasks.map(({ name }, task) => ({
              name: `film/${name}`,
              shape: [1, embedding],
              role: 'task' as const,
              task,
              decay: false,
              initial: glorotUniform(embedding, embedding, [1, embedding]),
            })),
            ...channels.map((c, l) => ({
              name: `film/${l}`,
              shape: [embedding, 2 * c],
              role: 'shared' as const,
              decay: true,
              initial: constant(0, [embedding, 2 * c]),
            })),
          ];
    /** Scales and shifts of layer l, `[stack, tasks, 2, channels]`. */
    const modulation = (values: Values, l: number): Tensor => {
      if (embedding === null) {
        return tf.stack(
          tasks.map(({ name }) => values[`film/${name}/${l}`]!),
          1,
        );
      }
      const side = tf.concat(
        tasks.map(({ name }) => values[`film/${name}`]!),
        1,
      );
      return tf.reshape(tf.matMul(side as Tensor3D, values[`film/${l}`] as Tensor3D), [-1, T, 2, channels[l]!]);
    };
    return {
      parameters: [...layers.flatMap((layer) => layer.parameters), ...conditions, ...top.parameters],
      forward(values, x, context) {
        const [stack, batch] = x.shape as [number, number];
        /** The tasks lie side by side on the batch axis: they share the trunk's values. */
        const widen = (t: Tensor): Tensor => tf.reshape(spread(t, T), [stack, T * batch, ...t.shape.slice(2)]);
        const inner: ForwardContext = context.mask ? { ...context, mask: widen(context.mask) } : context;
        let h = x;
        for (const [l, layer] of layers.entries()) {
          const z = l === 0 ? widen(layer.apply(values, h, context)) : layer.apply(values, h, inner);
          const [scale, shift] = tf.split(modulation(values, l), 2, 2) as [Tensor, Tensor];
          const rows = tf.reshape(z, [stack, T, (batch * sizeOf(layer.outputShape)) / channels[l]!, channels[l]!]);
          h = tf.reshape(tf.add(tf.mul(rows, tf.add(scale, 1)), shift), z.shape);
        }
        return top.apply(values, tf.reshape(h, [stack * T, batch, -1]), context);
      },
      diagnose: (values) =>
        Object.fromEntries(
          layers.map((_, l) => [`scale/${l}`, tf.add(tf.squeeze(tf.slice(modulation(values, l), [0, 0, 0, 0], [-1, -1, 1, -1]), [2]), 1)]),
        ),
    };
  },
});
