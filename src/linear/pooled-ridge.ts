import { crossValidate, type LinearModel } from './cross-validate';
import { assembleFit, chosenLambdas, type LinearFit, type LinearOptions, linearOptions, logScale, solvePath } from './fit-linear';
import { type LinearTask, labelledTasks } from './linear-task';
import { dataLoss } from './loss';
import { ridge } from './ridge';

/**
 * One ridge regression for the rows of all tasks, as if they were one task: the anchor at the other end from independent tasks. Its
 * weights and intercept are repeated for every task. Lambda is chosen by the error on the tasks, as for the other methods.
 * @throws TypeError or RangeError as `fitLinear`; RangeError with weighting 'tasks', which one task of all rows cannot keep
 */
export function fitPooled(tasks: readonly LinearTask[], options?: LinearOptions): LinearFit {
  const who = 'fitPooled';
  const full = linearOptions(who, options);
  if (full.weighting !== 'rows') throw new RangeError(`${who}: pooled rows all count the same; weighting must be 'rows'.`);
  const data = labelledTasks(who, tasks, full.loss);
  const pool = (part: readonly LinearTask[]): LinearTask[] => [
    { name: 'pooled', inputs: part.flatMap((t) => t.inputs), labels: part.flatMap((t) => Array.from(t.labels)) },
  ];
  const penalty = ridge();
  const solve = (part: readonly LinearTask[]) => {
    const loss = dataLoss(pool(part), full);
    const solutions = solvePath(loss, penalty, lambdas, full);
    const repeated = {
      ...loss,
      restore(parameters: Float64Array): { weights: number[][]; intercepts: number[] } {
        const { weights, intercepts } = loss.restore(parameters);
        return { weights: part.map(() => [...weights[0]!]), intercepts: part.map(() => intercepts[0]!) };
      },
    };
    return { loss: repeated, solutions };
  };
  const { curvature } = dataLoss(pool(data), full);
  const scale = curvature > 0 ? curvature : 1;
  const lambdas = chosenLambdas(full, () => logScale(1e2 * scale, 1e-6 * scale, 25));
  const models = (part: readonly LinearTask[]): LinearModel[] => {
    const { loss, solutions } = solve(part);
    return solutions.map((s) => loss.restore(s.parameters));
  };
  const crossValidation = lambdas.length === 1 ? undefined : crossValidate(data, lambdas, models, full);
  const { loss, solutions } = solve(data);
  return assembleFit('pooled-ridge', data, full, loss, lambdas, solutions, crossValidation);
}
