import type { ReliabilityBin } from '../metrics/calibration';
import { didYouMean } from '../options/check';
import { type Curve, curves } from '../plots/curves';
import type { Figure } from '../plots/figure';
import { type Gain, type GainVerdict, gains } from '../plots/gains';
import { type Calibration, reliability } from '../plots/reliability';
import { type Score, scores } from '../plots/scores';
import { clip } from '../plots/text';
import { kindOf } from '../tasks/registry';
import { answersOf, seedGainsOf, type Verdict } from './answers';
import type { ComparisonData } from './comparison-data';
import { correctedTTest, mean } from './statistics';
import { finite, ownOf, valuesOf } from './values';

/** Figures of a comparison. */
export interface ComparisonPlots {
  /**
   * Gain over the baseline, on average and per task and method, with intervals, odds and verdicts.
   * @param dataSet its name, for the title
   */
  gains(dataSet?: string): Figure;
  /** Test scores per task and method. */
  scores(metric?: string): Figure;
  /** Losses over the epochs. */
  curves(): Figure;
  /** How often predicted probabilities of a binary or multiclass task came true, all test parts pooled. */
  reliability(task: string): Figure;
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** What the gains figure shows of a comparison: of each method the average over the tasks, where there are several, and every task. */
function gainsOfComparison(data: ComparisonData): Gain[] {
  const { averages, verdicts } = answersOf(data);
  const better = new Map(data.tasks.map((task) => [task.name, task.better]));
  const seeds = new Map(averages.map(({ method }) => [method, seedGainsOf(data, method)]));
  // The declared method first, then the others by their averages.
  const order = [...averages].sort((a, b) => Number(b.primary) - Number(a.primary) || b.effect - a.effect);
  return order.flatMap((average): Gain[] => {
    const { method, unit, margin, effect, ci, pGain, believed, direction, asGood } = average;
    const own = verdicts.filter((one) => one.method === method);
    const word = direction === 'open' && asGood ? 'as good' : wordOf(average.verdict);
    const odds = pGain === undefined ? {} : { pGain, believed: believed! };
    const task = data.tasks.length > 1 ? `average of ${data.tasks.length} tasks` : data.tasks[0]!.name;
    const whole = { task, method, effect, low: ci[0], high: ci[1], verdict: word, metric: unit, margin };
    // The average of one metric is on its axis, whichever way that is better; its gain is turned already.
    const lower = unit !== 'margins' && data.tasks[0]!.better === 'lower';
    const top = turned({ ...whole, ...odds, seeds: seeds.get(method)!.average }, lower);
    // One task is its own average: the question that was asked first.
    if (data.tasks.length === 1) return [top];
    return [
      { ...top, average: true },
      ...own.map((v, t): Gain => {
        const cell = { task: v.task, method, effect: v.effect, low: v.ci[0], high: v.ci[1], metric: v.metric, margin: v.margin };
        const believes = v.pGain === undefined ? {} : { pGain: v.pGain, believed: v.believed! };
        return turned(
          { ...cell, ...believes, verdict: wordOf(v.verdict), seeds: seeds.get(method)!.tasks[t]! },
          better.get(v.task) === 'lower',
        );
      }),
    ];
  });
}

const wordOf = (verdict: Verdict['verdict']): GainVerdict => (verdict === 'not enough evidence' ? 'unclear' : verdict);

/** The figure turns metrics that are better when lower itself: gives it what it turns. */
function turned(gain: Gain, lower: boolean): Gain {
  if (!lower) return gain;
  const { effect, low, high, believed, seeds } = gain;
  return {
    ...gain,
    ...{ effect: -effect, low: -high, high: -low, better: 'lower' },
    ...(believed === undefined ? {} : { believed: -believed }),
    ...(seeds === undefined ? {} : { seeds: Array.from(seeds, (value) => -value) }),
  };
}

/** The figures of a comparison. */
export function plotsOf(data: ComparisonData): ComparisonPlots {
  const level = `${Number((100 * (1 - data.alpha)).toPrecision(4))} % interval`;
  return {
    gains(dataSet) {
      const { averages } = answersOf(data);
      const tasks = plural(data.tasks.length, 'task');
      const what = `${tasks}${dataSet === undefined ? '' : ` of ${dataSet}`}, ${data.rows} rows, ${plural(data.seeds.length, 'seed')}`;
      const corrected = data.tasks.length * averages.length > 1 ? ', corrected for looking at several' : '';
      return gains(gainsOfComparison(data), {
        title: `Gain over ${clip(data.baseline, 20)}: ${what}`,
        baseline: data.baseline,
        interval: `${level}${corrected}`,
      });
    },
    scores(metric) {
      const rows = data.methods.flatMap(({ name: method }) =>
        data.tasks.flatMap((task): Score[] => {
          const shown = metric ?? task.metric;
          const values = valuesOf(data, method, task.name, shown);
          if (finite(values).length === 0) return [];
          const { effect, low, high } = correctedTTest(values, { rho: data.rho, level: 1 - data.alpha });
          const lower = kindOf(task).metrics.some(({ name, better }) => name === shown && better === 'lower');
          const ends = Number.isFinite(low) ? { low, high } : { low: effect, high: effect };
          return [{ task: task.name, method, value: effect, ...ends, metric: shown, better: lower ? 'lower' : 'higher' }];
        }),
      );
      if (rows.length === 0) {
        const known = [...new Set(data.runs.flatMap((run) => Object.values(run.metrics).flatMap((m) => Object.keys(m))))];
        throw new RangeError(`plot.scores: no task has the metric "${metric}"; metrics: ${known.join(', ')}`);
      }
      return scores(rows, { interval: level });
    },
    curves() {
      const list: Curve[] = [];
      for (const { name: method } of data.methods) {
        const runs = data.runs.filter((run) => run.method === method);
        for (const { name: task } of data.tasks) {
          for (const part of ['train', 'validation'] as const) {
            const values = runs.map((run) => ownOf(part === 'train' ? run.trainLosses : run.validationLosses, task) ?? []);
            const length = Math.max(0, ...values.map((v) => v.length));
            if (length > 0) list.push({ task, method, part, epochs: Array.from({ length }, (_, i) => i + 1), runs: values });
          }
        }
      }
      return curves(list);
    },
    reliability(task) {
      const drawn = data.methods.flatMap(({ name: method }): Calibration[] => {
        const runs = data.runs.filter((run) => run.method === method && (ownOf(run.reliability, task)?.length ?? 0) > 0);
        const pooled = pool(runs.map((run) => run.reliability[task]!));
        if (pooled.length === 0) return [];
        const errors = finite(runs.map((run) => run.metrics[task]!.calibrationError ?? Number.NaN));
        return [
          {
            method,
            predicted: pooled.map(({ confidence }) => confidence),
            observed: pooled.map(({ frequency }) => frequency),
            counts: pooled.map(({ count }) => count),
            error: mean(errors),
          },
        ];
      });
      if (drawn.length === 0) {
        const known = data.tasks.filter((own) => kindOf(own).reliability).map(({ name }) => name);
        throw new RangeError(
          `plot.reliability: no probabilities of a task "${task}"${didYouMean(task, known)}; tasks with probabilities: ${known.join(', ') || 'none'}`,
        );
      }
      return reliability(drawn, `Reliability of the probabilities for ${task}`);
    },
  };
}

/** Adds up the bins of several test parts; empty bins are left out. */
function pool(parts: readonly (readonly ReliabilityBin[])[]): Pick<ReliabilityBin, 'count' | 'confidence' | 'frequency'>[] {
  return (parts[0] ?? []).flatMap((_, bin) => {
    const filled = parts.map((bins) => bins[bin]!).filter(({ count }) => count > 0);
    const count = filled.reduce((sum, one) => sum + one.count, 0);
    if (count === 0) return [];
    const weighted = (pick: (one: ReliabilityBin) => number): number => filled.reduce((sum, one) => sum + pick(one) * one.count, 0) / count;
    return [{ count, confidence: weighted((one) => one.confidence), frequency: weighted((one) => one.frequency) }];
  });
}
