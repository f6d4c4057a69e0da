import type { Balancer, Weighting } from '../balancing/balancing';
import { withDefaults } from '../options/check';
import type { Architecture } from './network/network';

/** Anything that balances tasks: a loss weighting or a gradient aggregator. */
export type Balancing = Weighting | Balancer;

/** How a balancing method's update is used. */
export interface UpdateOptions {
  /**
   * Length of the shared parameters' update: `native` as the method gives it; `matchMean` rescales it to the length of the mean gradient,
   * so that methods differ in direction only. @default 'native'
   */
  readonly scale?: 'native' | 'matchMean';
  /**
   * Where the method takes its gradients: of the shared parameters, or (cheaper) of the shared representation, for methods that weigh the
   * tasks and for `graddrop`. @default 'parameters'
   */
  readonly gradients?: 'parameters' | 'representation';
}

/** What `fit` and `compare` train: an architecture with a way to balance its tasks. */
export interface Method {
  readonly architecture: Architecture;
  /** Undefined: the plain sum of the tasks' losses. */
  readonly balancing?: Balancing;
  readonly update: Required<UpdateOptions>;
  /**
   * The same architecture with a way of balancing its tasks: one; what else should count more is a task's option `lossWeight`.
   * @param balancing a loss weighting or gradient aggregator, for instance `pcgrad()`
   * @throws TypeError for an unknown option, a method that balances already or an architecture that is not trained by gradient steps,
   *   RangeError for a value that is none of those listed
   */
  with(balancing: Balancing, options?: UpdateOptions): Method;
}

/** Wraps an architecture as a method without balancing. */
export function method(architecture: Architecture): Method {
  return build(architecture, undefined, { scale: 'native', gradients: 'parameters' });
}

function build(architecture: Architecture, balancing: Balancing | undefined, update: Required<UpdateOptions>): Method {
  return {
    architecture,
    ...(balancing ? { balancing } : {}),
    update,
    with(next, options) {
      if (typeof next?.info?.name !== 'string')
        throw new TypeError(`${architecture.name}.with: expected a balancing method such as pcgrad(), got ${String(next)}`);
      if (balancing)
        throw new TypeError(
          `${architecture.name}.with(${next.info.name}()): the method balances its tasks by ${balancing.info.name}() already, and one way of balancing would silently take the place of the other; give .with(...) once, and weights of tasks that hold beside it as lossWeight of the tasks, for instance tl.binary({ lossWeight: 2 })`,
        );
      if (architecture.solve)
        throw new TypeError(
          `${architecture.name}.with: it is solved by an algorithm of its own, so there are no gradient steps for ${next.info.name} to balance`,
        );
      const filled = withDefaults<Required<UpdateOptions>>(`${architecture.name}.with`, options, {
        scale: 'native',
        gradients: 'parameters',
      });
      if (!['native', 'matchMean'].includes(filled.scale))
        throw new RangeError(`${architecture.name}.with: scale must be "native" or "matchMean", got "${filled.scale}"`);
      if (!['parameters', 'representation'].includes(filled.gradients)) {
        throw new RangeError(`${architecture.name}.with: gradients must be "parameters" or "representation", got "${filled.gradients}"`);
      }
      return build(architecture, next, filled);
    },
  };
}
