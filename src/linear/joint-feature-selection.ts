import type { Penalty } from './penalty';

/** Norm over tasks of each feature's weights. */
function featureNorms(w: Float64Array, tasks: number, features: number): Float64Array {
  const norms = new Float64Array(features);
  for (let t = 0; t < tasks; t++) for (let f = 0; f < features; f++) norms[f]! += w[t * features + f]! ** 2;
  return norms.map(Math.sqrt);
}

/**
 * Joint feature selection, the L2,1 norm (Obozinski, Taskar and Jordan 2010; Argyriou, Evgeniou and Pontil 2008): the sum over features
 * of the norm of the feature's weights over tasks. A feature is used by all tasks or by none.
 */
export function jointFeatures(): Penalty {
  return {
    name: 'joint-features',
    value: (w, tasks, features) => featureNorms(w, tasks, features).reduce((a, b) => a + b, 0),
    prox(w, tasks, features, step) {
      const norms = featureNorms(w, tasks, features);
      const shrink = norms.map((norm) => (norm > step ? 1 - step / norm : 0));
      for (let t = 0; t < tasks; t++) for (let f = 0; f < features; f++) w[t * features + f]! *= shrink[f]!;
      return norms.reduce((sum, norm) => sum + Math.max(0, norm - step), 0);
    },
    zeroAt: (gradient, tasks, features) => featureNorms(gradient, tasks, features).reduce((a, b) => Math.max(a, b), 0),
  };
}
