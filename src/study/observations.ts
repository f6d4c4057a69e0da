import { firstRepeated } from '../data/first-repeated';
import { givenSplits } from '../data/given-splits';
import { kFold, splitData } from '../data/split';
import type { Split, TaskData } from '../data/task-data';
import { optionError, optionName } from '../options/option-error';
import {
  type CallSpecs,
  COUNT,
  choiceOption,
  type FilledSpec,
  listOption,
  numberOption,
  optional,
  optionalOption,
  pick,
  readCall,
  requiredNumberOption,
  SEED,
  withFlag,
} from '../options/spec';
import { resamplingCorrelation } from './statistics';
import { FEWEST_SEEDS } from './statistics/decide';
import { rowsForSplitting } from './subset';

/** What seeds vary. */
export type Vary = 'both' | 'split' | 'initialization';

/** Repeated cross-validation. */
export interface FoldsDesign {
  /** At least 2: every row is tested once a repeat. */
  readonly folds: number;
  /** How often the rows are divided anew. @default 1 */
  readonly repeats?: number;
}

/** Options that say which runs a study makes of every method. */
export interface DesignOptions {
  /**
   * How many seeds (0, 1, 2, ...), or which. Each draws a split, an initialization and batch orders, the same for all methods.
   * @default 10, or the seeds of `splits`
   */
  readonly seeds?: number | readonly number[];
  /** Share of the rows for testing, in (0, 1). @default 0.3 */
  readonly test?: number;
  /** Splits by seed instead of drawn ones: `{ "0": { train: [...], test: [...], validation?: [...] }, ... }`, or an array of them, row indices from 0. */
  readonly splits?: unknown;
  /**
   * What seeds vary. `'split'`: every run starts from the first seed's initialization and batch orders; `'initialization'`: every run has
   * the first seed's split, and verdicts then speak of that split only. @default 'both'
   */
  readonly vary?: Vary;
  /** Repeated cross-validation instead of seeds. @default none */
  readonly design?: FoldsDesign;
}

/** One split and initialization on which every method is run: what pairs the methods' scores. */
export interface Observation {
  /** Names the observation in results. */
  readonly seed: number;
  /** Seed of initialization, batches, dropout and balancing. */
  readonly trainingSeed: number;
  readonly split: Split;
  readonly repeat?: number;
  readonly fold?: number;
}

/** The observations of a study. */
export interface Observations {
  readonly list: readonly Observation[];
  /** Correlation of the scores of two observations at most, by the rows that their splits share; 0 where they test on the same rows. */
  readonly rho: number;
  /** How splits came about, in words. */
  readonly splits: string;
  readonly vary: Vary;
  readonly notes: readonly string[];
}

/** Each seed holds a split of the rows; more than these are a slip of the pen. */
const MOST_SEEDS = 100_000;

/** How many seeds, or which. */
const seedsOption: FilledSpec<number | readonly number[]> = {
  type: 'integer >= 1, or array of seeds',
  default: 10,
  doc: 'how many seeds, or which',
  fault: (value) => {
    if (typeof value === 'number') return numberOption(10, '', { ...COUNT, max: MOST_SEEDS }).fault(value);
    if (!Array.isArray(value) || value.length === 0) return { kind: 'type', expected: 'a number or a non-empty array of seeds' };
    return listOption(undefined, '', SEED).fault(value);
  },
};

const splitsText = 'given splits by seed: { "0": { "train": [...], "test": [...] }, ... }, or an array of them; row numbers from 0';

/** Options of the design that have no value of their own where they are left out. */
export type AbsentDesignOptions = 'seeds' | 'test' | 'splits' | 'design';

/** How the options are checked, for functions that have further ones. */
export const designSpecs: CallSpecs<DesignOptions, AbsentDesignOptions> = {
  seeds: withFlag(optional(seedsOption, '10, or the seeds of the splits'), '--seeds N | LIST'),
  test: withFlag(optional(numberOption(0.3, 'share of the rows for testing', { above: 0, below: 1 }), '0.3'), '--test X'),
  splits: withFlag(
    optionalOption<unknown>('splits by seed', splitsText, () => undefined),
    '--splits FILE.json',
  ),
  vary: choiceOption('both', ['both', 'split', 'initialization'], 'what seeds vary'),
  design: optionalOption<FoldsDesign>('object such as { folds: 10 }', 'repeated cross-validation instead of seeds', (value) =>
    typeof value === 'object' && value !== null ? undefined : 'type',
  ),
};

/** Names of the options, for functions that have further ones. */
export const designNames: readonly (keyof DesignOptions)[] = Object.keys(designSpecs) as (keyof DesignOptions)[];

const foldsSpecs: CallSpecs<FoldsDesign> = {
  folds: requiredNumberOption('parts of a repeat', { ...COUNT, min: 2 }),
  repeats: numberOption(1, 'how often the rows are divided anew', COUNT),
};

function seedList(who: string, seeds: number | readonly number[]): number[] {
  if (typeof seeds === 'number') return Array.from({ length: seeds }, (_, i) => i);
  const repeated = firstRepeated(seeds);
  if (repeated !== undefined)
    throw optionError(
      RangeError,
      who,
      `${optionName('seeds')}: seed ${repeated} is there twice; the same seed gives the same numbers again`,
    );
  return [...seeds];
}

