import type { Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { relu } from '../../backend/ops';
import { choiceOption, numberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import { fold, ownBlocks, sharedCopies, spread, spreadContext, unfold } from '../network/copies';
import { featuresOf, flattenRows, sizeOf } from '../network/features';
import { layerNorm } from '../network/layer-norm';
import type { Encoder, Parameter } from '../network/network';
import { type TowerOptions, towerOption, towersOf } from '../network/towers';
import { stitchStart } from './cross-stitch';

/** Options of {@link nddr}. */
export interface NddrOptions extends TowerOptions {
  /** Initial weight of a task's own features; those of the others share the rest. @default 0.9 */
  readonly same?: number;
  /** Normalization after each fusion: `layer` or `none`. @default 'layer' */
  readonly norm?: 'layer' | 'none';
  /** What follows each fusion and its normalization: a rectifier or nothing. @default 'relu' */
  readonly activation?: 'relu' | 'linear';
}

/**
 * Neural discriminative dimensionality reduction: a network per task; after every layer all tasks' features are put side by side, and
 * each task goes on with a reduction of them, a 1 x 1 convolution with normalization and a rectifier, in the order of the authors' code (Gao,
 * Ma, Zhao, Liu, Yuille 2019, 1801.08297).
 *
 * Parameters: the trunks `trunk/...` `[tasks, ...]`; per layer `fusion/<layer>` `[tasks, tasks * channels, channels]`, starting diagonal
 * with `same` for the task's own channels and equal parts of 1 - `same` for the others'; with `norm: 'layer'` `fusion/<layer>/gain` and
 * `bias` `[tasks, 1, channels]`; the heads. The paper normalizes batches, which takes running statistics; here each row is normalized by
 * itself, so `norm: 'none', activation: 'linear'` is the fusion alone.
 *
 * Diagnosis: `fusion/<layer>`, root mean square of the weights from task to task, `[stack, tasks, tasks]`.
 * @param trunk the encoder that each task has
 */
export const nddr: ArchitectureFactory<[trunk: Encoder, options?: NddrOptions]> = defineArchitecture({
  name: 'nddr',
  title: 'Neural discriminative dimensionality reduction',
  paper: {
    authors: 'Gao, Ma, Zhao, Liu, Yuille',
    year: 2019,
    title: 'NDDR-CNN: Layerwise Feature Fusing in Multi-Task CNNs by Neural Discriminative Dimensionality Reduction',
    arxiv: '1801.08297',
  },
  encoder: 'trunk',
  options: {
    trunk: encoderOption('the encoder that each task has'),
    same: numberOption(0.9, "initial weight of a task's own features", { min: 0, max: 1 }),
    norm: choiceOption('layer', ['layer', 'none'], 'normalization after each fusion'),
    activation: choiceOption('relu', ['relu', 'linear'], 'what follows each fusion and its normalization'),
    tower: towerOption(),
  },
  read: (trunk: Encoder, options?: NddrOptions) => withTrunk('nddr', trunk, options),
  build({ input, tasks }, { trunk, same, norm, activation, tower }) {
    const T = tasks.length;
    const trunks = sharedCopies(trunk.build(input, 'trunk'), T);
    const layers = trunks.layers.map((layer, l) => {
      const channels = layer.outputShape[layer.outputShape.length - 1]!;
      const start = stitchStart(same, T, 1);
      const fusion: Parameter = {
        name: `fusion/${l}`,
        shape: [T, T * channels, channels],
        role: 'shared',
        decay: true,
        initial() {
          const weights = new Float32Array(T * T * channels * channels);
          for (let pair = 0; pair < T * T; pair++) {
            for (let c = 0; c < channels; c++) weights[(pair * channels + c) * channels + c] = start[pair]!;
          }
          return weights;
        },
      };
      const normal = norm === 'layer' ? sharedCopies([{ ...layerNorm(`fusion/${l}`, channels), outputShape: [channels] }], T) : undefined;
      return { layer, channels, fusion, normal };
    });
    // What a task reads after the last layer reaches its head alone.
    const fusing = layers.flatMap(({ fusion, normal }, l) =>
      [fusion, ...(normal?.parameters ?? [])].map((parameter) => (l === layers.length - 1 ? ownBlocks(parameter, 0) : parameter)),
    );
    const top = towersOf(tower, featuresOf(trunks.layers), tasks);
    return {
      parameters: [...trunks.parameters, ...fusing, ...top.parameters],
      forward(values, x, context) {
        const inner = spreadContext(context, T);
        const own = trunks.values(values);
        let h = spread(x, T);
        for (const { layer, channels, fusion, normal } of layers) {
          const z = layer.apply(own, h, inner);
          const rest = z.shape.slice(1);
          const cells = sizeOf(rest) / channels;
          const side = tf.transpose(tf.reshape(unfold(z, T), [-1, T, cells, channels]), [0, 2, 1, 3]);
          const all = spread(tf.reshape(side, [-1, cells, T * channels]), T);
          const fused = tf.matMul(all as Tensor3D, fold(values[fusion.name]!) as Tensor3D);
          const normed = normal ? normal.layers[0]!.apply(normal.values(values), fused, inner) : fused;
          h = tf.reshape(activation === 'relu' ? relu(normed) : normed, z.shape);
        }
        return top.apply(values, flattenRows(h), context);
      },
      diagnose: (values) =>
        Object.fromEntries(
          layers.map(({ fusion, channels }) => {
            const blocks = tf.reshape(values[fusion.name]!, [-1, T, T, channels, channels]);
            return [fusion.name, tf.sqrt(tf.div(tf.sum(tf.square(blocks), [3, 4]), channels))];
          }),
        ),
    };
  },
});
