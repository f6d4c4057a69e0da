import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { choiceOption, numberOption } from '../../options/spec';
import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import { ownBlocks, sharedCopies, spread, spreadContext } from '../network/copies';
import { featuresOf, flattenRows } from '../network/features';
import { constant } from '../network/initial';
import { mixCopies } from '../network/mix';
import type { Encoder, ForwardContext, Parameter } from '../network/network';
import { type TowerOptions, towerOption, towersOf } from '../network/towers';

/** Options of {@link ltb}. */
export interface LtbOptions extends TowerOptions {
  /**
   * What a child reads while training: `soft` the mixture of all parents; `hard` one parent, drawn anew every step, with the gradient of the
   * soft choice (straight through). @default 'soft'
   */
  readonly choice?: 'hard' | 'soft';
  /** Share of the training, from its start, in which children read the mean of all parents. @default 0.01 */
  readonly warmup?: number;
  /** Temperature of the choices when training starts. @default 5 */
  readonly temperature?: number;
  /** Temperature when it ends, and outside training. @default 0.5 */
  readonly finalTemperature?: number;
}

/** -log(-log u), away from the ends of [0, 1). */
function gumbel(uniform: Tensor): Tensor {
  return tf.neg(tf.log(tf.neg(tf.log(tf.clipByValue(uniform, 1e-6, 1 - 1e-6)))));
}

/** 1 at each child's most probable parent (of equals the first), `[stack, children, parents]`. */
function mostProbable(logits: Tensor): Tensor {
  return tf.cast(tf.oneHot(tf.cast(tf.argMax(logits, 2), 'int32'), logits.shape[2]!), 'float32');
}

/** The most probable parents, with the gradient of the probabilities (Bengio, Leonard, Courville 2013, 1308.3432). */
function straightThrough(probabilities: Tensor): Tensor {
  return tf.customGrad((p) => ({ value: mostProbable(p as Tensor), gradFunc: (dy: Tensor) => dy }))(probabilities);
}

/**
 * Learning to branch: as many nodes a layer as tasks; every node of the next layer, and every head, draws the node it reads from a
 * distribution that is learned with the weights through Gumbel-softmax (Guo, Lee, Ulbricht 2020, 2006.01895).
 *
 * While training, node i weighs its parents by p_i = softmax((theta_i + noise) / tau), with one draw of noise a step and model; tau falls
 * geometrically from `temperature` to `finalTemperature` over the training. `choice: 'soft'`: it reads the mixture sum_j p_ij h_j; outside
 * training without noise, at `finalTemperature`. `choice: 'hard'`, as in LibMTL: it reads the parent of the largest weight alone, and gradients
 * are those of p_i; outside training every node reads its most probable parent (where LibMTL goes on drawing, so that its predictions are
 * random). Soft is the default since the mixture predicts better than an unfinished tree: delta-m 2.6 % against -2.8 % on emotions (8 seeds, 60
 * epochs). In the first `warmup` of the training children read the mean of all parents, where LibMTL sums them, so that features
 * keep their size. The paper's result is the tree of the most probable parents, trained anew: {@link branchingPlan} reads it off, `planned`
 * trains it.
 *
 * Parameters: the nodes' layers `trunk/...` `[tasks, ...]`, logits `branch/<layer>` `[tasks, tasks]` (child, parent), starting at 0, the
 * heads.
 *
 * Diagnosis: `branch/<layer>`, the probabilities of each child's parents, `[stack, tasks, tasks]`.
 * @param trunk the encoder whose layers branch
 * @example
 * const search = await fit(data, ltb(trunk));
 * const plan = branchingPlan(search.diagnose(data), search.tasks);
 * const tree = await fit(data, planned(plan, trunk));
 */
