import type { State, StepInput, WeightsMethod } from './balancing';
import type { GramianCore } from './define-balancer';

/** What the aggregator is told: the weighted losses, and the products of their gradients. */
function weighted(input: StepInput, weights: readonly number[]): StepInput {
  const products = (matrix: StepInput['gramian']): number[][] | undefined =>
    matrix?.map((row, i) => row.map((value, j) => weights[i]! * weights[j]! * value));
  const [gramian, crossGramian] = [products(input.gramian), products(input.crossGramian)];
  return {
    ...input,
    losses: input.losses.map((loss, t) => weights[t]! * loss),
    ...(gramian && { gramian }),
    ...(crossGramian && { crossGramian }),
  };
}

/**
 * A weighting and then an aggregator: the shared parameters follow the aggregated gradients of the weighted losses, the tasks' own parameters
 * the weighted losses themselves.
 *
 * Both work on the present tasks alone. The aggregator reads the mean losses of finished epochs as they are, unweighted.
 */
export function weightingThenAggregator(weighting: WeightsMethod, aggregator: WeightsMethod): GramianCore {
  const after = weighting.after;
  return {
    knowsAbsent: true,
    weighsHeads: true,
    init: (tasks, seed) => ({ weighting: weighting.init(tasks, seed), aggregator: aggregator.init(tasks, seed) }),
    weigh(_gramian, _tasks, input, state) {
      const { weights: heads, state: first } = weighting.step(input, partOf(state, 'weighting'));
      const { weights, state: second } = aggregator.step(weighted(input, heads), partOf(state, 'aggregator'));
      return { weights: weights.map((weight, t) => weight * heads[t]!), heads, state: { weighting: first, aggregator: second } };
    },
    ...(after && { after: (input, state) => ({ ...state, weighting: after(input, partOf(state, 'weighting')) }) }),
  };
}

const partOf = (state: State, part: 'weighting' | 'aggregator'): State => state[part] as State;
