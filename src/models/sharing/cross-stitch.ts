import * as tf from '@tensorflow/tfjs-core';
import { choiceOption, numberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import { ownBlocks, sharedCopies, spread, spreadContext } from '../network/copies';
import { featuresOf, flattenRows } from '../network/features';
import { mixChannels, mixCopies } from '../network/mix';
import type { Encoder, Parameter } from '../network/network';
import { type TowerOptions, towerOption, towersOf } from '../network/towers';

/** Options of {@link crossStitch}. */
export interface CrossStitchOptions extends TowerOptions {
  /** Initial weight of a task's own features; those of the others share the rest. @default 0.9 */
  readonly same?: number;
  /** One weight per pair of tasks, or one per pair and channel. @default 'scalar' */
  readonly units?: 'scalar' | 'channel';
}

/** Initial weights of `tasks` tasks' own and the others' features, `[blocks, tasks, tasks]`: rows sum to 1. */
export function stitchStart(same: number, tasks: number, blocks: number): Float32Array {
  const other = tasks === 1 ? 0 : (1 - same) / (tasks - 1);
  const own = tasks === 1 ? 1 : same;
  return Float32Array.from({ length: blocks * tasks * tasks }, (_, k) => (Math.floor(k / tasks) % tasks === k % tasks ? own : other));
}

/**
 * Cross-stitch networks: a network per task; after every layer each task goes on with a learned linear combination of all tasks' features,
 * x_i' = sum_j a_ij x_j (Misra, Shrivastava, Gupta, Hebert 2016, 1604.03539).
 *
 * Parameters: the trunks `trunk/...` `[tasks, ...]`, a matrix per layer `stitch/<layer>` `[tasks, tasks]`, or `[channels, tasks, tasks]`
 * with one weight per channel (the last axis of the layer's output), and towers and heads. Weights of each row start from `same` for the task's
 * own features and equal parts of 1 - `same` for the others; the networks start from different values, as equal ones with equal stitches
 * would never part. The paper starts from trained single-task networks and gives the stitches a learning rate of their own; here all
 * train together at one rate.
 *
 * Diagnosis: `stitch/<layer>`, the matrices, averaged over channels, `[stack, tasks, tasks]`.
 * @param trunk the encoder that each task has
 */
export const crossStitch: ArchitectureFactory<[trunk: Encoder, options?: CrossStitchOptions]> = defineArchitecture({
  name: 'crossStitch',
  title: 'Cross-stitch networks',
  paper: {
    authors: 'Misra, Shrivastava, Gupta, Hebert',
    year: 2016,
    title: 'Cross-Stitch Networks for Multi-task Learning',
    arxiv: '1604.03539',
  },
  encoder: 'trunk',
  options: {
    trunk: encoderOption('the encoder that each task has'),
    same: numberOption(0.9, "initial weight of a task's own features", { min: 0, max: 1 }),
    units: choiceOption('scalar', ['scalar', 'channel'], 'one weight per pair of tasks, or one per pair and channel'),
    tower: towerOption(),
  },
  read: (trunk: Encoder, options?: CrossStitchOptions) => withTrunk('crossStitch', trunk, options),
  build({ input, tasks }, { trunk, same, units, tower }) {
    const trunks = sharedCopies(trunk.build(input, 'trunk'), tasks.length);
    const perChannel = units === 'channel';
    const stitches = trunks.layers.map(({ outputShape }, l): Parameter => {
      const blocks = perChannel ? [outputShape[outputShape.length - 1]!] : [];
      const stitch: Parameter = {
        name: `stitch/${l}`,
        shape: [...blocks, tasks.length, tasks.length],
        role: 'shared',
        decay: false,
        initial: () => stitchStart(same, tasks.length, blocks[0] ?? 1),
      };
      // What a task reads after the last layer reaches its head alone.
      return l === trunks.layers.length - 1 ? ownBlocks(stitch, blocks.length) : stitch;
    });
    const top = towersOf(tower, featuresOf(trunks.layers), tasks);
    return {
      parameters: [...trunks.parameters, ...stitches, ...top.parameters],
      forward(values, x, context) {
        const inner = spreadContext(context, tasks.length);
        const own = trunks.values(values);
        const z = trunks.layers.reduce(
          (h, layer, l) => {
            const mix = perChannel ? mixChannels : mixCopies;
            return mix(values[stitches[l]!.name]!, layer.apply(own, h, inner));
          },
          spread(x, tasks.length),
        );
        return top.apply(values, flattenRows(z), context);
      },
      diagnose: (values) =>
        Object.fromEntries(stitches.map(({ name }) => [name, perChannel ? tf.mean(values[name]!, 1) : tf.clone(values[name]!)])),
    };
  },
});
