import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { choiceOption, layersOption, numberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import { ownBlocks, sharedCopies, spread, spreadContext } from '../network/copies';
import { encode, featuresOf } from '../network/features';
import type { Encoder, Parameter } from '../network/network';
import { nuclearNorm } from '../network/nuclear-norm';
import { type TowerOptions, towerOption, towersOf } from '../network/towers';

/** Options of {@link softSharing}. */
export interface SoftSharingOptions extends TowerOptions {
  /** Factor of the penalty; 0 trains the networks apart. @default 0.01 */
  readonly strength?: number;
  /** `mean`: squared distance of the tasks' weights to their mean; `trace`: nuclear norm of the tasks' weights side by side. @default 'mean' */
  readonly norm?: 'mean' | 'trace';
  /** Layers of the trunk that are pulled together, from 0; null: all. @default null */
  readonly layers?: readonly number[] | null;
}

/** Squared distance of the copies to their mean, summed, `[stack]`. */
function distanceToMean(copies: Tensor3D): Tensor {
  return tf.sum(tf.square(tf.sub(copies, tf.mean(copies, 1, true))), [1, 2]);
}

/**
 * Soft parameter sharing: a network per task, whose weights a penalty pulls together.
 *
 * `mean`: strength * sum_t |W_t - mean W|^2 (Evgeniou & Pontil 2004; for networks Duong et al. 2015, who pull two networks to each other:
 * the sum over all pairs is `tasks` times this). `trace`: strength * |M|_* per weight, with M `[tasks, inputs * outputs]`, the last-axis
 * flattening of Yang & Hospedales 2016 (1606.04038), smoothed as in {@link nuclearNorm}. Biases and heads are left alone.
 *
 * Parameters: the trunks `trunk/...` `[tasks, ...]`, all starting from the same values (hidden units of networks that start apart do not
 * correspond, so their mean means nothing), towers and heads. Only its own task's loss reaches a trunk, and the penalty: no parameter is
 * shared, so gradients cannot conflict and an aggregator such as `mgda()` changes nothing; weightings weigh each trunk with its task.
 *
 * Diagnosis: `distance/<layer>`, each task's distance to the mean relative to the mean's length, `[stack, tasks]`.
 * @param trunk the encoder that each task has
 */
export const softSharing: ArchitectureFactory<[trunk: Encoder, options?: SoftSharingOptions]> = defineArchitecture({
  name: 'softSharing',
  title: 'Soft parameter sharing',
  paper: {
    authors: 'Duong, Cohn, Bird, Cook',
    year: 2015,
    title: 'Low Resource Dependency Parsing: Cross-lingual Parameter Sharing in a Neural Network Parser',
  },
  encoder: 'trunk',
  options: {
    trunk: encoderOption('the encoder that each task has'),
    strength: numberOption(0.01, 'factor of the penalty', { min: 0 }),
    norm: choiceOption('mean', ['mean', 'trace'], 'squared distance to the mean, or nuclear norm of the weights side by side'),
    layers: layersOption('layers of the trunk that are pulled together, from 0; null: all'),
    tower: towerOption(),
  },
  read: (trunk: Encoder, options?: SoftSharingOptions) => withTrunk('softSharing', trunk, options),
  build({ input, tasks }, { trunk, strength, norm, layers: chosen, tower }) {
    const layers = trunk.build(input, 'trunk');
    for (const layer of chosen ?? []) {
      if (layer >= layers.length) {
        throw new RangeError(`softSharing: layers names layer ${layer}, the trunk has ${layers.length}: 0 to ${layers.length - 1}`);
      }
    }
    const trunks = sharedCopies(layers, tasks.length);
    const equal = (parameter: Parameter): Parameter => ({
      ...parameter,
      initial(random) {
        const values = parameter.initial(random);
        const one = values.length / tasks.length;
        for (let copy = 1; copy < tasks.length; copy++) values.copyWithin(copy * one, 0, one);
        return values;
      },
    });
    const pulled = layers.map((layer, l) =>
      chosen === null || chosen.includes(l) ? layer.parameters.filter(({ decay }) => decay).map(({ name }) => name) : [],
    );
    const side = (value: Tensor): Tensor3D => tf.reshape(value, [value.shape[0]!, tasks.length, -1]);
    const measure = norm === 'mean' ? distanceToMean : nuclearNorm;
    const top = towersOf(tower, featuresOf(layers), tasks);
    return {
      parameters: [...trunks.parameters.map((parameter) => ownBlocks(equal(parameter), 0)), ...top.parameters],
      forward(values, x, context) {
        const inner = spreadContext(context, tasks.length);
        const z = encode(layers, trunks.values(values), spread(x, tasks.length), inner);
        return top.apply(values, z, context);
      },
      ...(strength > 0 &&
        pulled.flat().length > 0 && {
          penalty: (values) => {
            const terms = pulled.flat().map((name) => measure(side(values[name]!)));
            return tf.mul(terms.length === 1 ? terms[0]! : tf.addN(terms), strength);
          },
        }),
      diagnose: (values) =>
        Object.fromEntries(
          layers.flatMap((layer, l) => {
            const weights = layer.parameters.filter(({ decay }) => decay).map(({ name }) => side(values[name]!));
            if (weights.length === 0) return [];
            const all = tf.concat(weights, 2);
            const mean = tf.mean(all, 1, true);
            return [[`distance/${l}`, tf.div(tf.norm(tf.sub(all, mean), 2, 2), tf.maximum(tf.norm(mean, 2, 2), 1e-12))]];
          }),
        ),
    };
  },
});
