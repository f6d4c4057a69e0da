import type { Penalty } from './penalty';
import { mapSingularValues, singularValues } from './singular-values';

/**
 * Trace (nuclear) norm (Argyriou, Evgeniou and Pontil 2008; Ji and Ye 2009): the sum of the singular values of the weight matrix.
 * The tasks' weights lie in a common low-dimensional space.
 */
export function traceNorm(): Penalty {
  return {
    name: 'trace-norm',
    value: (w, tasks, features) => singularValues(w, tasks, features).values.reduce((a, b) => a + b, 0),
    prox: (w, tasks, features, step) =>
      mapSingularValues(w, tasks, features, (values) => values.map((v) => Math.max(0, v - step))).reduce((a, b) => a + b, 0),
    zeroAt: (gradient, tasks, features) => singularValues(gradient, tasks, features).values[0]!,
  };
}
