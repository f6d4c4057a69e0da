import type { Labels } from './task';

/** Quantile bins of a number's labels. */
const BINS = 5;

/** The rows of each class; of a row with several labels, it is among those of each. */
export function classStrata({ task, values, length }: Labels, rows: number): number[][] {
  const strata: number[][] = task.classes.map(() => []);
  for (let row = 0; row < rows; row++) {
    const codes = new Set(values.subarray(row * length, (row + 1) * length));
    for (const code of codes) if (!Number.isNaN(code)) strata[code]!.push(row);
  }
  return strata;
}

/** The rows of each of five quantile bins of the row's first label; equal labels are in one bin. */
export function quantileStrata({ values, length }: Labels, rows: number): number[][] {
  const labelOf = (row: number): number => values[row * length]!;
  const known = Array.from({ length: rows }, (_, row) => row).filter((row) => !Number.isNaN(labelOf(row)));
  known.sort((a, b) => labelOf(a) - labelOf(b) || a - b);
  const bins: number[][] = Array.from({ length: BINS }, () => []);
  let bin = 0;
  known.forEach((row, i) => {
    const equalToLast = i > 0 && labelOf(row) === labelOf(known[i - 1]!);
    if (!equalToLast) bin = Math.floor((i * BINS) / known.length);
    bins[bin]!.push(row);
  });
  return bins;
}
