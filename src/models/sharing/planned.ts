import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { OptionSpec } from '../../options/spec';
import type { Task } from '../../tasks/task';
import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import { fold, ownCopies, sharedCopies, spread, spreadContext, unfold } from '../network/copies';
import { featuresOf, flattenRows } from '../network/features';
import type { Encoder, Layer, Parameter, Values } from '../network/network';
import { type TowerOptions, towerOption, towersOf } from '../network/towers';
import { plannedTask, planPaper } from './plan-tasks';

/** Which tasks share one layer: all, none, or groups of tasks by name that cover every task once. */
export type LayerSharing = 'shared' | 'separate' | readonly (readonly string[])[];

/** Which tasks share what, as data: the same groups in every layer (as a sharing plan of the grouping planner), or layer by layer. */
export type TrunkPlan =
  | {
      readonly groups: readonly (
        | readonly string[]
        | { readonly serve: readonly string[]; readonly train?: readonly string[]; readonly name?: string }
      )[];
    }
  | { readonly layers: readonly LayerSharing[] };

function planOption(): OptionSpec<TrunkPlan> {
  const type = '{ groups } or { layers }';
  return {
    type,
    default: { layers: [] },
    doc: 'which tasks share which layers; layers beyond its end are shared by all',
    fault(value) {
      const plan = value as { groups?: unknown; layers?: unknown } | null;
      const lists = typeof plan === 'object' && plan !== null ? [plan.groups, plan.layers].filter((list) => list !== undefined) : [];
      return lists.length === 1 && Array.isArray(lists[0]) ? undefined : { kind: 'type', expected: type };
    },
  };
}

/** Groups of task indices per layer. */
function readPlan(plan: TrunkPlan, tasks: readonly Task[], layers: number): number[][][] {
  const names = tasks.map(({ name }) => name);
  const partition = (groups: readonly unknown[], where: string): number[][] => {
    const seen = new Set<string>();
    const found = groups.map((group) => {
      if (!Array.isArray(group)) throw new TypeError(`planned: ${where} must hold arrays of task names, got ${JSON.stringify(group)}`);
      return group.map((name: unknown) => {
        const index = plannedTask(`planned: ${where}`, names, name);
        if (seen.has(name as string)) throw new RangeError(`planned: ${where} names task "${name}" twice`);
        seen.add(name as string);
        return index;
      });
    });
    const missing = names.filter((name) => !seen.has(name));
    if (missing.length > 0)
      throw new RangeError(`planned: ${where} leaves out ${missing.map((name) => `"${name}"`).join(', ')}; give each task a group`);
    return found.filter((group) => group.length > 0);
  };
  const all = [tasks.map((_, t) => t)];
  if ('groups' in plan) {
    const groups = partition(
      plan.groups.map((group, g) => {
        if (Array.isArray(group)) return group;
        const { serve, train = serve } = group as { serve: readonly string[]; train?: readonly string[] };
        if (!Array.isArray(serve) || !Array.isArray(train)) {
          throw new TypeError(`planned: groups[${g}] must be an array of task names or { serve, train? }, got ${JSON.stringify(group)}`);
        }
        const helper = train.find((name) => !serve.includes(name));
        if (helper !== undefined) {
          throw new RangeError(
            `planned: groups[${g}] trains "${helper}" without serving it; one network gives each task one output, so train such groups as networks of their own`,
          );
        }
        return serve;
      }),
      'groups',
    );
    return Array.from({ length: layers }, () => groups);
  }
  if (plan.layers.length > layers) {
    throw new RangeError(`planned: the plan names ${plan.layers.length} layers, the trunk has ${layers}`);
  }
  return Array.from({ length: layers }, (_, l) => {
    const sharing = plan.layers[l] ?? 'shared';
    if (sharing === 'shared') return all;
    if (sharing === 'separate') return tasks.map((_task, t) => [t]);
    if (!Array.isArray(sharing)) {
      throw new TypeError(`planned: layers[${l}] must be "shared", "separate" or groups of task names, got ${JSON.stringify(sharing)}`);
    }
    return partition(sharing, `layers[${l}]`);
  });
}

/** The copies of one layer of the trunk, one a group; those of a single task are its own. */
interface PlannedLayer {
  readonly parameters: readonly Parameter[];
  readonly layer: Layer;
  /** All copies' values, `[stack, copies, ...shape]`, in the order of the groups. */
  readonly values: (values: Values) => Readonly<Record<string, Tensor>>;
}

