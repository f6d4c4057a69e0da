import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { toName, toNumber } from '../../cells/cell';
import { DataError } from '../../cells/data-error';
import { meanContributions } from '../../metrics/contributions';
import { mae } from '../../metrics/mae';
import { quadraticKappa, quadraticKappaContributions } from '../../metrics/quadratic-kappa';
import { didYouMean } from '../../options/check';
import { optionalOption } from '../../options/spec';
import { classColumns } from '../class-columns';
import { classCodes, classesOf, countNames } from '../class-labels';
import { classMasses } from '../class-masses';
import { classAccuracy, classLogLoss, classReliability, predictedOf } from '../class-metrics';
import { defineKind } from '../define-kind';
import type { KindFactory, LossBatch, LossParts, Reading, Scored, TaskOptions } from '../kind';
import { type ClassWeights, classWeightsOption, columnOption, lossWeightOption } from '../label-options';
import { hotLabels } from '../softmax';
import { classStrata } from '../strata';

/** Options of {@link ordinal}. */
export interface OrdinalOptions extends TaskOptions {
  /** The levels from the lowest to the highest, two or more. @default the numbers in the column, ascending; required where it holds text */
  readonly levels?: readonly (string | number | boolean)[];
  /** Loss weight of each level. @default every level weighs 1 */
  readonly classWeights?: ClassWeights;
}

/** Neighboring thresholds are at least this far apart, so that no level between them becomes impossible. */
const LEAST_GAP = 1e-3;

/** The levels in order. @throws DataError for text without `levels`, and for a cell that is none of them */
function levelsOf({ where, column, options, cells, missing }: Reading<OrdinalOptions>): readonly string[] {
  const counts = countNames(cells, missing);
  if (options.levels === undefined) {
    const text = [...counts.keys()].find((name) => toNumber(name) === undefined);
    if (text === undefined) return classesOf(where, column, counts);
    throw new DataError(
      'wrong-classes',
      `${where}: the order of its levels is not known (it holds "${text}"); name them from the lowest to the highest, as in ordinal({ levels: ['low', 'middle', 'high'] })`,
      { column },
    );
  }
  const levels = options.levels.map(toName);
  for (let row = 0; row < cells.length; row++) {
    if (missing(cells[row]) || levels.includes(toName(cells[row]))) continue;
    const found = toName(cells[row]);
    throw new DataError(
      'wrong-classes',
      `${where}: row ${row} (counted from 0) holds "${found}", which is none of the levels ${levels.map((level) => `"${level}"`).join(', ')}${didYouMean(found, levels)}; add it where it belongs, or declare it as missing`,
      { column, row },
    );
  }
  return levels;
}

/** Logits of being above each level but the last, falling: `[..., levels - 1]`, and how far apart neighbors are, `[..., levels - 2]`. */
function cumulative(z: Tensor, levels: number): { readonly above: Tensor; readonly gaps: Tensor | undefined } {
  const first = tf.slice(z, [0, 0, 0], [-1, -1, 1]);
  if (levels === 2) return { above: first, gaps: undefined };
  const gaps = tf.add(tf.softplus(tf.slice(z, [0, 0, 1], [-1, -1, levels - 2])), LEAST_GAP);
  const all: Tensor[] = [first];
  for (const gap of tf.split(gaps, levels - 2, 2)) all.push(tf.sub(all.at(-1)!, gap));
  return { above: tf.concat(all, 2), gaps };
}

