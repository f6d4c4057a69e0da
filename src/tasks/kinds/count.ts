import * as tf from '@tensorflow/tfjs-core';
import { DataError } from '../../cells/data-error';
import { meanContributions, rootMeanContributions } from '../../metrics/contributions';
import { mae, rowErrors } from '../../metrics/mae';
import { rowPoissonDeviances } from '../../metrics/poisson-deviance';
import { rmse, rowSquares } from '../../metrics/rmse';
import { optionalOption } from '../../options/spec';
import { defineKind } from '../define-kind';
import { devianceMetrics } from '../deviance-metrics';
import type { KindFactory, Reading, ReadLabels, Scored, TaskOptions } from '../kind';
import { columnOption, lossWeightOption } from '../label-options';
import { numberLabels } from '../number-labels';
import { quantileStrata } from '../strata';

/** Options of {@link count}. */
export interface CountOptions extends TaskOptions {
  /** A column of how long, or over how many, was counted: years, persons, pages. Above 0 wherever there is a count. @default 1 for every row */
  readonly exposure?: string;
}

function read({ where, column, options, cells, others, missing }: Reading<CountOptions>): ReadLabels {
  const counts = numberLabels(where, column, cells, missing, (value) =>
    value >= 0 && Number.isInteger(value)
      ? undefined
      : 'expected a count, a whole number of at least 0; use regression() for other numbers',
  );
  const exposures = others[0];
  if (!exposures || options.exposure === undefined) return { classes: [], outputs: 1, values: counts, length: 1 };
  const durations = numberLabels(`${where} with exposure "${options.exposure}"`, options.exposure, exposures, missing);
  const values = new Float64Array(2 * counts.length).fill(Number.NaN);
  for (const [row, counted] of counts.entries()) {
    if (Number.isNaN(counted)) continue;
    if (!(durations[row]! > 0)) {
      throw new DataError(
        'missing-value',
        `${where}: row ${row} (counted from 0) has the count ${counted} over an exposure of ${Number.isNaN(durations[row]) ? 'nothing' : durations[row]}; expected a number above 0 in column "${options.exposure}", or no count`,
        { column: options.exposure, row },
      );
    }
    values.set([counted, durations[row]!], 2 * row);
  }
  return { classes: [], outputs: 1, values, length: 2 };
}

/** Counts and what was expected of them, exposure counted; NaN without label. */
function expected({ labels, predictions, length }: Scored): {
  readonly counts: Float64Array;
  readonly means: Float64Array;
  readonly exposures: Float64Array;
} {
  const rows = labels.length / length;
  const counts = Float64Array.from({ length: rows }, (_, row) => labels[row * length]!);
  const exposures = Float64Array.from({ length: rows }, (_, row) => (length === 2 ? labels[row * 2 + 1]! : 1));
  return { counts, exposures, means: exposures.map((exposure, row) => exposure * predictions[row]!) };
}

const deviancesOf = (scored: Scored): Float64Array => {
  const { counts, means } = expected(scored);
  return rowPoissonDeviances(counts, means);
};

/** Deviances of the training rows' rate, the prediction that knows no inputs. */
const constantDeviances = (scored: Scored): Float64Array => {
  const { counts, exposures } = expected(scored);
  return rowPoissonDeviances(
    counts,
    exposures.map((exposure) => exposure * scored.trainMean),
  );
};

/** In place of the exposure of a row without label. */
const SMALLEST = 1e-30;

/** Log rates beyond this would be infinite as float32. */
const MOST = 80;

/**
 * A task that predicts how often something happens: its label column holds whole numbers from 0, missing ones are masked. A column of exposures
 * says over how long or how many each was counted.
 *
 * The output is the logarithm of the rate per unit of exposure; the loss is half the Poisson deviance, the negative log likelihood less that of a rate
 * that is what was counted, so that it is never below 0. A prediction is the rate: the expected count of one unit of exposure. The primary metric is the relative deviance, the Poisson
 * deviance over that of the training rows' rate, so that one margin fits all tasks; `mae` and `rmse` are those of the expected counts.
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on a loss weight that is not above 0
 * @example
 * count({ column: 'visits', exposure: 'years' })
 */
