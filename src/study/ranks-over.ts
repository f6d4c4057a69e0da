import { checkNumber, withDefaults } from '../options/check';
import { bars } from '../plots/bars';
import { criticalDifference as drawCriticalDifference } from '../plots/critical-difference';
import type { Figure } from '../plots/figure';
import type { ComparisonData } from './comparison-data';
import { type Comparisons, commonMethods, entriesOf } from './several-comparisons';
import { type Friedman, friedman, mean, type Nemenyi, nemenyi, ranks } from './statistics';
import { finite, valuesOf } from './values';

/** Options of `ranksOver`. */
export interface RanksOptions {
  /**
   * What the ranks are means over. `comparisons`: each data set counts once, by the mean rank over its tasks (Demsar 2006 asks for
   * independent blocks). `tasks`: each task of each comparison counts; tasks of one data set share rows and are no independent blocks, so there are
   * mean ranks and no test.
   * @default 'comparisons'
   */
  readonly blocks?: 'comparisons' | 'tasks';
  /** Chance of any false difference, in (0, 1). @default 0.05 */
  readonly alpha?: number;
}

/** Mean ranks of methods and what tells them apart. */
export interface Ranks {
  /** Best first; 1 is the best rank. */
  readonly methods: readonly { readonly name: string; readonly rank: number }[];
  /** What the ranks are means over; left-out ones have a method without any score. */
  readonly blocks: readonly string[];
  readonly friedman: Friedman;
  /** In the order of `methods`; undefined without blocks, and where these are tasks. */
  readonly nemenyi?: Nemenyi;
  readonly alpha: number;
  readonly sentence: string;
  /** The critical-difference diagram; of tasks, whose ranks no test tells apart, the mean ranks alone. */
  plot(): Figure;
}

interface Block {
  readonly name: string;
  readonly scores: readonly number[];
  readonly better: 'higher' | 'lower';
}

/** Mean scores of the methods on each task. */
function taskBlocks(data: ComparisonData, methods: readonly string[], prefix: string): Block[] {
  return data.tasks.map(({ name, metric, better }) => ({
    name: `${prefix}${name}`,
    better,
    scores: methods.map((method) => mean(finite(valuesOf(data, method, name, metric)))),
  }));
}

/** One block of a comparison: per method the mean of its ranks over the tasks in which all methods have a score. */
function comparisonBlock(data: ComparisonData, methods: readonly string[], name: string): Block {
  const rows = taskBlocks(data, methods, '')
    .filter(({ scores }) => scores.every(Number.isFinite))
    .map(({ scores, better }) => ranks(scores, better));
  return { name, better: 'lower', scores: methods.map((_, m) => mean(rows.map((row) => row[m]!))) };
}

/**
 * Ranks methods over several comparisons, usually one per data set: Friedman's test with Iman and Davenport's F, Nemenyi's test of all
 * pairs, and the critical-difference diagram (Demsar 2006, JMLR 7). Only methods that all comparisons have take part, by name. Ranks say nothing of
 * how large gains are: `gainsOver` does, of two methods.
 * @param comparisons a list, or comparisons by the names of their data sets
 * @throws TypeError for an unknown option, RangeError where fewer than two methods are common to all comparisons
 * @example
 * ranksOver({ emotions: first, yeast: second, flare: third }).plot()
 */
