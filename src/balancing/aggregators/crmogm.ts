import { numberOption, type OptionSpec } from '../../options/spec';
import type { GramianBalancer, MethodFactory, State, WeightsMethod } from '../balancing';
import { defineGramianBalancer } from '../define-balancer';
import { mgda } from './mgda';

/** Options of {@link crmogm}. */
export interface CrmogmOptions {
  /** The method whose weights are smoothed: any that has weights; null: `mgda()`. @default null */
  readonly method?: WeightsMethod | null;
  /** How much of the last weights is kept. @default 0.9 */
  readonly alpha?: number;
}

interface CrmogmState extends State {
  readonly inner: State;
  /** The smoothed weights; null before a task's first step, which takes the method's own. */
  readonly weights: readonly (number | null)[];
}

const methodOption: OptionSpec<WeightsMethod | null> = {
  type: 'a method that has weights | null',
  default: null,
  doc: 'the method whose weights are smoothed; null: mgda()',
  fault: (value) =>
    value === null || (typeof value === 'object' && 'step' in value! && 'init' in value)
      ? undefined
      : { kind: 'type', expected: 'a method that has weights, such as mgda() or dwa()' },
};

/**
 * CR-MOGM (Zhou and others 2022, "On the Convergence of Stochastic Multi-Objective Gradient Manipulation and Beyond"): smooths the
 * weights of any method over the steps, w = alpha w_last + (1 - alpha) w_method. Weights of a method for the tasks' own parameters
 * (`imtl`) stay as they are.
 *
 * A task without a label in a batch has weight 0, and its smoothed weight stays.
 */
export const crmogm: MethodFactory<CrmogmOptions, GramianBalancer> = defineGramianBalancer<CrmogmOptions>({
  name: 'crmogm',
  title: 'CR-MOGM',
  paper: {
    authors: 'Zhou, Zhang, Jiang, Zhong, Gu, Zhu',
    year: 2022,
    title: 'On the Convergence of Stochastic Multi-Objective Gradient Manipulation and Beyond',
  },
  options: {
    method: methodOption,
    alpha: numberOption(0.9, 'how much of the last weights is kept', { min: 0, max: 1 }),
  },
  create({ method: given, alpha }) {
    const method = given ?? mgda();
    const innerAfter = method.after;
    return {
      knowsAbsent: true,
      ...(method.weighsHeads && { weighsHeads: true }),
      ...(method.lastLayer && { lastLayer: true }),
      init: (tasks, seed): CrmogmState => ({ inner: method.init(tasks, seed), weights: new Array<null>(tasks).fill(null) }),
      weigh(_gramian, _tasks, input, state) {
        const { inner, weights: last } = state as CrmogmState;
        const result = method.step(input, inner);
        const present = (t: number): boolean => input.present?.[t] !== false;
        const weights = result.weights.map((weight, t) => {
          const before = last[t] ?? null;
          return before === null || !present(t) ? weight : alpha * before + (1 - alpha) * weight;
        });
        const next: CrmogmState = { inner: result.state, weights: weights.map((weight, t) => (present(t) ? weight : last[t]!)) };
        return { weights, ...(method.weighsHeads && result.heads && { heads: result.heads }), state: next };
      },
      ...(innerAfter === undefined
        ? {}
        : {
            after(input, state): State {
              const current = state as CrmogmState;
              return { ...current, inner: innerAfter(input, current.inner) };
            },
          }),
    };
  },
});
