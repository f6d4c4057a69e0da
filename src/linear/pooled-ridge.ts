import { drained } from '../steps';
import { type FullLinearOptions, fittingLinear, type LinearFit, type LinearOptions, type LinearProblem } from './fit-linear';
import type { LinearTask } from './linear-task';
import { type DataLoss, dataLoss } from './loss';
import { ridge } from './ridge';

/** The loss of the rows of all tasks as those of one, whose weights are repeated for every task. */
function pooledLoss(tasks: readonly LinearTask[], options: FullLinearOptions): DataLoss {
  if (options.weighting !== 'rows') throw new RangeError("fitPooled: pooled rows all count the same; weighting must be 'rows'.");
  const pool = { name: 'pooled', inputs: tasks.flatMap((t) => t.inputs), labels: tasks.flatMap((t) => Array.from(t.labels)) };
  const loss = dataLoss([pool], options);
  return {
    ...loss,
    restore(parameters) {
      const { weights, intercepts } = loss.restore(parameters);
      return { weights: tasks.map(() => [...weights[0]!]), intercepts: tasks.map(() => intercepts[0]!) };
    },
  };
}

/** The problem of `fitPooled`. */
export const pooledProblem: LinearProblem = { who: 'fitPooled', method: 'pooled-ridge', penalty: ridge(), lossOf: pooledLoss };

/**
 * One ridge regression for the rows of all tasks, as if they were one task: the anchor at the other end from independent tasks. Its
 * weights and intercept are repeated for every task. Lambda is chosen by the error on the tasks, as for the other methods.
 * @throws TypeError or RangeError as `fitLinear`; RangeError with weighting 'tasks', which one task of all rows cannot keep
 */
export function fitPooled(tasks: readonly LinearTask[], options?: LinearOptions): LinearFit {
  return drained(fittingLinear(pooledProblem, tasks, options));
}
