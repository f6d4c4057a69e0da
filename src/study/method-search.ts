import { fixed } from '../balancing/weightings/fixed';
import { rlw } from '../balancing/weightings/rlw';
import type { Method } from '../models/method';
import type { Encoder } from '../models/network/network';
import { hardSharing } from '../models/sharing/hard-sharing';
import { singleTask } from '../models/sharing/single-task';
import { type CallSpecs, COUNT, numberOption, readCall, SEED } from '../options/spec';
import { random } from '../random/random';
import { type Draws, drawsOption } from './draws';

/** A method with something left open that `compare` chooses on validation rows, for each seed anew. */
export interface MethodSearch {
  readonly name: string;
  /** The method that is varied. */
  readonly base: Method;
  /** Candidates where no tuning budget says how many. */
  readonly size: number;
  /** Whether all seeds try the same candidates, or each its own; where the study tunes, its `tune.draws` decides. @default 'joint' */
  readonly draws?: Draws;
  /**
   * Candidate `index` for so many tasks: what is changed, and the method with that change.
   * @param seed the study's seed that draws it; undefined where all seeds have the same
   */
  readonly candidate: (
    index: number,
    tasks: number,
    seed?: number,
  ) => { readonly changes: Readonly<Record<string, unknown>>; readonly method: Method };
}

/** Options of `scalarization`. */
export interface ScalarisationOptions {
  /** Weight vectors that are tried; the first has equal weights. @default 8 */
  readonly candidates?: number;
  /** Seed of the weights. @default 0 */
  readonly seed?: number;
  /**
   * Whether all seeds of a study try the same weights, or each draws its own (of three tasks and more; two have a grid). Where the study tunes, its
   * `tune.draws` decides. @default 'joint'
   */
  readonly draws?: Draws;
}

const specs: CallSpecs<ScalarisationOptions> = {
  candidates: numberOption(8, 'weight vectors that are tried', COUNT),
  seed: numberOption(0, 'seed of the weights', SEED),
  draws: drawsOption,
};

/** Whether something is a search and not a method. */
export function isSearch(value: unknown): value is MethodSearch {
  return typeof (value as MethodSearch | undefined)?.candidate === 'function';
}

/**
 * Tuned scalarization: a weighted sum of the tasks' losses, its weights fixed over training and chosen on validation rows. The baseline
 * that Kurin 2022 (2201.04122) and Xin 2022 (2209.11379) found hard to beat.
 *
 * Weights sum to the number of tasks. Two tasks: a regular grid of shares; more: equal weights, then draws uniform on the simplex.
 * @param method the architecture, for instance `hardSharing(trunk)`
 * @throws TypeError for an unknown option, RangeError for a value out of range
 */
export function scalarization(method: Method, options: ScalarisationOptions = {}): MethodSearch {
  const { candidates, seed, draws } = readCall<ScalarisationOptions>('scalarization', specs, options);
  if (method.architecture.separate) {
    throw new TypeError(
      `scalarization: ${method.architecture.name} trains every task on its own, so there are no losses to weigh; give a method that shares`,
    );
  }
  const weightsOf = (index: number, tasks: number, studySeed: number | undefined): number[] => {
    if (index === 0) return new Array<number>(tasks).fill(1);
    if (tasks === 2) {
      // 1/2 is candidate 0; then 1/4, 3/4, 1/8, 3/8, ...: a grid that gets finer, whatever the number of candidates.
      const level = Math.floor(Math.log2(index + 1));
      const share = (2 * (index - (2 ** level - 1)) + 1) / 2 ** (level + 1);
      return [2 * share, 2 * (1 - share)];
    }
    const stream = random(seed, studySeed === undefined ? `scalarization/${index}` : `scalarization/${studySeed}/${index}`);
    const gaps = Array.from({ length: tasks }, () => -Math.log(1 - stream.uniform()));
    const sum = gaps.reduce((a, b) => a + b, 0);
    return gaps.map((gap) => (tasks * gap) / sum);
  };
  return {
    name: 'scalarization',
    base: method,
    size: candidates,
    draws,
    candidate(index, tasks, studySeed) {
      const weights = weightsOf(index, tasks, studySeed);
      return { changes: { weights }, method: method.with(fixed({ weights })) };
    },
  };
}

/** The methods that belong into every comparison. */
export interface Baselines {
  /** A network per task. */
  readonly single: Method;
  /** One trunk, the plain sum of the losses. */
  readonly equal: Method;
  /** One trunk, fixed weights chosen on validation rows. */
  readonly scalarization: MethodSearch;
  /** One trunk, random weights at every step (Lin 2022, 2111.10603). */
  readonly rlw: Method;
}

/**
 * The baselines of a fair comparison: single-task networks, the plain sum, tuned fixed weights and random weights.
 * @param trunk the encoder of all of them
 * @example
 * compare(data, { methods: { ...baselines(trunk), pcgrad: hardSharing(trunk).with(pcgrad()) }, validation: 0.15 });
 */
export function baselines(trunk: Encoder, options: ScalarisationOptions = {}): Baselines {
  const hard = hardSharing(trunk);
  return { single: singleTask(trunk), equal: hard, scalarization: scalarization(hard, options), rlw: hard.with(rlw()) };
}