/** Takes validation rows from a split's training rows, stratified or by group or time as any split of the data. */
function withValidation(data: TaskData, split: Split, share: number, seed: number): Split {
  if (split.validation.length > 0 || share === 0) return split;
  const inner = splitData(rowsForSplitting(data, split.train), { test: share, seed });
  const pick = (rows: Int32Array): Int32Array => rows.map((i) => split.train[i]!);
  return { train: pick(inner.train), validation: pick(inner.test), test: split.test };
}

/** Test rows that two splits share beyond what random draws do: from this share of what is left on, they count as one test set. */
const ONE_TEST_SET = 0.2;

/** How much of a test part another one holds too, mean over pairs of splits. */
function overlapOf(splits: readonly Split[]): number {
  const held = new Map<number, number>();
  for (const { test } of splits) for (const row of test) held.set(row, (held.get(row) ?? 0) + 1);
  const pairs = [...held.values()].reduce((sum, count) => sum + count * (count - 1), 0);
  const rows = splits.reduce((sum, { test }) => sum + test.length, 0);
  return pairs / (rows * (splits.length - 1));
}

/**
 * The correlation of two seeds' scores at most: that of Nadeau and Bengio, test / (train + test), mean over the splits. It is a bound only where test
 * sets are drawn at random; 0 where they are one and the same, or share far more rows than random ones do, as when two splits alternate.
 */
function correlationOf(splits: readonly Split[]): number {
  if (splits.length < 2) return 0;
  const correlations = splits.map(({ train, validation, test }) => resamplingCorrelation(train.length + validation.length, test.length));
  const mean = correlations.reduce((a, b) => a + b, 0) / splits.length;
  const rows = new Set(splits.flatMap(({ train, validation, test }) => [...train, ...validation, ...test])).size;
  const expected = splits.reduce((sum, { test }) => sum + test.length, 0) / splits.length / rows;
  // A few random splits share what chance has it.
  const most = splits.length < FEWEST_SEEDS ? 1 : expected + ONE_TEST_SET * (1 - expected);
  return overlapOf(splits) >= most ? 0 : mean;
}

/**
 * Plans which splits and initializations every method is run on.
 * @param who the function, for messages
 * @param validation share of rows for validation; of the training rows where splits are given or folds
 * @throws TypeError for options that exclude each other, RangeError for a value out of range, DataError where a split leaves a task without
 * label
 */
export function planObservations(who: string, data: TaskData, options: DesignOptions, validation: number): Observations {
  const { vary } = readCall<DesignOptions, AbsentDesignOptions>(who, designSpecs, pick(options, designNames));
  if (options.design !== undefined) return folds(who, data, options, validation, vary);

  const given = options.splits === undefined ? undefined : givenSplits(options.splits, data);
  if (given && options.test !== undefined)
    throw optionError(
      TypeError,
      who,
      `${optionName('test')} has no use where splits are given (${optionName('splits')}); leave one of them out`,
    );
  const seeds = options.seeds === undefined && given ? [...given.keys()] : seedList(who, options.seeds ?? 10);
  const test = options.test ?? 0.3;
  const splitOf = (seed: number): Split => {
    if (!given) return splitData(data, { test, validation, seed });
    const split = given.get(seed);
    if (!split) {
      const there = [...given.keys()].join(', ');
      throw optionError(RangeError, who, `${optionName('splits')} has no split for seed ${seed}; it has ${there}`);
    }
    return withValidation(data, split, validation, seed);
  };
  const first = seeds[0]!;
  const shared = vary === 'initialization' ? splitOf(first) : undefined;
  const list = seeds.map((seed): Observation => ({ seed, trainingSeed: vary === 'split' ? first : seed, split: shared ?? splitOf(seed) }));
  const rho = correlationOf(list.map(({ split }) => split));
  const how = given ? 'given' : data.time ? `by time, test share ${test}` : `drawn by seed, test share ${test}`;
  return {
    list,
    rho,
    splits: shared ? `${how}; all seeds share the split of seed ${first}` : how,
    vary,
    notes: [
      ...(rho === 0 && list.length > 1
        ? ['all seeds test on the same rows, or nearly: what is said holds for this split, others were not tried']
        : []),
      ...(vary === 'split' && list.length > 1 ? [`all runs have the initialization and batch orders of seed ${first}`] : []),
    ],
  };
}

function folds(who: string, data: TaskData, options: DesignOptions, validation: number, vary: Vary): Observations {
  for (const name of ['seeds', 'test', 'splits'] as const) {
    if (options[name] !== undefined) {
      const hint = name === 'seeds' ? '; for more runs raise design.repeats' : '';
      throw new TypeError(`${who}: ${name} has no use with design: the folds make the splits${hint}`);
    }
  }
  if (vary === 'initialization')
    throw new RangeError(`${who}: vary "initialization" has no use with design: folds are different splits; use "both" or "split"`);
  const { folds: count, repeats } = readCall<FoldsDesign>(who, foldsSpecs, options.design, 'design');
  const list = Array.from({ length: repeats }, (_, repeat) =>
    kFold(data, count, repeat).map((split, fold): Observation => {
      const seed = repeat * count + fold;
      return { seed, trainingSeed: vary === 'split' ? 0 : seed, split: withValidation(data, split, validation, seed), repeat, fold };
    }),
  ).flat();
  return {
    list,
    rho: correlationOf(list.map(({ split }) => split)),
    splits: `${repeats === 1 ? '' : `${repeats} x `}${count}-fold cross-validation`,
    vary,
    notes: vary === 'split' ? ['all runs have the initialization and batch orders of seed 0'] : [],
  };
}