export const count: KindFactory<CountOptions> = defineKind<CountOptions>({
  name: 'count',
  title: 'how often something happens',
  options: {
    column: columnOption,
    exposure: optionalOption('the name of a column', 'over how long or how many each was counted; 1 for every row without', (value) =>
      typeof value === 'string' && value !== '' ? undefined : 'type',
    ),
    lossWeight: lossWeightOption,
  },
  positional: ['exposure'],
  otherColumns: ({ exposure }) => (exposure === undefined ? [] : [exposure]),
  read,
  cells: ({ otherColumns }) => 1 + (otherColumns?.length ?? 0),
  fits: ({ classes, outputs, otherColumns = [] }) => classes.length === 0 && outputs === 1 && otherColumns.length <= 1,
  link: 'log',
  scale: 'interval',
  likelihoodFactor: 1,
  fit({ values, length }, rows) {
    let [events, exposure] = [0, 0];
    for (let i = 0; i < rows.length; i++) {
      const at = rows[i]! * length;
      if (Number.isNaN(values[at])) continue;
      events += values[at]!;
      exposure += length === 2 ? values[at + 1]! : 1;
    }
    // As for classes, what was never seen counts as half an event.
    return { mean: (events || 0.5) / exposure, sd: 1 };
  },
  constants: (_, { mean }) => [Math.log(mean)],
  strata: quantileStrata,
  loss: {
    joins: true,
    of({ z, labels, mask, count: tasks }) {
      const own = labels.shape[2] === tasks ? [labels, undefined] : apart(labels, tasks);
      const weight = labels.shape[2] === tasks ? mask : apart(mask, tasks)[0]!;
      const events = own[0]!;
      const rate = tf.exp(tf.minimum(z, MOST));
      const means = own[1] ? tf.mul(rate, own[1]) : rate;
      // Where the rate is what was counted, the loss is 0: some methods take its logarithm, or divide by it.
      const counted = tf.maximum(events, 1);
      const logCounted = tf.log(own[1] ? tf.div(counted, tf.maximum(own[1], SMALLEST)) : counted);
      const raw = tf.add(tf.sub(means, events), tf.mul(events, tf.sub(logCounted, z)));
      // Rounding may take a loss below 0; what is no number stays so.
      const losses = tf.add(raw, tf.relu(tf.neg(raw)));
      return {
        sums: tf.sum(tf.mul(losses, weight), 1),
        weight,
        slopes: () => tf.mul(tf.sub(means, events), weight),
      };
    },
  },
  predict: (outputs) => outputs.map(Math.exp),
  metrics: [
    ...devianceMetrics(deviancesOf, constantDeviances),
    {
      name: 'mae',
      better: 'lower',
      inLabelUnit: true,
      score: (scored) => mae(expected(scored).counts, expected(scored).means),
      contributions: (scored) => meanContributions(rowErrors(expected(scored).counts, expected(scored).means)),
    },
    {
      name: 'rmse',
      better: 'lower',
      inLabelUnit: true,
      score: (scored) => rmse(expected(scored).counts, expected(scored).means),
      contributions: (scored) => rootMeanContributions(rowSquares(expected(scored).counts, expected(scored).means)),
    },
  ],
});

/** Cells of tasks side by side, `[stack, batch, 2 x tasks]`, as the first and second cell of each, `[stack, batch, tasks]`. */
function apart(cells: tf.Tensor, tasks: number): tf.Tensor[] {
  const [stack, batch] = cells.shape as [number, number];
  return tf.unstack(tf.reshape(cells, [stack, batch, tasks, 2]), 3);
}
