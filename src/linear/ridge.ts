import type { Penalty } from './penalty';

/** Independent ridge regressions (Hoerl and Kennard 1970): half the sum of squares. The tasks share nothing but lambda. */
export function ridge(): Penalty {
  const value = (w: Float64Array): number => w.reduce((sum, v) => sum + v * v, 0) / 2;
  return {
    name: 'ridge',
    value,
    prox(w, _tasks, _features, step) {
      for (let i = 0; i < w.length; i++) w[i]! /= 1 + step;
      return value(w);
    },
    coupling: (tasks) => Float64Array.from({ length: tasks * tasks }, (_, at) => (at % (tasks + 1) === 0 ? 1 : 0)),
  };
}
