import { bars } from '../plots/bars';
import type { Figure } from '../plots/figure';
import type { MimeBundle } from '../plots/mime';
import type { Cell, Table } from '../plots/table';
import { formatNumber } from '../plots/text';
import type { ComparisonData, RunRecord } from './comparison-data';
import { displayable } from './displayable';
import { mean } from './statistics';
import { finite, runOf } from './values';

/** What a method takes to come as far as the baseline. */
export interface EfficiencyRow {
  readonly method: string;
  /** Learned numbers, all networks together. */
  readonly parameters: number;
  /** Seconds and steps of training of one run, means over seeds. */
  readonly seconds: number;
  readonly steps: number;
  /** Seeds in which the target loss was reached, of those that count. */
  readonly reached: number;
  readonly seeds: number;
  /**
   * Epochs, steps and seconds to the target loss: restricted means, over all seeds that count. A seed that did not arrive counts with all of the
   * planned epochs, the least that it would have taken, so that a method does not look fast by the seeds that arrived; NaN without seeds.
   */
  readonly epochsToTarget: number;
  readonly stepsToTarget: number;
  readonly secondsToTarget: number;
}

/** The promise of efficiency, tested. */
export interface Efficiency {
  readonly rows: readonly EfficiencyRow[];
  /** What the target is, in words. */
  readonly target: string;
  table(): Table;
  /** Seconds to the target per method. */
  plot(): Figure;
  toMime(): readonly MimeBundle[];
  toString(): string;
}

/**
 * Mean loss over tasks by epoch; on validation rows where there are some. Where each task keeps its own best epoch, it is the mean of the tasks' best
 * losses so far: what a model stopped there would have.
 */
function lossCurve(run: RunRecord, ownEpochs: boolean): number[] {
  const validates = Object.values(run.validationLosses).some((losses) => losses.length > 0);
  const all = Object.values(validates ? run.validationLosses : run.trainLosses);
  const best = (losses: readonly number[]): number[] => {
    let least = Number.NaN;
    return losses.map((loss) => (least = loss < least || Number.isNaN(least) ? loss : least));
  };
  const curves = ownEpochs && validates ? all.map(best) : all;
  const epochs = Math.max(0, ...curves.map((losses) => losses.length));
  // A task whose network stopped early keeps its last best loss.
  return Array.from({ length: epochs }, (_, e) =>
    mean(curves.map((losses) => losses[Math.min(e, losses.length - 1)]!).filter(Number.isFinite)),
  );
}

/**
 * The promise of efficiency: parameters, steps and seconds that each method takes to reach, seed by seed, the best mean loss over tasks
 * that the baseline reaches. Losses are those on validation rows; without validation rows those on training rows, which reward overfitting.
 * @param comparison made by `compare`; give it validation rows
 * @example
 * const methods = { single: singleTask(trunk), hard: hardSharing(trunk) };
 * const costs = efficiency(await compare(data, { methods, seeds: 10, validation: 0.15 }));
 * show(costs.plot());
 */
export function efficiency(comparison: { readonly data: ComparisonData }): Efficiency {
  const { data } = comparison;
  const separate = new Map(data.methods.map((method) => [method.name, method.separate]));
  const curveOf = (run: RunRecord): number[] => lossCurve(run, separate.get(run.method) === true || data.design.stopping === 'perTask');
  const horizon = Math.max(0, Number(data.design.epochs) || 0, ...data.runs.map((run) => curveOf(run).length));
  const targets = new Map(
    data.seeds.map((seed) => {
      const run = runOf(data, data.baseline, seed);
      return [seed, run && run.failure === undefined ? Math.min(...finite(curveOf(run))) : Number.NaN] as const;
    }),
  );
  const rows = data.methods.map(({ name: method, parameters }): EfficiencyRow => {
    const runs = data.runs.filter((run) => run.method === method && run.failure === undefined && Number.isFinite(targets.get(run.seed)!));
    const times = runs.map((run) => {
      const curve = curveOf(run);
      const epoch = curve.findIndex((loss) => loss <= targets.get(run.seed)!);
      const epochs = epoch < 0 ? horizon : epoch + 1;
      const share = epochs / curve.length;
      return { reached: epoch >= 0, epochs, steps: share * run.steps, seconds: share * run.seconds };
    });
    return {
      method,
      parameters,
      seconds: mean(runs.map(({ seconds }) => seconds)),
      steps: mean(runs.map(({ steps }) => steps)),
      reached: times.filter(({ reached }) => reached).length,
      seeds: runs.length,
      epochsToTarget: mean(times.map(({ epochs }) => epochs)),
      stepsToTarget: mean(times.map(({ steps }) => steps)),
      secondsToTarget: mean(times.map(({ seconds }) => seconds)),
    };
  });
  const validates = data.runs.some((run) => Object.values(run.validationLosses).some((losses) => losses.length > 0));
  const target = `the best mean ${validates ? 'validation' : 'training'} loss over tasks that ${data.baseline} keeps, seed by seed`;
  const table = (): Table => ({
    title: `What it takes to reach ${target}`,
    columns: ['method', 'parameters', 'reached in', 'epochs', 'steps', 'seconds', 'steps in all', 'seconds in all'],
    rows: rows.map((row): Cell[] => [
      row.method,
      row.parameters,
      `${row.reached} of ${row.seeds} seeds`,
      ...[row.epochsToTarget, row.stepsToTarget, row.secondsToTarget].map((value) =>
        row.reached < row.seeds ? `at least ${formatNumber(value)}` : value,
      ),
      row.steps,
      row.seconds,
    ]),
    notes: [
      "means over all seeds; one that did not reach it counts with all planned epochs; seconds are a run's share of the stack it was trained in",
    ],
  });
  const plot = (): Figure =>
    bars(
      {
        labels: rows.map(({ method }) => method),
        series: [{ name: 'seconds to the target', values: rows.map(({ secondsToTarget }) => secondsToTarget) }],
      },
      {
        title: 'Seconds to the target loss',
        subtitle: `Target: ${target}. A seed that did not reach it counts with all planned epochs.`,
        unit: 'seconds of training',
      },
    );
  return displayable({ rows, target, table, plot }, () => []);
}
