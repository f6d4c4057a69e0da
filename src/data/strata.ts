import type { Labels, TaskData } from './data-types';

/** Quantile bins of a regression's labels. */
const regressionBins = 5;

/**
 * The strata of the labels, one for each thing that a split should divide evenly: each class of a classification, each quantile bin of a
 * regression (5 bins), and the positives of a binary task. A binary task with missing labels has its negatives too, since there the
 * positives alone do not fix how many labels a part gets.
 * @returns for each stratum its rows
 */
export function labelStrata(data: TaskData): number[][] {
  return data.labels.flatMap((labels) => strataOf(labels, data.rows)).filter((stratum) => stratum.length > 0);
}

function strataOf({ task, values, length }: Labels, rows: number): number[][] {
  if (task.kind === 'regression') return quantileBins(values);
  const strata: number[][] = task.classes.map(() => []);
  for (let row = 0; row < rows; row++) {
    const codes = new Set(values.subarray(row * length, (row + 1) * length));
    for (const code of codes) if (!Number.isNaN(code)) strata[code]!.push(row);
  }
  const complete = strata.reduce((sum, stratum) => sum + stratum.length, 0) === rows;
  return task.kind === 'binary' && complete ? [strata[1]!] : strata;
}

function quantileBins(values: Float64Array): number[][] {
  const known = Array.from(values.keys()).filter((row) => !Number.isNaN(values[row]));
  known.sort((a, b) => values[a]! - values[b]! || a - b);
  const bins: number[][] = Array.from({ length: regressionBins }, () => []);
  let bin = 0;
  known.forEach((row, i) => {
    const equalToLast = i > 0 && values[row] === values[known[i - 1]!];
    if (!equalToLast) bin = Math.floor((i * regressionBins) / known.length);
    bins[bin]!.push(row);
  });
  return bins;
}
