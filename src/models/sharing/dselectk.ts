import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { choiceOption, numberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture } from '../define-architecture';
import { encoderOption, optionalEncoderOption } from '../encoder-option';
import { sharedCopies, spread, spreadContext, unfold } from '../network/copies';
import { encode, entries, featuresOf, meanRow } from '../network/features';
import { checkGateInput } from '../network/gates';
import { uniformWithin } from '../network/initial';
import { mixExperts } from '../network/mix';
import type { Encoder, ForwardContext, Parameter, Values } from '../network/network';
import { towersOf } from '../network/towers';
import { stemOf } from './stem';

/** Options of {@link dselectk}. */
export interface DselectkOptions {
  /** The encoder that each expert is. */
  readonly expert: Encoder;
  /** Number of experts. @default 4 */
  readonly experts?: number;
  /** Upper bound of the experts that a task uses. @default 2 */
  readonly k?: number;
  /** Whether selectors look at the row (`example`) or are the task's alone (`static`). @default 'example' */
  readonly selection?: 'example' | 'static';
  /** Width of the smooth step. @default 1 */
  readonly gamma?: number;
  /** Factor of the selectors' entropy in the loss. @default 1e-6 */
  readonly entropy?: number;
  /** A network of each task's own between its mixture and its head; null: none. @default null */
  readonly tower?: Encoder | null;
  /** Lower layers that all experts and gates read; null: none. @default null */
  readonly stem?: Encoder | null;
}

/** The smooth step: 0 below -gamma/2, 1 above gamma/2, a cubic between; its gradient vanishes outside. */
export function smoothStep(t: Tensor, gamma: number): Tensor {
  const c = tf.clipByValue(t, -gamma / 2, gamma / 2);
  return tf.add(tf.sub(tf.mul(c, 1.5 / gamma), tf.mul(tf.mul(tf.square(c), c), 2 / gamma ** 3)), 0.5);
}

/**
 * A linear part of a task's selectors.
 * @param width of what they look at; 0 where they are the task's alone, and have a bias only
 */
function selectorParameters(name: string, task: number, width: number, outputs: number, limit: number): Parameter[] {
  const parameter = (own: string, shape: readonly number[], decay: boolean): Parameter => ({
    name: own,
    shape,
    role: 'task',
    task,
    decay,
    initial: uniformWithin(limit, shape),
  });
  const bias = parameter(`${name}/bias`, [1, outputs], false);
  return width === 0 ? [bias] : [parameter(name, [width, outputs], true), bias];
}

/**
 * How much each selector picks each expert: the product over the bits of an expert's code of S(z_b) or 1 - S(z_b).
 * @param steps S of each bit, `[stack, rows, selectors, bits]`
 * @returns `[stack, rows, selectors, experts]`
 */
function choices(steps: Tensor, experts: number): Tensor {
  const bits = steps.shape[3]!;
  const bitOf = (code: number, b: number): number => (code >> (bits - 1 - b)) & 1;
  const column = (f: (bit: number) => number, b: number): Tensor =>
    tf.tensor(
      Array.from({ length: experts }, (_, i) => f(bitOf(i, b))),
      [1, 1, 1, experts],
    );
  // The factor of bit b in a code is offset + slope * S(z_b).
  const factors = entries(steps, 3).map((step, b) => {
    const slope = column((bit) => 2 * bit - 1, b);
    const offset = column((bit) => 1 - bit, b);
    return tf.add(tf.mul(tf.expandDims(step, 3), slope), offset) as Tensor;
  });
  return factors.reduce((product, factor) => tf.mul(product, factor));
}

/**
 * DSelect-k: sparse gates that gradients can train. A task's weights are sum_j softmax(w)_j r(z_j) over k selectors; each selector picks
 * one expert by its binary code, r_i = prod_b S(z_b) or 1 - S(z_b), with S the smooth step (Hazimeh et al. 2021, 2106.03760).
 *
 * Added to the loss: the selectors' entropies times `entropy`, and, where the number of experts is no power of two, 1 / max(sum_i r_i,
 * 1e-3), which keeps selectors away from codes that stand for no expert (the bound is ours: a selector that has settled on such a code
 * divides by 0). Both are means over the batch's rows, where the authors' code sums (so that `entropy` does not depend on the batch
 * size), summed over tasks and selectors.
 *
 * Parameters: the experts `trunk/...` `[experts, ...]`; per task `select/<task>/codes` `[width, k * bits]` (`example` only) and
 * `select/<task>/codes/bias` `[1, k * bits]`, within +-gamma / 100; `select/<task>/mix` `[width, k]` (`example` only) and
 * `select/<task>/mix/bias` `[1, k]`, within +-0.05; towers and heads.
 *
 * Diagnosis: `gates`, mean weight per task and expert, `[stack, tasks, experts]`.
 */