function lossOf(batch: LossBatch): LossParts {
  const { z, classes: levels } = batch;
  const { hot, weight } = hotLabels(batch);
  const y = tf.squeeze(hot, [2]);
  const { above, gaps } = cumulative(z, levels);
  const zero = tf.zerosLike(tf.slice(z, [0, 0, 0], [-1, -1, 1]));
  // P(level k) = s(a) - s(b) = s(a) s(-b) (1 - exp(-(a - b))) with a, b the logits of being above k - 1 and above k.
  const entered = tf.concat([zero, tf.neg(tf.softplus(tf.neg(above)))], 2);
  const stayed = tf.concat([tf.neg(tf.softplus(above)), zero], 2);
  const between = gaps && tf.log(tf.sub(1, tf.exp(tf.neg(gaps))));
  const logs = between ? tf.add(tf.add(entered, stayed), tf.concat([zero, between, zero], 2)) : tf.add(entered, stayed);
  const slopes = (): Tensor => {
    const at = (first: number): Tensor => tf.slice(y, [0, 0, first], [-1, -1, levels - 1]);
    const [higher, lower] = [at(1), at(0)];
    const p = tf.sigmoid(above);
    let byAbove = tf.sub(tf.mul(p, lower), tf.mul(tf.sub(1, p), higher));
    if (gaps) {
      // The gap after threshold k is part of level k + 1: it pushes the thresholds apart.
      const push = tf.div(tf.slice(y, [0, 0, 1], [-1, -1, levels - 2]), tf.sub(tf.exp(gaps), 1));
      byAbove = tf.add(byAbove, tf.sub(tf.concat([zero, push], 2), tf.concat([push, zero], 2)));
    }
    // Threshold k is the first less all gaps before it: what a gap changes is the sum over the thresholds behind it.
    const parts = tf.split(byAbove, levels - 1, 2);
    const tails: Tensor[] = new Array(levels - 1);
    for (let k = levels - 2; k >= 0; k--) tails[k] = k === levels - 2 ? parts[k]! : tf.add(parts[k]!, tails[k + 1]!);
    const own = [tails[0]!];
    if (gaps) {
      const rise = tf.sigmoid(tf.slice(z, [0, 0, 1], [-1, -1, levels - 2]));
      own.push(tf.neg(tf.mul(rise, tf.concat(tails.slice(1), 2))));
    }
    return tf.mul(own.length === 1 ? own[0]! : tf.concat(own, 2), weight);
  };
  return { sums: tf.sum(tf.mul(tf.neg(tf.sum(tf.mul(logs, y), 2, true)), weight), 1), weight, slopes };
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

/** Probabilities of the levels, `[rows, levels]`, from cumulative outputs `[rows, levels - 1]`. */
function levelProbabilities(outputs: Float64Array, levels: number): Float64Array {
  const rows = outputs.length / (levels - 1);
  const result = new Float64Array(rows * levels);
  for (let row = 0; row < rows; row++) {
    const z = outputs.subarray(row * (levels - 1), (row + 1) * (levels - 1));
    let above = z[0]!;
    let before = 1;
    for (let k = 0; k < levels; k++) {
      if (k > 0 && k < levels - 1) above -= softplus(z[k]!) + LEAST_GAP;
      const p = k === levels - 1 ? 0 : sigmoid(above);
      result[row * levels + k] = before - p;
      before = p;
    }
  }
  return result;
}

const rankErrors = (scored: Scored): Float64Array => {
  const ranks = predictedOf(scored);
  return Float64Array.from(scored.labels, (label, i) => Math.abs(label - ranks[i]!));
};

/**
 * A task whose classes have an order: grades, stages, stars. Missing labels are masked.
 *
 * Outputs are cumulative logits (McCullagh 1980): the first is the logit of being above the lowest level, each further one is a distance, made
 * positive by softplus, to the logit of being above the next level. Probabilities of levels are never negative, whatever the network says. Where distances
 * do not depend on the inputs this is the proportional-odds model; a network may learn that they do. The loss is the negative log likelihood; a
 * prediction is a probability for each level, and its level the most probable one. The primary metric is the quadratic weighted kappa; `rankMae` is
 * the mean distance in levels.
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on fewer than two levels, one that is there twice, a negative or infinite class weight, or a loss weight that is not above 0
 * @example
 * ordinal({ column: 'grade', levels: ['low', 'middle', 'high'] })
 */
export const ordinal: KindFactory<OrdinalOptions> = defineKind<OrdinalOptions>({
  name: 'ordinal',
  title: 'one of several classes with an order',
  options: {
    column: columnOption,
    levels: optionalOption(
      'an array of two or more different levels, from the lowest to the highest',
      'the levels in their order; the numbers in the column, ascending, without',
      (value) => {
        if (!Array.isArray(value) || !value.every((level) => ['string', 'number', 'boolean'].includes(typeof level))) return 'type';
        return value.length >= 2 && new Set(value.map(toName)).size === value.length ? undefined : 'range';
      },
    ),
    classWeights: classWeightsOption,
    lossWeight: lossWeightOption,
  },
  positional: ['levels'],
  read(reading) {
    const levels = levelsOf(reading);
    return classCodes(reading, levels, levels.length - 1);
  },
  fits: ({ classes, outputs }) => outputs > 0 && classes.length === outputs + 1,
  scale: 'ranked',
  likelihoodFactor: 1,
  constants(_, target) {
    const masses = classMasses(target);
    const total = masses.reduce((a, b) => a + b, 0);
    const above = masses.slice(1).map((__, k) => masses.slice(k + 1).reduce((a, b) => a + b, 0) / total);
    const logits = above.map((p) => Math.log(p / (1 - p)));
    const gaps = logits.slice(1).map((logit, k) => Math.log(Math.expm1(Math.max(logits[k]! - logit - LEAST_GAP, LEAST_GAP))));
    return [logits[0]!, ...gaps];
  },
  strata: classStrata,
  loss: { joins: false, of: lossOf },
  predict: (outputs, { classes }) => levelProbabilities(outputs, classes.length),
  columns: classColumns,
  metrics: [
    {
      name: 'quadraticKappa',
      better: 'higher',
      score: (scored) => quadraticKappa(scored.labels, predictedOf(scored)),
      contributions: (scored) => quadraticKappaContributions(scored.labels, predictedOf(scored)),
    },
    {
      name: 'rankMae',
      better: 'lower',
      score: (scored) => mae(scored.labels, predictedOf(scored)),
      contributions: (scored) => meanContributions(rankErrors(scored)),
    },
    classAccuracy,
    classLogLoss,
  ],
  reliability: classReliability,
});
