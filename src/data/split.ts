import { DataError } from '../cells/data-error';
import { type CallSpecs, choiceOption, numberOption, optional, readCall, requiredNumberOption, SEED } from '../options/spec';
import { type Random, random } from '../random/random';
import type { Split, TaskData } from './data-types';
import { stratify } from './iterative-stratification';
import { labelStrata } from './strata';

/** How rows are divided: by iterative stratification, at random, whole groups, or by time. */
export type SplitBy = 'stratified' | 'random' | 'group' | 'time';

/** Options of {@link splitData}. */
export interface SplitOptions {
  /** Share of the rows in the test part, above 0 and below 1. @default 0.3 */
  readonly test?: number;
  /** Share of the rows in the validation part, from 0 and below 1. @default 0 */
  readonly validation?: number;
  /** A non-negative integer; the same seed gives the same split. */
  readonly seed: number;
  /** @default 'group' where the data has groups, else 'time' where it has times, else 'stratified' */
  readonly by?: SplitBy;
}

const splitSpecs: CallSpecs<SplitOptions, 'by'> = {
  test: numberOption(0.3, 'share of the rows in the test part', { above: 0, below: 1 }),
  validation: numberOption(0, 'share of the rows in the validation part', { min: 0, below: 1 }),
  seed: requiredNumberOption('the same seed gives the same split', SEED),
  by: optional(choiceOption('stratified', ['stratified', 'random', 'group', 'time'], 'how rows are divided'), 'by what the data has'),
};

/**
 * Divides the rows into a training, a validation and a test part, each in ascending order.
 *
 * `'stratified'` keeps the labels' proportions (Sechidis, Tsoumakas, Vlahavas 2011; missing labels, several classes and binned regressions
 * included); `'random'` does not look at labels; both give parts of exactly the rounded sizes, for every seed. `'group'` keeps rows of one
 * group together, sizes and labels as near as whole groups allow. `'time'` tests on the latest rows and validates on those before; rows of
 * one time stay together and the seed changes nothing.
 * @throws TypeError on an unknown option
 * @throws RangeError when a share or the seed is out of range
 * @throws DataError when a part would be empty, or a task would have no label in the training part
 */
export function splitData(data: TaskData, options: SplitOptions): Split {
  const who = 'splitData(data, options)';
  const { test, validation, seed, by = defaultBy(data) } = readCall<SplitOptions, 'by'>(who, splitSpecs, options);
  if (test + validation >= 1) throw new RangeError(`${who}: validation must leave rows to train on; got ${validation} with test ${test}`);
  const stream = random(seed, 'split');
  const testRows = Math.round(data.rows * test);
  const validationRows = Math.round(data.rows * validation);
  const sizes = [data.rows - testRows - validationRows, validationRows, testRows];
  const what = `Cannot split ${data.rows} rows with test ${test}${validation > 0 ? ` and validation ${validation}` : ''}`;
  if (sizes[0]! < 1 || testRows < 1 || (validation > 0 && validationRows < 1)) {
    throw new DataError(
      'bad-split',
      `${what}: a part would be empty (training ${sizes[0]}, validation ${sizes[1]}, test ${sizes[2]} rows)`,
    );
  }
  const parts = divide(data, by, sizes, stream, what);
  const split: Split = { train: rowsOf(parts, 0), validation: rowsOf(parts, 1), test: rowsOf(parts, 2) };
  checkTrainLabels(data, split, `the split with seed ${seed}`);
  return split;
}

/**
 * Divides the rows into `folds` test parts of nearly equal size; in split i, part i tests and all other rows train.
 *
 * Stratified as in {@link splitData}; whole groups where the data has groups.
 * @param folds at least 2 and at most the number of rows (of groups, where the data has them)
 * @param seed a non-negative integer
 * @returns one split a fold, without validation parts
 * @throws RangeError when `folds` or the seed is out of range
 * @throws DataError when a task would have no label in a training part, or the data has times (folds would train on the future)
 */
export function kFold(data: TaskData, folds: number, seed: number): readonly Split[] {
  if (!Number.isInteger(folds) || folds < 2 || folds > data.rows) {
    throw new RangeError(`kFold(data, folds, seed): folds must be an integer from 2 to the ${data.rows} rows; got ${folds}`);
  }
  const by = defaultBy(data);
  if (by === 'time') {
    throw new DataError(
      'bad-split',
      'Cannot make folds of data with times: they would train on the future; use splitData, which tests on the latest rows',
    );
  }
  const sizes = Array.from({ length: folds }, (_, i) => Math.floor((data.rows + i) / folds));
  const parts = divide(data, by, sizes, random(seed, 'folds'), `Cannot make ${folds} folds of ${data.rows} rows`);
  return sizes.map((_, fold) => {
    const split: Split = {
      train: Int32Array.from(parts.keys()).filter((row) => parts[row] !== fold),
      validation: new Int32Array(0),
      test: rowsOf(parts, fold),
    };
    checkTrainLabels(data, split, `fold ${fold} with seed ${seed}`);
    return split;
  });
}

function defaultBy(data: TaskData): SplitBy {
  return data.groups !== undefined ? 'group' : data.time !== undefined ? 'time' : 'stratified';
}