export const ltb: ArchitectureFactory<[trunk: Encoder, options?: LtbOptions]> = defineArchitecture({
  name: 'ltb',
  title: 'Learning to branch',
  paper: { authors: 'Guo, Lee, Ulbricht', year: 2020, title: 'Learning to Branch for Multi-Task Learning', arxiv: '2006.01895' },
  encoder: 'trunk',
  options: {
    trunk: encoderOption('the encoder whose layers branch'),
    choice: choiceOption('soft', ['soft', 'hard'], 'what a child reads while training: the mixture of all parents, or one drawn parent'),
    warmup: numberOption(0.01, 'share of the training, from its start, in which children read the mean of all parents', {
      min: 0,
      below: 1,
    }),
    temperature: numberOption(5, 'temperature of the choices when training starts', { above: 0 }),
    finalTemperature: numberOption(0.5, 'temperature when training ends, and outside training', { above: 0 }),
    tower: towerOption(),
  },
  read: (trunk: Encoder, options?: LtbOptions) => withTrunk('ltb', trunk, options),
  build({ input, tasks }, { trunk, choice: kind, warmup, temperature, finalTemperature, tower }) {
    const T = tasks.length;
    const nodes = sharedCopies(trunk.build(input, 'trunk'), T);
    const branches = nodes.layers.map((_, l): Parameter => {
      const branch: Parameter = { name: `branch/${l}`, shape: [T, T], role: 'shared', decay: false, initial: constant(0, [T, T]) };
      // The children of the last layer are the heads.
      return l === nodes.layers.length - 1 ? ownBlocks(branch, 0) : branch;
    });
    const top = towersOf(tower, featuresOf(nodes.layers), tasks);
    const choice = (theta: Tensor, context: ForwardContext): Tensor => {
      if (!context.training) return kind === 'hard' ? mostProbable(theta) : tf.softmax(tf.div(theta, finalTemperature));
      const noisy = tf.add(theta, gumbel(context.uniform(theta.shape[0]!, [T, T])));
      const done = context.progress ? tf.reshape(context.progress, [-1, 1, 1]) : tf.scalar(0);
      const tau = tf.exp(tf.add(tf.mul(done, Math.log(finalTemperature / temperature)), Math.log(temperature)));
      const soft = tf.softmax(tf.div(noisy, tau));
      const chosen = kind === 'hard' ? straightThrough(soft) : soft;
      if (warmup === 0) return chosen;
      const warming = tf.cast(tf.less(done, warmup), 'float32');
      return tf.add(tf.mul(chosen, tf.sub(1, warming)), tf.div(warming, T));
    };
    return {
      parameters: [...nodes.parameters, ...branches, ...top.parameters],
      forward(values, x, context) {
        const inner = spreadContext(context, T);
        const own = nodes.values(values);
        const z = nodes.layers.reduce(
          (h, layer, l) => mixCopies(choice(values[branches[l]!.name]!, context), layer.apply(own, h, inner)),
          spread(x, T),
        );
        return top.apply(values, flattenRows(z), context);
      },
      diagnose: (values) => Object.fromEntries(branches.map(({ name }) => [name, tf.softmax(values[name]!)])),
    };
  },
});

/** Which tasks share each layer, from the first; as `planned` takes it. */
export interface BranchingPlan {
  readonly layers: readonly (readonly (readonly string[])[])[];
}

type Matrix = readonly (readonly number[])[];

/** The branches of a diagnosis, layer by layer. */
function branchesOf(diagnosis: Readonly<Record<string, Matrix>>, tasks: number): Matrix[] {
  const found = Object.keys(diagnosis);
  const layers = found.filter((name) => name.startsWith('branch/')).length;
  if (layers === 0) {
    throw new RangeError(
      `branchingPlan: the diagnosis must be that of a model trained with ltb, which has "branch/0"; it has ${found.length > 0 ? found.join(', ') : 'nothing'}`,
    );
  }
  return Array.from({ length: layers }, (_, l) => {
    const branch = diagnosis[`branch/${l}`];
    if (branch?.length === tasks && branch.every((row) => row.length === tasks)) return branch;
    const size = branch ? `${branch.length} x ${branch[0]?.length ?? 0}` : 'nothing';
    throw new RangeError(`branchingPlan: "branch/${l}" must be ${tasks} x ${tasks}, as there are ${tasks} tasks; got ${size}`);
  });
}

/**
 * The tree that a model trained with {@link ltb} settled on: every node and head with its most probable parent (of equals the first), as
 * sharing plan for `planned` (Guo, Lee, Ulbricht 2020, 2006.01895). Nodes that no task's way leads through are dropped.
 * @param diagnosis what the model's `diagnose` returns: `branch/<layer>` `[tasks, tasks]` (child, parent)
 * @param tasks the model's tasks, in its order
 * @throws RangeError for a diagnosis without branches, or with other than `tasks` nodes
 * @example
 * const plan = branchingPlan(model.diagnose(data), model.tasks); // { layers: [[['a', 'b', 'c']], [['a', 'b'], ['c']]] }
 */
export function branchingPlan(
  diagnosis: Readonly<Record<string, readonly (readonly number[])[]>>,
  tasks: readonly { readonly name: string }[],
): BranchingPlan {
  const branches = branchesOf(diagnosis, tasks.length);
  // From the heads down: the node of each task's way.
  let nodes = tasks.map((_, t) => t);
  const layers = branches.map(() => [] as string[][]);
  for (let l = branches.length - 1; l >= 0; l--) {
    nodes = nodes.map((child) => branches[l]![child]!.reduce((best, p, j, row) => (p > row[best]! ? j : best), 0));
    layers[l] = [...new Set(nodes)].map((node) => tasks.flatMap(({ name }, t) => (nodes[t] === node ? [name] : [])));
  }
  return { layers };
}
