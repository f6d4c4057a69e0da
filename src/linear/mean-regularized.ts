import type { Penalty } from './penalty';

function mean(w: Float64Array, tasks: number, features: number): Float64Array {
  const center = new Float64Array(features);
  for (let t = 0; t < tasks; t++) for (let f = 0; f < features; f++) center[f]! += w[t * features + f]! / tasks;
  return center;
}

/**
 * Mean-regularized multi-task learning (Evgeniou and Pontil 2004): half the sum over tasks of the squared distance to the mean of all
 * tasks' weights. Lambda 0 is independent tasks, infinity one common weight vector. Their second parameter, on the mean itself, is the
 * fit's `ridge` (the two forms are equivalent, their Lemma 2.1).
 */
export function meanRegularized(): Penalty {
  const spread = (w: Float64Array, center: Float64Array, tasks: number, features: number): number => {
    let sum = 0;
    for (let t = 0; t < tasks; t++) for (let f = 0; f < features; f++) sum += (w[t * features + f]! - center[f]!) ** 2;
    return sum / 2;
  };
  return {
    name: 'mean-regularized',
    value: (w, tasks, features) => spread(w, mean(w, tasks, features), tasks, features),
    prox(w, tasks, features, step) {
      const center = mean(w, tasks, features);
      for (let t = 0; t < tasks; t++) {
        for (let f = 0; f < features; f++) w[t * features + f] = center[f]! + (w[t * features + f]! - center[f]!) / (1 + step);
      }
      return spread(w, center, tasks, features);
    },
    coupling: (tasks) => Float64Array.from({ length: tasks * tasks }, (_, at) => (at % (tasks + 1) === 0 ? 1 : 0) - 1 / tasks),
  };
}
