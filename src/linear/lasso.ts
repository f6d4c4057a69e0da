import type { Penalty } from './penalty';

/** Independent lassos (Tibshirani 1996): the sum of absolute weights. Each task chooses features by itself. */
export function lasso(): Penalty {
  return {
    name: 'lasso',
    value: (w) => w.reduce((sum, v) => sum + Math.abs(v), 0),
    prox(w, _tasks, _features, step) {
      let sum = 0;
      for (let i = 0; i < w.length; i++) {
        const size = Math.max(0, Math.abs(w[i]!) - step);
        w[i] = Math.sign(w[i]!) * size;
        sum += size;
      }
      return sum;
    },
    zeroAt: (gradient) => gradient.reduce((most, v) => Math.max(most, Math.abs(v)), 0),
  };
}