export const dselectk: ArchitectureFactory<[options: DselectkOptions]> = defineArchitecture({
  name: 'dselectk',
  title: 'DSelect-k',
  paper: {
    authors: 'Hazimeh, Zhao, Chowdhery, Sathiamoorthy, Chen, Mazumder, Hong, Chi',
    year: 2021,
    title: 'DSelect-k: Differentiable Selection in the Mixture of Experts with Applications to Multi-Task Learning',
    arxiv: '2106.03760',
  },
  encoder: 'expert',
  options: {
    expert: encoderOption('the encoder that each expert is'),
    experts: numberOption(4, 'number of experts', { min: 1, integer: true }),
    k: numberOption(2, 'upper bound of the experts that a task uses', { min: 1, integer: true }),
    selection: choiceOption('example', ['example', 'static'], 'whether selectors look at the row'),
    gamma: numberOption(1, 'width of the smooth step', { above: 0 }),
    entropy: numberOption(1e-6, "factor of the selectors' entropy in the loss", { min: 0 }),
    tower: optionalEncoderOption("a network of each task's own before its head"),
    stem: optionalEncoderOption('lower layers that all experts and gates read'),
  },
  read(options: DselectkOptions) {
    const { experts = 4, k = 2 } = options ?? {};
    if (k > experts) throw new RangeError(`dselectk(options): k must be at most the number of experts, ${experts}; got ${k}`);
    return options;
  },
  build({ input, tasks }, { expert, experts, k, selection, gamma, entropy, tower, stem }) {
    const bottom = stemOf(stem, input);
    const byExample = selection === 'example';
    if (byExample) checkGateInput('dselectk', bottom.output);
    const T = tasks.length;
    const bits = Math.ceil(Math.log2(experts));
    const codes = 2 ** bits;
    const trunks = sharedCopies(expert.build(bottom.output, 'trunk'), experts);
    const linear = (part: 'codes' | 'mix', outputs: number, limit: number): Parameter[] =>
      tasks.flatMap(({ name }, task) => selectorParameters(`select/${name}/${part}`, task, byExample ? bottom.width : 0, outputs, limit));
    const selecting = [...(bits > 0 ? linear('codes', k * bits, gamma / 100) : []), ...linear('mix', k, 0.05)];
    const top = towersOf(tower, featuresOf(trunks.layers), tasks);
    const joined = (values: Values, part: string): Tensor =>
      tf.concat(
        tasks.map(({ name }) => values[`select/${name}/${part}`]!),
        2,
      );
    /** `[stack, rows, tasks * outputs]`; one row where selectors are static. */
    const logits = (values: Values, seen: Tensor, part: 'codes' | 'mix'): Tensor => {
      const bias = joined(values, `${part}/bias`);
      return byExample ? tf.add(tf.matMul(seen as Tensor3D, joined(values, part) as Tensor3D), bias) : bias;
    };
    /** Selectors `[stack, rows, tasks * k, experts]` and weights `[stack, tasks, experts, rows]`. */
    const select = (values: Values, h: Tensor, context: ForwardContext): { selectors: Tensor; weights: Tensor } => {
      const seen = bottom.summary(h, context);
      const mix = logits(values, seen, 'mix');
      const [stack, rows] = mix.shape as [number, number];
      const selectors =
        bits > 0
          ? choices(smoothStep(tf.reshape(logits(values, seen, 'codes'), [stack, rows, T * k, bits]), gamma), experts)
          : tf.ones([stack, rows, T * k, experts]);
      const shares = tf.softmax(tf.reshape(mix, [stack, rows, T, k]));
      const weights = tf.sum(tf.mul(tf.expandDims(shares, 4), tf.reshape(selectors, [stack, rows, T, k, experts])), 3);
      return { selectors, weights: tf.transpose(weights, [0, 2, 3, 1]) };
    };
    const decode = (values: Values, h: Tensor, context: ForwardContext): Tensor => {
      const z = encode(trunks.layers, trunks.values(values), spread(h, experts), spreadContext(context, experts));
      const mixed = mixExperts(select(values, h, context).weights, tf.expandDims(unfold(z, experts), 1));
      return top.apply(values, mixed, context);
    };
    const regularizes = bits > 0 && (entropy > 0 || codes !== experts);
    return {
      parameters: [...bottom.parameters, ...trunks.parameters, ...selecting, ...top.parameters],
      forward: (values, x, context) => decode(values, bottom.apply(values, x, context), context),
      ...bottom.representation(decode),
      ...(regularizes && {
        penalty(values, x, context) {
          if (!x || !context) return tf.mul(tf.sum(values[selecting[0]!.name]!, [1, 2]), 0);
          const { selectors } = select(values, bottom.apply(values, x, context), context);
          const terms = [tf.mul(tf.sum(tf.mul(selectors, tf.log(tf.add(selectors, 1e-6))), [2, 3]), -entropy)];
          if (codes !== experts) terms.push(tf.sum(tf.reciprocal(tf.maximum(tf.sum(selectors, 3), 1e-3)), 2));
          const perRow = terms.length === 1 ? terms[0]! : tf.add(terms[0]!, terms[1]!);
          // Selectors that are the task's alone have one row.
          return byExample ? meanRow(perRow, context) : tf.squeeze(perRow, [1]);
        },
      }),
      diagnose: (values, x, context) => ({ gates: tf.mean(select(values, bottom.apply(values, x, context), context).weights, 3) }),
    };
  },
});
