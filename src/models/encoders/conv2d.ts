import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { choiceOption, flagOption, listOption, numberOption, WIDTH } from '../../options/spec';
import { defineEncoder, type EncoderFactory, withFirst } from '../define-encoder';
import { type Activation, type ActivationName, activationNames, activationOf } from '../network/activation';
import { convolution, halve } from '../network/convolution';
import { scaledWidth } from '../network/features';
import { layerNorm } from '../network/layer-norm';
import type { InputShape, Layer, Values } from '../network/network';

/** Options of `conv2d`. */
export interface Conv2dOptions {
  /** Side of the square window. @default 3 */
  readonly kernel?: number;
  /** `relu`, `tanh`, `sigmoid`, `elu`, `softplus` or `linear`. @default 'relu' */
  readonly activation?: ActivationName;
  /** Two convolutions a layer with a connection around them (He et al. 2015, 1512.03385). @default false */
  readonly residual?: boolean;
  /** `layer`: normalize the channels of each cell before activation; `none`. @default 'none' */
  readonly norm?: 'none' | 'layer';
  /** Halve height and width after each layer, while both are at least 2. @default true */
  readonly pool?: boolean;
  /** What the last layer puts out: `average` over all cells, `[channels]`, or all cells, `[height, width, channels]`. @default 'average' */
  readonly output?: 'average' | 'cells';
  /** Share of each layer's outputs that is dropped while training, in [0, 1). @default 0 */
  readonly dropout?: number;
}

/**
 * A small convolutional network as encoder: a convolution (or a residual block of two), activation and 2 x 2 average pooling per layer.
 *
 * Inputs are `[height, width, channels]`, or `[height, width]` for one channel. There is no batch normalization: its running statistics
 * would make models more than functions of their parameters; `norm: 'layer'` is what this package has in its place.
 *
 * Parameters of layer l: `<l>/conv/weights` `[kernel^2 * inputs, channels]`, `<l>/conv/bias`, with residual blocks also `<l>/conv2/...`
 * and, where the number of channels changes, `<l>/skip/...` `[inputs, channels]`; with normalization `<l>/norm/gain`, `<l>/norm/bias`
 * (and `norm2`).
 * @param channels of each layer, for instance `[16, 32, 64]`
 * @throws TypeError for inputs that are not images; RangeError for channels that are not positive integers or options out of range
 * @example
 * const trunk = conv2d([16, 32], { residual: true, norm: 'layer' });
 */
export const conv2d: EncoderFactory<[channels: readonly number[], options?: Conv2dOptions]> = defineEncoder<
  [channels: readonly number[], options?: Conv2dOptions],
  Conv2dOptions & { readonly channels: readonly number[] }
>({
  name: 'conv2d',
  title: 'Convolutions over an image',
  first: 'channels',
  options: {
    channels: listOption(undefined, 'channels of each layer', WIDTH),
    kernel: numberOption(3, 'side of the square window', { integer: true, min: 1 }),
    activation: choiceOption('relu', activationNames, 'after each layer'),
    residual: flagOption(false, 'two convolutions a layer with a connection around them'),
    norm: choiceOption('none', ['none', 'layer'], 'normalize the channels of each cell before activation'),
    pool: flagOption(true, 'halve height and width after each layer, while both are at least 2'),
    output: choiceOption('average', ['average', 'cells'], 'what the last layer puts out'),
    dropout: numberOption(0, "share of each layer's outputs that is dropped while training", { min: 0, below: 1 }),
  },
  read: (channels, options) => withFirst('conv2d', 'channels', channels, options),
  scaled: ({ channels, ...rest }, factor, multiple) => ({ ...rest, channels: channels.map((size) => scaledWidth(size, factor, multiple)) }),
  build(input, scope, options) {
    const activate = activationOf(options.activation);
    let image = imageOf(input);
    return options.channels.map((size, i) => {
      const made = layerOf(options, activate, `${scope}/${i}`, image, size, i === options.channels.length - 1);
      image = made.image;
      return made.layer;
    });
  },
});

/** One layer, and the image that comes out of it. */
function layerOf(
  { kernel, residual, norm, pool, output, dropout }: Required<Conv2dOptions>,
  { apply: activate, start }: Activation,
  scope: string,
  [height, width, inputs]: Image,
  outputs: number,
  last: boolean,
): { layer: Layer; image: Image } {
  const convolve = (name: string, from: number): { layers: Pick<Layer, 'parameters'>[]; apply: (values: Values, x: Tensor) => Tensor } => {
    const conv = convolution(`${scope}/conv${name}`, kernel, from, outputs, 'shared', start);
    const normal = norm === 'layer' ? layerNorm(`${scope}/norm${name}`, outputs) : undefined;
    return {
      layers: normal ? [conv, normal] : [conv],
      apply: (values, x) => (normal ? normal.apply(values, conv.apply(values, x)) : conv.apply(values, x)),
    };
  };
  const first = convolve('', inputs);
  const second = residual ? convolve('2', outputs) : undefined;
  const skip = residual && inputs !== outputs ? convolution(`${scope}/skip`, 1, inputs, outputs, 'shared', 'glorot') : undefined;
  const halves = pool && height >= 2 && width >= 2;
  const image: Image = halves ? [Math.ceil(height / 2), Math.ceil(width / 2), outputs] : [height, width, outputs];
  const averages = last && output === 'average';
  return {
    image,
    layer: {
      parameters: [...first.layers, ...(second?.layers ?? []), ...(skip ? [skip] : [])].flatMap((part) => part.parameters),
      outputShape: averages ? [outputs] : image,
      apply(values, x, context) {
        const cells = x.rank === 4 ? tf.expandDims(x, 4) : x;
        let h = first.apply(values, cells);
        if (second) h = tf.add(second.apply(values, activate(h)), skip ? skip.apply(values, cells) : cells);
        h = activate(h);
        if (halves) h = halve(h);
        return context.dropout(averages ? tf.mean(h, [2, 3]) : h, dropout);
      },
    },
  };
}

type Image = readonly [height: number, width: number, channels: number];

function imageOf({ shape, vocabulary }: InputShape): Image {
  if (vocabulary !== undefined || shape.length < 2 || shape.length > 3) {
    const got = vocabulary === undefined ? `[${shape.join(', ')}]` : 'token ids';
    throw new TypeError(`conv2d: inputs must be images [height, width, channels] or [height, width], got ${got}`);
  }
  return [shape[0]!, shape[1]!, shape[2] ?? 1];
}
