import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { choiceOption, numberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import { ownBlocks, sharedCopies, spread, spreadContext } from '../network/copies';
import { entries, type Features, featuresOf, flattenRows, shapeRows, sizeOf } from '../network/features';
import { mixCopies } from '../network/mix';
import type { Encoder, Layer, Parameter } from '../network/network';
import { type TowerOptions, towerOption, towersOf } from '../network/towers';
import { stitchStart } from './cross-stitch';

/** Options of {@link sluice}. */
export interface SluiceOptions extends TowerOptions {
  /** Parts that each layer's channels are divided into. @default 2 */
  readonly subspaces?: number;
  /** Initial weight of a subspace's own features, and of the last layer; all others share the rest. @default 0.9 */
  readonly same?: number;
  /** Factor of the penalty that keeps a layer's subspaces apart. @default 0 */
  readonly orthogonality?: number;
  /**
   * What of two subspaces' weights is multiplied in the penalty: what they make of pairs of inputs (`inputs`, as in the authors' code), or the
   * weight vectors of pairs of their units (`outputs`). @default 'inputs'
   */
  readonly products?: 'inputs' | 'outputs';
}

/** What a task reads of all its layers: their weighted sum where all have one shape, else side by side, by position where positions agree. */
function joined(layers: readonly Layer[]): { readonly features: Features; readonly join: (outputs: readonly Tensor[]) => Tensor } {
  const shapes = layers.map(({ outputShape }) => outputShape);
  const last = featuresOf(layers);
  const text = (shape: readonly number[]): string => shape.join(' ');
  if (shapes.every((shape) => text(shape) === text(last.shape))) {
    return { features: last, join: (outputs) => (outputs.length === 1 ? outputs[0]! : tf.addN(outputs.map(flattenRows))) };
  }
  const positions = text(last.shape.slice(0, -1));
  if (shapes.every((shape) => text(shape.slice(0, -1)) === positions)) {
    const width = shapes.reduce((n, shape) => n + shape[shape.length - 1]!, 0);
    return {
      features: { ...last, shape: [...last.shape.slice(0, -1), width] },
      join: (outputs) => flattenRows(tf.concat([...outputs], -1)),
    };
  }
  return {
    features: { shape: [shapes.reduce((n, shape) => n + sizeOf(shape), 0)], sequence: false },
    join: (outputs) => tf.concat(outputs.map(flattenRows), 2),
  };
}

/**
 * Sluice networks: a network per task whose layers' channels fall into subspaces; after every layer each subspace goes on with a learned
 * combination of all subspaces of all tasks (alpha), and each head reads a learned mixture of its network's layers (beta) (Ruder, Bingel,
 * Augenstein, Søgaard 2019, 1705.08142).
 *
 * The mixture is a sum where layers have one shape, as in the paper; else the layers stand side by side, each times its weight. Added to
 * the loss: `orthogonality` times the sum over tasks, layers and pairs of subspaces of |W_g W_h^T|^2 `[inputs, inputs]`, with W_g `[inputs,
 * units]` the weights that make subspace g; it pairs the units of two subspaces by their place, as the mixing does. `products: 'outputs'` takes
 * |W_g^T W_h|^2 `[units, units]` instead, which is 0 where the subspaces look at orthogonal directions of the inputs. As in the authors' code
 * nothing is added unless a factor is given.
 *
 * Parameters: the trunks `trunk/...` `[tasks, ...]`, `alpha/<layer>` `[tasks * subspaces, tasks * subspaces]`, `beta` `[tasks, layers]`,
 * the heads. Rows of alpha start from `same` for themselves, rows of beta from `same` for the last layer, equal parts of the rest
 * elsewhere.
 *
 * Diagnosis: `alpha/<layer>` and `beta`, as they are.
 * @param trunk the encoder that each task has
 */
export const sluice: ArchitectureFactory<[trunk: Encoder, options?: SluiceOptions]> = defineArchitecture({
  name: 'sluice',
  title: 'Sluice networks',
  paper: {
    authors: 'Ruder, Bingel, Augenstein, Søgaard',
    year: 2019,
    title: 'Latent Multi-task Architecture Learning',
    arxiv: '1705.08142',
  },
  encoder: 'trunk',
  options: {
    trunk: encoderOption('the encoder that each task has'),
    subspaces: numberOption(2, "parts that each layer's channels are divided into", { min: 1, integer: true }),
    same: numberOption(0.9, "initial weight of a subspace's own features, and of the last layer", { min: 0, max: 1 }),
    orthogonality: numberOption(0, "factor of the penalty that keeps a layer's subspaces apart", { min: 0 }),
    products: choiceOption('inputs', ['inputs', 'outputs'], "what of two subspaces' weights the penalty multiplies"),
    tower: towerOption(),
  },
  read: (trunk: Encoder, options?: SluiceOptions) => withTrunk('sluice', trunk, options),
  widthMultiple: ({ subspaces }) => subspaces,
  build({ input, tasks }, { trunk, subspaces, same, orthogonality, products, tower }) {
    const T = tasks.length;
    const G = subspaces;
    const trunks = sharedCopies(trunk.build(input, 'trunk'), T);
    const { layers } = trunks;
    const L = layers.length;
    const channels = layers.map(({ outputShape }, l) => {
      const c = outputShape[outputShape.length - 1]!;
      if (c % G !== 0)
        throw new RangeError(`sluice: layer ${l} has ${c} channels, which ${G} subspaces do not divide; change subspaces or the trunk`);
      return c;
    });
    const mixing = { role: 'shared', decay: false } as const;
    const alphas = layers.map((_, l): Parameter => {
      const alpha: Parameter = { name: `alpha/${l}`, shape: [T * G, T * G], ...mixing, initial: () => stitchStart(same, T * G, 1) };
      // What a task reads after the last layer reaches its head alone, as does its mixture of the layers.
      return l === L - 1 ? ownBlocks(alpha, 0, G) : alpha;
    });
    const mixture: Parameter = {
      name: 'beta',
      shape: [T, L],
      ...mixing,
      initial: () => Float32Array.from({ length: T * L }, (_, i) => (L === 1 ? 1 : i % L === L - 1 ? same : (1 - same) / (L - 1))),
    };
    const beta = ownBlocks(mixture, 0);
    const { features, join } = joined(layers);
    const top = towersOf(tower, features, tasks);
    /** Exchanges a layer's subspaces, `[stack * tasks, batch, ...shape]`. */
    const exchange = (alpha: Tensor, z: Tensor, c: number): Tensor => {
      const cells = sizeOf(z.shape.slice(1)) / c;
      const models = z.shape[0]!;
      const apart = tf.transpose(tf.reshape(z, [models, cells, G, c / G]), [0, 2, 1, 3]);
      const mixed = mixCopies(alpha, tf.reshape(apart, [models * G, cells, c / G]));
      return tf.reshape(tf.transpose(tf.reshape(mixed, [models, G, cells, c / G]), [0, 2, 1, 3]), z.shape);
    };
    const weights = layers.map((layer, l) =>
      layer.parameters.filter(({ decay, shape }) => decay && shape[shape.length - 1] === channels[l]),
    );
    const penalizes = orthogonality > 0 && G > 1 && weights.flat().length > 0;
    return {
      parameters: [...trunks.parameters, ...alphas, beta, ...top.parameters],
      forward(values, x, context) {
        const inner = spreadContext(context, T);
        const own = trunks.values(values);
        const shares = entries(values.beta!, 2);
        let h = spread(x, T);
        const outputs = layers.map((layer, l) => {
          h = exchange(values[alphas[l]!.name]!, layer.apply(own, h, inner), channels[l]!);
          return tf.mul(h, tf.reshape(shares[l]!, [h.shape[0]!, ...h.shape.slice(1).map(() => 1)]));
        });
        const z = join(outputs.map((output, l) => shapeRows(output, layers[l]!.outputShape)));
        return top.apply(values, flattenRows(z), context);
      },
      ...(penalizes && {
        penalty(values) {
          const terms = weights.flatMap((list, l) =>
            list.map(({ name }) => {
              const w = values[name]!;
              const stack = w.shape[0]!;
              const ofUnits = products === 'outputs';
              const parts = tf.split(tf.reshape(w, [stack * T, -1, channels[l]!]), G, 2) as Tensor3D[];
              const squares = parts.flatMap((a, g) => parts.slice(g + 1).map((b) => tf.square(tf.matMul(a, b, ofUnits, !ofUnits))));
              const sum = squares.length === 1 ? squares[0]! : tf.addN(squares);
              return tf.sum(tf.reshape(sum, [stack, -1]), 1);
            }),
          );
          return tf.mul(terms.length === 1 ? terms[0]! : tf.addN(terms), orthogonality);
        },
      }),
      diagnose: (values) => Object.fromEntries([...alphas, beta].map(({ name }) => [name, tf.clone(values[name]!)])),
    };
  },
});