export function ranksOver(comparisons: Comparisons, options: RanksOptions = {}): Ranks {
  const { blocks: kind, alpha } = withDefaults<Required<RanksOptions>>('ranksOver', options, { blocks: 'comparisons', alpha: 0.05 });
  checkNumber('ranksOver', 'alpha', alpha, Number.MIN_VALUE, 1, true);
  if (kind !== 'comparisons' && kind !== 'tasks')
    throw new RangeError(`ranksOver: blocks must be "comparisons" or "tasks", got ${JSON.stringify(kind)}`);
  const entries = entriesOf('ranksOver', comparisons);
  const methods = commonMethods('ranksOver', entries);
  const blocks = entries.flatMap(([name, data]) =>
    kind === 'comparisons' ? [comparisonBlock(data, methods, name)] : taskBlocks(data, methods, entries.length > 1 ? `${name}: ` : ''),
  );
  const ranked = friedman(
    blocks.map(({ scores }) => scores),
    blocks.map(({ better }) => better),
  );
  const test = kind === 'tasks' ? { ...ranked, p: Number.NaN, fP: Number.NaN, exactP: Number.NaN } : ranked;
  const order = methods.map((_, m) => m).sort((a, b) => test.meanRanks[a]! - test.meanRanks[b]!);
  const sorted = order.map((m) => ({ name: methods[m]!, rank: test.meanRanks[m]! }));
  const pairs =
    test.blocks === 0 || kind === 'tasks'
      ? undefined
      : nemenyi(
          sorted.map(({ rank }) => rank),
          test.blocks,
          alpha,
        );
  return {
    methods: sorted,
    blocks: blocks.map(({ name }) => name),
    friedman: test,
    ...(pairs ? { nemenyi: pairs } : {}),
    alpha,
    sentence: sentenceOf(sorted, test, pairs, alpha, kind === 'tasks' ? 'task' : 'data set'),
    plot() {
      if (kind === 'tasks' && test.blocks > 0)
        return bars(
          { labels: sorted.map(({ name }) => name), series: [{ name: 'mean rank', values: sorted.map(({ rank }) => rank) }] },
          {
            title: `Mean ranks over ${plural(test.blocks, 'task')}`,
            subtitle: '1 is best. Tasks of one data set share rows and are no independent blocks: there is no critical difference.',
            unit: 'mean rank',
          },
        );
      if (!pairs) throw new RangeError('ranksOver: no block has a score of every method, so there are no ranks to draw');
      return drawCriticalDifference(
        { methods: sorted, criticalDifference: pairs.criticalDifference },
        { title: `Mean ranks over ${plural(test.blocks, 'data set')}` },
      );
    },
  };
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

function sentenceOf(
  sorted: readonly { readonly name: string; readonly rank: number }[],
  test: Friedman,
  pairs: Nemenyi | undefined,
  alpha: number,
  noun: string,
): string {
  if (test.blocks === 0) return `No ${noun} has a score of every method: no ranks.`;
  const best = sorted[0]!;
  const left = test.dropped > 0 ? ` ${plural(test.dropped, noun)} left out: some method has no score there.` : '';
  const head = `${best.name} has the best mean rank, ${Number(best.rank.toPrecision(3))} of ${sorted.length}, over ${plural(test.blocks, noun)}`;
  if (!pairs) return `${head}; tasks of one data set share rows, so no test says whether this would be so of others.${left}`;
  if (test.blocks < 2) return `${head}; one ${noun} shows nothing of others.${left}`;
  const chance = Number.isNaN(test.exactP) ? test.fP : test.exactP;
  if (!(chance <= alpha)) {
    const p = Number.isNaN(test.chiSquare) ? 'all ranks are tied' : `p = ${Number(chance.toPrecision(2))}`;
    const orders = sorted.reduce((product, _, i) => product * (i + 1), 1);
    const least = 1 + Math.ceil(Math.log(1 / alpha) / Math.log(orders) - 1e-9);
    const few =
      test.blocks < least ? `; ${plural(test.blocks, noun)} cannot show a difference at ${100 * alpha} %, it takes at least ${least}` : '';
    return `${head}, but Friedman's test does not tell the methods apart (${p})${few}.${left}`;
  }
  const beaten = sorted.filter((_, m) => sorted[m]!.rank - best.rank > pairs.criticalDifference).map(({ name }) => name);
  const over =
    beaten.length > 0 ? `better than ${beaten.join(', ')} by Nemenyi's test` : `but by Nemenyi's test better than none in particular`;
  return `${head}, ${over} (Friedman p ${chance < 0.001 ? '< 0.001' : `= ${Number(chance.toPrecision(2))}`}).${left}`;
}
