import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { relu } from '../../backend/ops';
import { nullableNumberOption } from '../../options/spec';
import type { Task } from '../../tasks/task';
import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import { convolution, halve } from '../network/convolution';
import { type Copies, ownCopies, spread } from '../network/copies';
import { dense, onLastAxis, type Part } from '../network/dense';
import { featuresOf, flattenRows, sizeOf } from '../network/features';
import type { Encoder, ForwardContext, Layer, Values } from '../network/network';
import { type TowerOptions, towerOption, towersOf } from '../network/towers';

/** Options of {@link mtan}. */
export interface MtanOptions extends TowerOptions {
  /** Width inside the attention modules; null: as many channels as the layer. @default null */
  readonly width?: number | null;
}

/** One module's parts, as a layer: from the layer's features (and what the task attended to below) to a mask. */
interface Attention {
  readonly inner: Part;
  readonly outer: Part;
  readonly carry?: Part;
}

/**
 * Multi-task attention network: one trunk; each task looks at every layer through a soft mask of its own, a_t = m_t * p with
 * m_t = sigmoid(h(relu(g([p, f(a_t below)])))) (Liu, Johns, Davison 2019, 1803.10704).
 *
 * On vectors g, h and f are dense (f with relu). On images g and h are 1 x 1 convolutions and f is a 3 x 3 convolution with relu, halved
 * where the trunk halves. The paper joins the features at the start of each trunk block with its mask and normalizes batches; here blocks
 * are the encoder's layers, whose insides are unknown, so the mask looks at the features it is applied to, and nothing is normalized.
 *
 * Parameters: the trunk `trunk/...`; per task and layer `attention/<task>/<layer>/inner`, `/outer`, and from the second layer on
 * `/carry`, each weights and bias, which only their task's loss reaches; the heads.
 *
 * Diagnosis: `mask/<layer>`, each task's mean mask per channel, `[stack, tasks, channels]`.
 * @param trunk the shared encoder
 */
export const mtan: ArchitectureFactory<[trunk: Encoder, options?: MtanOptions]> = defineArchitecture({
  name: 'mtan',
  title: 'Multi-task attention network',
  paper: { authors: 'Liu, Johns, Davison', year: 2019, title: 'End-to-End Multi-Task Learning with Attention', arxiv: '1803.10704' },
  encoder: 'trunk',
  options: {
    trunk: encoderOption('the shared encoder'),
    width: nullableNumberOption(null, 'width inside the attention modules; null: as many channels as the layer', { min: 1, integer: true }),
    tower: towerOption(),
  },
  read: (trunk: Encoder, options?: MtanOptions) => withTrunk('mtan', trunk, options),
  build({ input, tasks }, { trunk, width, tower }) {
    const T = tasks.length;
    const layers = trunk.build(input, 'trunk');
    const modules = layers.map((layer, l) => moduleOf(tasks, l, layer, layers[l - 1], width));
    const top = towersOf(tower, featuresOf(layers), tasks);

    /** Runs the trunk and, beside it, all tasks' masks. */
    const run = (values: Values, x: Tensor, context: ForwardContext, seen: (mask: Tensor, layer: number) => void): Tensor => {
      let p = x;
      let attended: Tensor | undefined;
      for (const [l, layer] of layers.entries()) {
        p = layer.apply(values, p, context);
        const { copies, parts, bring } = modules[l]!;
        const own = copies.values(values);
        const each = spread(p, T);
        const channels = layer.outputShape[layer.outputShape.length - 1]!;
        let looked = each;
        if (attended && parts.carry) {
          const carried = attended.rank === 5 ? parts.carry.apply(own, attended) : onLastAxis(parts.carry, channels)(own, attended);
          looked = tf.concat([each, tf.reshape(bring(relu(carried)), each.shape)], -1);
        }
        const inside = relu(onLastAxis(parts.inner, width ?? channels)(own, looked));
        const mask = tf.sigmoid(onLastAxis(parts.outer, channels)(own, inside));
        seen(mask, l);
        attended = tf.mul(mask, each);
      }
      return flattenRows(attended!);
    };
    return {
      parameters: [
        ...layers.flatMap((layer) => layer.parameters),
        ...modules.flatMap(({ copies }) => copies.parameters),
        ...top.parameters,
      ],
      forward: (values, x, context) =>
        top.apply(
          values,
          run(values, x, context, () => {}),
          context,
        ),
      diagnose(values, x, context) {
        const means: Record<string, Tensor> = {};
        run(values, x, context, (mask, l) => {
          const channels = mask.shape[mask.rank - 1]!;
          means[`mask/${l}`] = tf.mean(tf.reshape(mask, [x.shape[0]!, T, -1, channels]), 2);
        });
        return means;
      },
    };
  },
});

/** The tasks' attention to one layer. */
interface Module {
  /** The modules of all tasks, side by side. */
  readonly copies: Copies;
  /** How one of them computes. */
  readonly parts: Attention;
  /** Brings what was attended to below to this layer's positions. */
  readonly bring: (a: Tensor) => Tensor;
}

/**
 * @param l the layer's number
 * @param below the layer below; undefined for the first
 * @param width inside the modules; null: as many channels as the layer
 */
function moduleOf(tasks: readonly Task[], l: number, layer: Layer, below: Layer | undefined, width: number | null): Module {
  const channels = layer.outputShape[layer.outputShape.length - 1]!;
  const inside = width ?? channels;
  const under = below && below.outputShape[below.outputShape.length - 1]!;
  const images = below?.outputShape.length === 3;
  const built = (scope: string): Attention => ({
    inner: dense(`${scope}/inner`, under === undefined ? channels : 2 * channels, inside, 'shared', 'he'),
    outer: dense(`${scope}/outer`, inside, channels, 'shared', 'glorot'),
    ...(under !== undefined && {
      carry: images
        ? convolution(`${scope}/carry`, 3, under, channels, 'shared', 'he')
        : dense(`${scope}/carry`, under, channels, 'shared', 'he'),
    }),
  });
  const asLayer = ({ inner, outer, carry }: Attention): Layer => ({
    parameters: [...inner.parameters, ...outer.parameters, ...(carry?.parameters ?? [])],
    outputShape: layer.outputShape,
    apply: (_, x) => x,
  });
  const scopes = tasks.map(({ name }) => `attention/${name}/${l}`);
  return {
    copies: ownCopies(
      (scope) => [asLayer(built(scope))],
      scopes,
      (task) => task,
    ),
    parts: built(scopes[0]!),
    bring: below ? fitting(below.outputShape, layer.outputShape) : (a) => a,
  };
}

/**
 * Brings features of one layer's rows to the positions of the next layer's rows: halved as often as needed, or averaged over all positions
 * where the next layer has none.
 * @throws RangeError where the shapes have nothing in common
 */
function fitting(from: readonly number[], to: readonly number[]): (a: Tensor) => Tensor {
  const [source, target] = [from.slice(0, -1), to.slice(0, -1)];
  if (sizeOf(source) === sizeOf(target) && source.length === target.length) return (a) => a;
  if (sizeOf(target) === 1) return (a) => tf.mean(tf.reshape(a, [a.shape[0]!, a.shape[1]!, -1, a.shape[a.rank - 1]!]), 2);
  const halved = source.map((n) => Math.ceil(n / 2));
  if (source.length === 2 && halved.every((n, i) => n === target[i])) return halve;
  throw new RangeError(`mtan: cannot carry attention from a layer of shape [${from.join(', ')}] to one of [${to.join(', ')}]`);
}
