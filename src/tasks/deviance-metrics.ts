import { meanContributions, ratioContributions } from '../metrics/contributions';
import type { KindMetric, Scored } from './kind';

/** Deviance of each row, NaN without label. `[rows]` */
type RowDeviances = (scored: Scored) => Float64Array;

/** The sum over rows with label, and how many there are; the sum is NaN where one of their predictions is not finite. */
function total({ labels, length, predictions }: Scored, deviances: Float64Array): { readonly sum: number; readonly rows: number } {
  let [sum, rows] = [0, 0];
  for (const [row, deviance] of deviances.entries()) {
    if (Number.isNaN(labels[row * length]!)) continue;
    rows++;
    sum += Number.isFinite(predictions[row]!) ? deviance : Number.NaN;
  }
  return { sum, rows };
}

/**
 * The metrics of a kind that goes by a deviance: that over the deviance of the constant of the training rows, so that one margin fits all tasks, and its
 * mean. Both are NaN without labels; predictions are one number a row.
 * @param constant the deviance of the prediction that knows no inputs
 */
export function devianceMetrics(model: RowDeviances, constant: RowDeviances): readonly [KindMetric, KindMetric] {
  return [
    {
      name: 'relativeDeviance',
      better: 'lower',
      proper: true,
      score(scored) {
        const base = total(scored, constant(scored)).sum;
        return base > 0 ? total(scored, model(scored)).sum / base : Number.NaN;
      },
      contributions: (scored) => ratioContributions(model(scored), constant(scored)),
    },
    {
      name: 'deviance',
      better: 'lower',
      proper: true,
      score(scored) {
        const { sum, rows } = total(scored, model(scored));
        return rows > 0 ? sum / rows : Number.NaN;
      },
      contributions: (scored) => meanContributions(model(scored)),
    },
  ];
}