function plannedLayer(groups: readonly (readonly number[])[], tasks: readonly Task[], build: (scope: string) => Layer): PlannedLayer {
  const common = groups.flatMap((group, g) => (group.length > 1 ? [g] : []));
  const single = groups.flatMap((group, g) => (group.length === 1 ? [g] : []));
  const parts = [
    ...(common.length > 0 ? [{ of: common, copies: sharedCopies([build('trunk')], common.length) }] : []),
    ...(single.length > 0
      ? [
          {
            of: single,
            copies: ownCopies(
              (scope) => [build(scope)],
              single.map((g) => `own/${tasks[groups[g]![0]!]!.name}`),
              (copy) => groups[single[copy]!]![0]!,
            ),
          },
        ]
      : []),
  ];
  const order = parts.flatMap(({ of }) => of);
  const places = groups.map((_, g) => order.indexOf(g));
  const inOrder = places.every((place, g) => place === g);
  const layer = parts[0]!.copies.layers[0]!;
  return {
    layer,
    parameters: parts.flatMap(({ copies }) => copies.parameters),
    values(values) {
      const lists = parts.map(({ copies }) => {
        const own = copies.values(values);
        return copies.layers[0]!.parameters.map(({ name }) => unfold(own[name]!, copies.count));
      });
      return Object.fromEntries(
        layer.parameters.map(({ name }, i) => {
          const joined = lists.length === 1 ? lists[0]![i]! : tf.concat([lists[0]![i]!, lists[1]![i]!], 1);
          return [name, inOrder ? joined : pick(joined, places)];
        }),
      );
    },
  };
}

/** Entries of the second axis, `[stack, from, ...] -> [stack, picks, ...]`. */
function pick(x: Tensor, picks: readonly number[]): Tensor {
  if (picks.length === x.shape[1] && picks.every((p, i) => p === i)) return x;
  if (x.shape[1] === 1) return unfold(spread(tf.squeeze(x, [1]), picks.length), picks.length);
  const parts = tf.unstack(x, 1);
  return tf.stack(
    picks.map((p) => parts[p]!),
    1,
  );
}

/**
 * A trunk that is shared by plan: for every layer, which tasks share it. Covers hard sharing (all), separate networks (none), groups,
 * branching trees, and the other way round: layers of the tasks' own below shared ones.
 *
 * Where tasks meet in a layer with different inputs, the layer's weights are shared and it runs once an input. Parameters: `trunk/...`
 * `[groups, ...]` for groups of several tasks, `own/<task>/...` for a task alone, which only its loss reaches; the heads.
 * @param plan groups for the whole trunk, `{ groups: [['a', 'b'], ['c']] }`, or by layer, `{ layers: ['shared', [['a', 'b'], ['c']],
 *   'separate'] }`
 * @param trunk the encoder whose layers are shared
 * @throws TypeError or RangeError, when a network is built, for a plan that names an unknown task or layer, or a task twice or not at all
 */
export const planned: ArchitectureFactory<[plan: TrunkPlan, trunk: Encoder, options?: TowerOptions]> = defineArchitecture({
  name: 'planned',
  title: 'Sharing by plan',
  paper: planPaper,
  encoder: 'trunk',
  options: { plan: planOption(), trunk: encoderOption('the encoder whose layers are shared'), tower: towerOption() },
  read: (plan: TrunkPlan, trunk: Encoder, options?: TowerOptions) => ({ ...withTrunk('planned', trunk, options), plan }),
  build({ input, tasks }, { plan, trunk, tower }) {
    const template = trunk.build(input, 'trunk');
    const partitions = readPlan(plan, tasks, template.length);
    const levels = partitions.map((groups, l) => plannedLayer(groups, tasks, (scope) => trunk.build(input, scope)[l]!));
    // Tasks with equal ways so far are one node; a node is computed once.
    let nodes: number[][] = [tasks.map((_, t) => t)];
    const steps = partitions.map((groups) => {
      const next: { readonly from: number; readonly copy: number; readonly members: number[] }[] = [];
      for (const [from, members] of nodes.entries()) {
        for (const [copy, group] of groups.entries()) {
          const shared = members.filter((t) => group.includes(t));
          if (shared.length > 0) next.push({ from, copy, members: shared });
        }
      }
      nodes = next.map(({ members }) => members);
      return next;
    });
    const places = tasks.map((_, t) => nodes.findIndex((members) => members.includes(t)));
    const top = towersOf(tower, featuresOf(template), tasks);
    return {
      parameters: [...levels.flatMap(({ parameters }) => parameters), ...top.parameters],
      forward(values, x, context) {
        let h = tf.expandDims(x, 1);
        for (const [l, step] of steps.entries()) {
          const { layer, values: own } = levels[l]!;
          const copies = own(values);
          const picked = Object.fromEntries(
            Object.entries(copies).map(([name, value]) => [
              name,
              fold(
                pick(
                  value,
                  step.map(({ copy }) => copy),
                ),
              ),
            ]),
          );
          const below = fold(
            pick(
              h,
              step.map(({ from }) => from),
            ),
          );
          h = unfold(layer.apply(picked, below, spreadContext(context, step.length)), step.length);
        }
        const z = flattenRows(fold(pick(h, places)));
        return top.apply(values, z, context);
      },
    };
  },
});
