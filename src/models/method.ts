import type { Balancer, HeadsUpdate, MethodInfo, Weighting } from '../balancing/balancing';
import { didYouMean, withDefaults } from '../options/check';
import type { Architecture } from './network/network';

/** Anything that balances tasks: a loss weighting or a gradient aggregator. */
export type Balancing = Weighting | Balancer;

/** How a balancing method's update is used. */
export interface UpdateOptions {
  /**
   * Length of the shared parameters' update: `native` as the method gives it; `matchMean` rescales it to the length of the mean gradient,
   * so that methods differ in direction only; `sum` multiplies it by the number of tasks, so that a method whose update is like a mean
   * (CAGrad, FairGrad, SDMGrad, UPGrad, MGDA) has the length of the sum of the losses, as the authors of the first three have it. Of a task
   * without a label in a batch neither the mean nor the number knows. Heads do not change. @default 'native'
   */
  readonly scale?: 'native' | 'matchMean' | 'sum';
  /**
   * Where the method takes its gradients: of the shared parameters, or (cheaper) of the shared representation, for methods that weigh the
   * tasks and for `graddrop`. @default 'parameters'
   */
  readonly gradients?: 'parameters' | 'representation';
  /**
   * What the parameters of a single task (its head) follow: `plain`, the gradient of the task's loss; `weighted`, the same times the task's
   * weight, as if the weighted sum of the losses were differentiated. The weight is the one the method has for heads (IMTL: its scale, DB-MTL:
   * 1 over the loss), else that of the shared parameters. A weighting has no other form than `weighted`; an aggregator that gives no weights
   * (GradDrop, MoCo), or one a layer, has none but `plain`.
   * @default that of the published code, `info.heads` of the method: `weighted` for weightings, MGDA, Nash-MTL, ExcessMTL, IMTL and DB-MTL,
   *   else `plain`; `plain` with `groups: 'layer'`
   */
  readonly heads?: HeadsUpdate;
  /**
   * Which shared parameters an aggregator takes together: `all`, or those of a `layer` (its weights and its bias), each layer with products,
   * weights and memory of its own. Then a run's recorded weights are the means over the layers. @default 'all'
   */
  readonly groups?: 'all' | 'layer';
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
   *   RangeError for a value that is none of those listed, or that the balancing method cannot have
   */
  with(balancing: Balancing, options?: UpdateOptions): Method;
}

/** Wraps an architecture as a method without balancing. */
export function method(architecture: Architecture): Method {
  return build(architecture, undefined, { scale: 'native', gradients: 'parameters', heads: 'weighted', groups: 'all' });
}

const CHOICES: { readonly [Name in keyof Required<UpdateOptions>]: readonly Required<UpdateOptions>[Name][] } = {
  scale: ['native', 'matchMean', 'sum'],
  gradients: ['parameters', 'representation'],
  heads: ['weighted', 'plain'],
  groups: ['all', 'layer'],
};

/** Names of the options of how a balancing method's update is used. */
export const updateOptionNames: readonly string[] = Object.keys(CHOICES);

/** What heads follow unless it is said. */
export function usualHeads({ kind, heads }: Pick<MethodInfo, 'kind' | 'heads'>, groups: UpdateOptions['groups']): HeadsUpdate {
  if (groups === 'layer') return 'plain';
  return heads ?? (kind === 'weighting' ? 'weighted' : 'plain');
}

function checkedUpdate(who: string, balancing: Balancing, options: UpdateOptions | undefined): Required<UpdateOptions> {
  const { info, weighsHeads } = balancing;
  const { kind } = info;
  const filled = withDefaults<Required<UpdateOptions>>(who, options, {
    scale: 'native',
    gradients: 'parameters',
    heads: usualHeads(weighsHeads ? { ...info, heads: 'weighted' } : info, options?.groups),
    groups: 'all',
  });
  for (const name of updateOptionNames as (keyof UpdateOptions)[]) {
    const choices: readonly string[] = CHOICES[name];
    if (choices.includes(filled[name])) continue;
    const listed = choices.map((choice) => `"${choice}"`).join(' or ');
    throw new RangeError(
      `${who}: ${name} must be ${listed}, got ${JSON.stringify(filled[name])}${didYouMean(String(filled[name]), choices)}`,
    );
  }
  const refuse = (option: string, why: string): never => {
    throw new RangeError(`${who}: ${option} cannot be: ${why}`);
  };
  if (filled.groups === 'layer') {
    if (kind === 'weighting') refuse('groups "layer"', 'a weighting gives a loss one weight, which holds for all layers; leave groups out');
    if (balancing.needs === 'jacobian')
      refuse(
        'groups "layer"',
        'the method works on single coordinates, with a memory over all shared parameters, not on the products of the gradients of a layer; leave groups out',
      );
    if (filled.gradients === 'representation')
      refuse('groups "layer"', 'gradients "representation" are of one representation, which has no layers; use gradients: "parameters"');
    if (filled.heads === 'weighted')
      refuse('heads "weighted"', 'with groups "layer" a task has a weight in every layer and none for its head; use heads: "plain"');
  }
  if (filled.heads === 'plain' && kind === 'weighting')
    refuse('heads "plain"', 'a weighting weighs the losses, which heads follow too; use an aggregator, or leave heads out');
  if (filled.heads === 'weighted' && balancing.needs === 'jacobian' && balancing.weights === undefined && !weighsHeads)
    refuse('heads "weighted"', 'the method combines coordinates of the gradients and gives the tasks no weights; use heads: "plain"');
  return filled;
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
      return build(architecture, next, checkedUpdate(`${architecture.name}.with(${next.info.name}())`, next, options));
    },
  };
}
