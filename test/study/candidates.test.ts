import { describe, expect, it } from 'vitest';
import { cagrad } from '../../src/balancing/aggregators/cagrad';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { candidatesOf, checkTune } from '../../src/study/candidates';
import { scalarization } from '../../src/study/method-search';
import { adam, adamw } from '../../src/training/optimizer';

const settings = { learningRate: 1e-3, optimizer: adam() };
const trunk = mlp([8, 4], { dropout: 0.1 });
const hard = hardSharing(trunk);
const tune = (options: Parameters<typeof checkTune>[1], methods = ['hard']) => checkTune('compare', options, settings.optimizer, methods);
const trunkOf = (method: { readonly architecture: { readonly options: Readonly<Record<string, unknown>> } }) =>
  (method.architecture.options.trunk as { options: { sizes: number[]; dropout: number } }).options;

describe('candidates', () => {
  it('without tuning is the method itself', () => {
    const [only, ...rest] = candidatesOf('compare', 'hard', hard, 2, undefined, settings);
    expect(rest).toEqual([]);
    expect(only).toEqual({ changes: {}, method: hard, ...settings });
  });

  it('start with the method as given and draw the rest within the ranges', () => {
    const space = { budget: 200, learningRate: [1e-3, 1e-1], weightDecay: [0, 0.5], dropout: [0.2, 0.3], width: [0.5, 2] } as const;
    const [first, ...drawn] = candidatesOf('compare', 'hard', hard, 2, tune(space), settings);
    expect(first!.method).toBe(hard);
    expect(drawn).toHaveLength(199);
    for (const { changes, method, learningRate, optimizer } of drawn) {
      expect(learningRate).toBe(changes.learningRate);
      expect(learningRate >= 1e-3 && learningRate <= 1e-1).toBe(true);
      expect(optimizer.options.weightDecay).toBe(changes.weightDecay);
      expect(trunkOf(method).dropout).toBe(changes.dropout);
      expect(trunkOf(method).sizes).toEqual(changes.width === 2 ? [16, 8] : [4, 2]);
    }
    // Half of the draws below the middle of the log scale: 199 fair coins stay within 5 standard deviations of it.
    const low = drawn.filter(({ learningRate }) => learningRate < 1e-2).length;
    expect(Math.abs(low - 99.5)).toBeLessThan(5 * Math.sqrt(199 / 4));
    for (const name of ['weightDecay', 'dropout', 'width']) expect(new Set(drawn.map(({ changes }) => changes[name])).size).toBe(2);
  });

  it('are the same draws for every method: none has an easier search', () => {
    const space = tune({ budget: 9 }, ['a', 'b']);
    const a = candidatesOf('compare', 'a', hard, 2, space, settings).map(({ changes }) => changes);
    const b = candidatesOf('compare', 'b', singleTask(trunk), 2, space, settings).map(({ changes }) => changes);
    expect(a).toEqual(b);
  });

  it('share a method where only the learning rate differs, so that they train in one stack', () => {
    const drawn = candidatesOf('compare', 'hard', hard, 2, tune({ budget: 6, weightDecay: [0], dropout: [] }), settings).slice(1);
    expect(new Set(drawn.map(({ method }) => method)).size).toBe(1);
    expect(new Set(drawn.map(({ learningRate }) => learningRate)).size).toBe(5);
  });

  it('vary the options of the balancing, and combine with static weights', () => {
    const balanced = hard.with(cagrad({ c: 0.1 }));
    const space = tune({ budget: 30, dropout: [], options: { hard: { c: [0.2, 0.4, 0.6] } } });
    const drawn = candidatesOf('compare', 'hard', balanced, 2, space, settings).slice(1);
    expect(new Set(drawn.map(({ method }) => method.balancing!.options.c))).toEqual(new Set([0.2, 0.4, 0.6]));
    const weighted = candidatesOf('compare', 'hard', scalarization(hard), 3, tune({ budget: 5 }), settings);
    expect(weighted).toHaveLength(5);
    for (const { changes, method } of weighted) expect(method.balancing!.options.weights).toEqual(changes.weights);
  });

  it('may follow a Sobol sequence', () => {
    const space = tune({ budget: 9, learningRate: [1, 10 ** 8], weightDecay: [], dropout: [], sampler: 'sobol' });
    const rates = candidatesOf('compare', 'hard', hard, 2, space, settings)
      .slice(1)
      .map(({ learningRate }) => Math.log10(learningRate));
    // Points 1 to 8 of the first dimension, times 8.
    for (const [i, rate] of rates.entries()) expect(rate).toBeCloseTo([4, 6, 2, 3, 7, 5, 1, 1.5][i]!, 10);
  });

  it.each(['random', 'sobol'] as const)('of each seed are draws of its own where asked for (%s): the same for every method', (sampler) => {
    const range = [2e-4, 1e-2] as const;
    const space = tune({ budget: 9, learningRate: range, sampler, draws: 'perSeed' }, ['a', 'b']);
    const made = new Map();
    const at = (seed: number, name = 'a', given = hard) => candidatesOf('compare', name, given, 2, space, settings, seed, made);
    const [first, again, other] = [at(1), at(1), at(2)];
    expect(again.map(({ changes }) => changes)).toEqual(first.map(({ changes }) => changes));
    // The method as it is given is always a candidate; all others differ.
    expect([first[0], other[0]].map((one) => one!.changes)).toEqual([{}, {}]);
    const rates = [
      ...first,
      ...other,
      ...candidatesOf('compare', 'a', hard, 2, tune({ budget: 9, learningRate: range, sampler }), settings),
    ];
    expect(new Set(rates.map(({ learningRate }) => learningRate)).size).toBe(3 * 8 + 1);
    for (const { learningRate } of rates) expect(learningRate >= range[0] && learningRate <= range[1]).toBe(true);
    expect(candidatesOf('compare', 'b', singleTask(trunk), 2, space, settings, 1).map(({ changes }) => changes)).toEqual(
      first.map(({ changes }) => changes),
    );
    // Three dropouts, whatever the seeds: as many stacks.
    expect(new Set([...first, ...other].map(({ method }) => method)).size).toBeLessThanOrEqual(4);
  });

  it('of a Sobol sequence stay as even when a seed moves them', () => {
    const space = tune({ budget: 9, learningRate: [1, 10 ** 8], weightDecay: [], dropout: [], sampler: 'sobol', draws: 'perSeed' });
    for (const seed of [0, 5]) {
      const own = candidatesOf('compare', 'hard', hard, 2, space, settings, seed).slice(1);
      const gaps = own.map(({ learningRate }) => Math.log10(learningRate)).sort((a, b) => a - b);
      // Points 1 to 8 on a circle of 16 sixteenths lie at most a quarter apart, as unmoved ones do.
      for (const [i, rate] of gaps.entries()) expect((i === 7 ? gaps[0]! + 8 : gaps[i + 1]!) - rate).toBeLessThanOrEqual(2 + 1e-9);
    }
  });

  it('refuses what cannot be tuned', () => {
    expect(() => tune({ draws: 'each' as never })).toThrow(/tune.draws must be 'joint' or 'perSeed', got "each"/);
    expect(() => tune({ budge: 3 } as never)).toThrow(/unknown option "budge".*did you mean "budget"/);
    expect(() => tune({ learningRate: [0.1, 0.01] })).toThrow(/tune.learningRate\[1\] must be a number at least 0.1/);
    expect(() => tune({ dropout: [1] })).toThrow(/tune.dropout/);
    expect(() => tune({ options: { hrad: {} } })).toThrow(/names "hrad".*did you mean "hard"/);
    expect(() => candidatesOf('compare', 'hard', hard, 2, tune({ options: { hard: { trnk: [1] } } }), settings)).toThrow(
      /no option "trnk".*did you mean "trunk"/,
    );
    expect(() => checkTune('compare', { weightDecay: [0.1] }, { ...adamw(), name: 'mine' }, [])).toThrow(/weightDecay needs adam/);
  });
});
