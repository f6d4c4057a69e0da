import type { ReliabilityBin } from '../metrics/calibration';
import { didYouMean } from '../options/check';
import { type Curve, curves } from '../plots/curves';
import type { Figure } from '../plots/figure';
import { type Gain, gains } from '../plots/gains';
import { type Calibration, reliability } from '../plots/reliability';
import { type Score, scores } from '../plots/scores';
import { kindOf } from '../tasks/registry';
import type { ComparisonData } from './comparison-data';
import { correctedTTest, mean } from './statistics';
import { finite, ownOf, valuesOf } from './values';
import { verdictsOf } from './verdicts';

/** Figures of a comparison. */
export interface ComparisonPlots {
  /** Gain over the baseline per task and method, with intervals and verdicts. */
  gains(): Figure;
  /** Test scores per task and method. */
  scores(metric?: string): Figure;
  /** Losses over the epochs. */
  curves(): Figure;
  /** How often predicted probabilities of a binary or multiclass task came true, all test parts pooled. */
  reliability(task: string): Figure;
}

/** The figures of a comparison. */
export function plotsOf(data: ComparisonData): ComparisonPlots {
  const level = `${Number((100 * (1 - data.alpha)).toPrecision(4))} % interval`;
  return {
    gains() {
      const better = new Map(data.tasks.map((task) => [task.name, task.better]));
      const rows = verdictsOf(data).map((v): Gain => {
        const lower = better.get(v.task) === 'lower';
        const [low, high] = v.ci;
        const verdict = v.verdict === 'not enough evidence' ? 'unclear' : v.verdict;
        // The figure turns metrics that are better when lower itself.
        const raw = lower ? { effect: -v.effect, low: -high, high: -low } : { effect: v.effect, low, high };
        return { task: v.task, method: v.method, ...raw, verdict, metric: v.metric, better: lower ? 'lower' : 'higher' };
      });
      return gains(rows, { baseline: data.baseline, interval: level });
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