function rowsOf(parts: Int32Array, part: number): Int32Array {
  return Int32Array.from(parts.keys()).filter((row) => parts[row] === part);
}

/** The part of each row. */
function divide(data: TaskData, by: SplitBy, sizes: readonly number[], stream: Random, what: string): Int32Array {
  switch (by) {
    case 'stratified':
      return stratify(data.rows, labelStrata(data), sizes, stream);
    case 'random':
      return stratify(data.rows, [], sizes, stream);
    case 'group':
      if (data.groups === undefined)
        throw new DataError('bad-split', `${what} by group: the data has no groups; name their column in taskData({ groups })`);
      return divideGroups(data, data.groups, sizes, stream, what);
    case 'time':
      if (data.time === undefined)
        throw new DataError('bad-split', `${what} by time: the data has no times; name their column in taskData({ time })`);
      return divideTime(data.time, sizes, what);
  }
}

/** Random orders of the groups that are tried; the best is kept. */
const groupTries = 20;

/**
 * Places groups in random order, each where sizes and strata come nearest to the parts' shares; the best of some orders by the same measure
 * (the greedy rule of scikit-learn's StratifiedGroupKFold, for parts of unequal size and several tasks).
 */
function divideGroups(data: TaskData, groups: Int32Array, sizes: readonly number[], stream: Random, what: string): Int32Array {
  const count = groups.reduce((highest, group) => Math.max(highest, group), -1) + 1;
  const used = sizes.flatMap((size, p) => (size > 0 ? [p] : []));
  const everyRow = Array.from(groups.keys());
  const strata = [everyRow, ...labelStrata(data)];
  const totals = strata.map((stratum) => stratum.length);
  const profile = Array.from({ length: count }, () => new Float64Array(strata.length));
  strata.forEach((stratum, s) => {
    for (const row of stratum) profile[groups[row]!]![s]!++;
  });
  const present = Int32Array.from(profile.keys()).filter((group) => profile[group]![0]! > 0);
  if (present.length < used.length) {
    throw new DataError(
      'bad-split',
      `${what} by group: there are ${present.length} groups for ${used.length} parts; every part needs at least one`,
    );
  }
  const share = sizes.map((size) => size / data.rows);
  /** Squared distance of a part's share of each stratum from its due; sizes count as much as all labels together. */
  const distance = (counts: Float64Array, p: number): number => {
    let sum = 0;
    for (let s = 0; s < counts.length; s++) {
      const off = counts[s]! / totals[s]! - share[p]!;
      sum += s === 0 ? off * off * Math.max(1, counts.length - 1) : off * off;
    }
    return sum;
  };
  let best: { readonly cost: number; readonly partOf: Int32Array } | undefined;
  for (let attempt = 0; attempt < groupTries; attempt++) {
    const partOf = new Int32Array(count).fill(-1);
    const counts = sizes.map(() => new Float64Array(strata.length));
    const order = stream.permutation(present.length);
    order.forEach((index, i) => {
      const group = present[index]!;
      const empty = used.filter((p) => counts[p]![0] === 0);
      const mustFill = empty.length >= order.length - i;
      let [chosen, least] = [-1, Infinity];
      for (const p of mustFill ? empty : used) {
        const grown = counts[p]!.map((value, s) => value + profile[group]![s]!);
        const change = distance(grown, p) - distance(counts[p]!, p);
        if (change < least) [chosen, least] = [p, change];
      }
      partOf[group] = chosen;
      counts[chosen] = counts[chosen]!.map((value, s) => value + profile[group]![s]!);
    });
    const cost = used.reduce((sum, p) => sum + distance(counts[p]!, p), 0);
    if (best === undefined || cost < best.cost) best = { cost, partOf };
  }
  return groups.map((group) => best!.partOf[group]!);
}

function divideTime(time: Float64Array, sizes: readonly number[], what: string): Int32Array {
  const order = Int32Array.from(time.keys()).sort((a, b) => time[a]! - time[b]! || a - b);
  const parts = new Int32Array(time.length);
  let [part, end] = [0, sizes[0]!];
  order.forEach((row, i) => {
    const sameTime = i > 0 && time[row] === time[order[i - 1]!];
    while (i >= end && !sameTime && part < sizes.length - 1) {
      part++;
      end += sizes[part]!;
    }
    parts[row] = part;
  });
  sizes.forEach((size, p) => {
    if (size > 0 && !parts.includes(p)) {
      throw new DataError(
        'bad-split',
        `${what} by time: too many rows share one time to give every part some; use other shares or finer times`,
      );
    }
  });
  return parts;
}

/** @throws DataError when a task has no label in the training part */
export function checkTrainLabels(data: TaskData, split: Split, which: string): void {
  for (const { task, values, length } of data.labels) {
    const labeled = split.train.some((row) => {
      for (let i = row * length; i < (row + 1) * length; i++) if (!Number.isNaN(values[i])) return true;
      return false;
    });
    if (!labeled) {
      const labels = values.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
      throw new DataError(
        'no-label',
        `Task "${task.name}" has no label in the training part of ${which}: all ${labels} of its labels (column "${task.column}") are in the other parts; give it more labels or another split`,
        { column: task.column },
      );
    }
  }
}
