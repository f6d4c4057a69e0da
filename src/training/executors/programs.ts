import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { GraphBuilder, Ref } from '../../backend/graph';
import { stepOf } from '../steps';
import { evaluate } from '../steps/evaluate';
import type { DirectStep, LookingStep, Seen, Weighing } from '../steps/kind';
import { batchLosses } from '../steps/losses';
import { STEP_SCALARS, type StackPlan, weightCount } from '../steps/plan';
import type { Batch, Resident } from '../steps/stack-shape';
import { unrollFor, type Which } from './executor';
import { GraphParts, type Variable } from './graph-parts';
import { placeUpdate } from './graph-update';
import type { Tree } from './trees';

/** Placeholders of some steps, `[steps, stack, ...]` each. */
export interface StepPlaces extends Tree<Batch, Ref>, Tree<Pick<Weighing, 'weights' | 'scalars'>, Ref> {
  /** Where the plan has them apart. */
  readonly heads?: Ref;
}

/** Steps in one call. */
export interface StepsProgram {
  readonly inputs: StepPlaces;
  readonly losses: Ref;
}

/** What a look at a batch finds, and the losses of the batch before after its step, where they are wanted. */
export interface Found extends Tree<Seen, Ref> {
  readonly after?: Ref;
}

/** Finishes one step and looks at the next batch. */
export interface ProbeProgram {
  readonly done: StepPlaces;
  readonly next: Tree<Batch, Ref>;
  /** `[2, stack, batch]`, where two further batches are needed. */
  readonly others?: Ref;
  readonly outputs: Found;
  /** The same without a step before. */
  readonly look: Found;
}

/** Sets variables, each `[stack, ...]`: what to feed and what to ask for. */
export interface SetProgram {
  readonly values: readonly Ref[];
  readonly shapes: readonly (readonly number[])[];
  readonly done: Ref;
}

/** Looks at rows without training. */
export interface EvaluateProgram {
  readonly rows: Ref;
  readonly outputs: { readonly outputs: Ref; readonly sums: Ref; readonly counts: Ref };
}

/** The programs of a stack in a graph. Its variables are the models' parameters and the optimizer's state. */
export interface StackPrograms {
  readonly residentFeeds: readonly (readonly [Ref, Tensor])[];
  /** `unroll` steps; undefined where a step needs a look at its batch first. */
  readonly many?: StepsProgram;
  readonly unroll: number;
  /** One step. */
  readonly single?: StepsProgram;
  readonly probing?: ProbeProgram;
  readonly evaluating: Readonly<Record<Which, EvaluateProgram>>;
  readonly starting: SetProgram;
  readonly restoring: SetProgram;
  readonly keeping: { readonly improved: Ref; readonly done: Ref };
  readonly parameters: Readonly<Record<Which, readonly Ref[]>>;
  /** What `restoring` sets. */
  readonly saved: readonly Ref[];
}

/** Nodes up to which steps are unrolled: TensorFlow takes milliseconds a node to prepare a graph, which larger ones do not earn back. */
const UNROLLED_NODES = 640;

/**
 * Puts a stack's steps into a graph: parameters and optimizer state are variables of the graph, batches are gathered in it, and several
 * steps are one native call.
 */
export function stackPrograms(builder: GraphBuilder, plan: StackPlan, data: Resident): StackPrograms {
  const parts = new GraphParts(builder, plan, data);
  const { current, best, slots, state } = parts.variables;
  const saved = [...current, ...best, ...slots.flat(), ...state];
  return {
    residentFeeds: parts.residentFeeds,
    ...stepPrograms(parts, stepOf(plan)),
    evaluating: { current: evaluateProgram(parts, current), best: evaluateProgram(parts, best) },
    starting: startProgram(parts),
    restoring: setProgram(parts, saved),
    keeping: keepProgram(parts),
    parameters: { current: parts.read(current), best: parts.read(best) },
    saved: parts.read(saved),
  };
}

function stepPrograms(parts: GraphParts, step: DirectStep | LookingStep): Pick<StackPrograms, 'many' | 'unroll' | 'single' | 'probing'> {
  const { builder, plan } = parts;
  if (step.looks) return { probing: probeProgram(parts, step), unroll: 1 };
  const before = builder.size;
  const single = stepsProgram(parts, step, 1);
  const unroll = unrollFor(plan.unroll, Math.max(1, Math.floor(UNROLLED_NODES / (builder.size - before))));
  return { single, unroll, many: unroll > 1 ? stepsProgram(parts, step, unroll) : single };
}

function stepPlaces({ builder, plan }: GraphParts, steps: number): StepPlaces {
  const { stack, tasks } = plan.shape;
  return {
    rows: builder.placeholder('int32', [steps, stack, plan.batch]),
    seeds: builder.placeholder('int32', [steps, stack, 2]),
    scalars: builder.placeholder('float32', [steps, stack, STEP_SCALARS]),
    weights: builder.placeholder('float32', [steps, stack, weightCount(plan)]),
    ...(plan.heads === 'apart' && { heads: builder.placeholder('float32', [steps, stack, tasks.length]) }),
  };
}

/** What one step after the other takes. */
function inTurn(parts: GraphParts, { rows, seeds, scalars, weights, heads }: StepPlaces, steps: number): StepPlaces[] {
  const each = {
    rows: parts.entries(rows, steps, 'int32'),
    seeds: parts.entries(seeds, steps, 'int32'),
    scalars: parts.entries(scalars, steps),
    weights: parts.entries(weights, steps),
    heads: heads && parts.entries(heads, steps),
  };
  return Array.from({ length: steps }, (_, k) => ({
    rows: each.rows[k]!,
    seeds: each.seeds[k]!,
    scalars: each.scalars[k]!,
    weights: each.weights[k]!,
    ...(each.heads && { heads: each.heads[k]! }),
  }));
}

/** `steps` training steps in one call. */
function stepsProgram(parts: GraphParts, step: DirectStep, steps: number): StepsProgram {
  const { plan, resident, variables } = parts;
  const inputs = stepPlaces(parts, steps);
  const losses: Ref[] = [];
  let after: string[] = [];
  for (const { rows, seeds, weights, scalars } of inTurn(parts, inputs, steps)) {
    const parameters = parts.read(variables.current, after);
    const next = parts.place('step', ['parameters', 'data', 'batch', 'weights', 'state'], (all) => step.step(plan, all), {
      parameters,
      data: resident,
      batch: { rows, seeds },
      weights,
      state: parts.read(variables.state, after),
    });
    losses.push(next.losses);
    const assigned = parts.assign(variables.state, next.state);
    after = [...placeUpdate(parts, parameters, next.gradients, scalars), ...assigned];
  }
  return { inputs, losses: parts.pack(losses, after) };
}

/** Finishes one step and looks at the next batch, in one call. */
function probeProgram(parts: GraphParts, step: LookingStep): ProbeProgram {
  const { builder, plan, resident, variables } = parts;
  const { stack } = plan.shape;
  const done = stepPlaces(parts, 1);
  const [first] = inTurn(parts, done, 1);
  const { rows, seeds, weights, scalars, heads } = first!;
  const next = { rows: builder.placeholder('int32', [stack, plan.batch]), seeds: builder.placeholder('int32', [stack, 2]) };
  const others = parts.cross ? builder.placeholder('int32', [2, stack, plan.batch]) : undefined;
  const parameters = parts.read(variables.current);
  const gradients = parts.place(
    'gradients',
    ['parameters', 'data', 'batch', 'weights', 'scalars', 'heads', 'held'],
    (all) => step.gradients(plan, all),
    { parameters, data: resident, batch: { rows, seeds }, weights, scalars, heads, held: parts.readHeld() },
  );
  const updated = placeUpdate(parts, parameters, gradients, scalars);
  const seen = placeLook(parts, step, next, others, updated);
  const after = plan.after
    ? parts.place('losses', ['parameters', 'data', 'batch'], (all) => batchLosses(plan.shape, all.parameters, all.data, all.batch), {
        parameters: parts.read(variables.current, updated),
        data: resident,
        batch: { rows, seeds },
      })
    : undefined;
  return {
    done,
    next,
    ...(others && { others }),
    outputs: { ...seen, ...(after && { after }) },
    look: placeLook(parts, step, next, others, []),
  };
}

/** A look at a batch once the nodes `after` have run; what it finds is there once the tasks' gradients are held. */
function placeLook(
  parts: GraphParts,
  step: LookingStep,
  batch: Tree<Batch, Ref>,
  others: Ref | undefined,
  after: readonly string[],
): Tree<Seen, Ref> {
  const [left, right] = others ? parts.entries(others, 2, 'int32') : [];
  const { seen, held } = parts.place('look', ['parameters', 'data', 'batch', 'others'], (all) => step.look(parts.plan, all), {
    parameters: parts.read(parts.variables.current, after),
    data: parts.resident,
    batch,
    others: left && right ? { left, right } : undefined,
  });
  const assigned = parts.assign(parts.held, [...held.jacobian, ...held.own, ...held.penalty], after);
  return assigned.length > 0 ? { ...seen, losses: parts.pack([seen.losses], assigned) } : seen;
}

function evaluateProgram(parts: GraphParts, variables: readonly Variable[]): EvaluateProgram {
  const { builder, plan, resident } = parts;
  const rows = builder.placeholder('int32', [plan.shape.stack, plan.evaluationBatch]);
  const outputs = parts.place(
    'evaluate',
    ['parameters', 'data', 'rows'],
    (all) => evaluate(plan.shape, all.parameters, all.data, all.rows),
    { parameters: parts.read(variables), data: resident, rows },
  );
  return { rows, outputs };
}

/** Sets the parameters, makes these the best, and clears everything else. */
function startProgram(parts: GraphParts): SetProgram {
  const { current, best, slots, state } = parts.variables;
  const values = current.map(({ shape }) => parts.builder.placeholder('float32', shape));
  const cleared = parts.clear([...slots.flat(), ...parts.held, ...state]);
  const done = parts.done([...cleared, ...parts.assign(current, values), ...parts.assign(best, values)]);
  return { values, shapes: current.map(({ shape }) => shape), done };
}

/** Sets variables, and clears the tasks' gradients. */
function setProgram(parts: GraphParts, variables: readonly Variable[]): SetProgram {
  const values = variables.map(({ shape }) => parts.builder.placeholder('float32', shape));
  const done = parts.done([...parts.clear(parts.held), ...parts.assign(variables, values)]);
  return { values, shapes: variables.map(({ shape }) => shape), done };
}

/** Makes the current parameters the best of the models that improved. */
function keepProgram(parts: GraphParts): StackPrograms['keeping'] {
  const { stack } = parts.plan.shape;
  const { current, best } = parts.variables;
  const improved = parts.builder.placeholder('float32', [stack]);
  const kept = parts.place(
    'keep',
    ['parameters', 'best', 'improved'],
    (all) => {
      const flag = tf.greater(all.improved, 0);
      const ofModel = (p: Tensor): Tensor => tf.reshape(flag, [stack, ...p.shape.slice(1).map(() => 1)]);
      return all.parameters.map((p, i): Tensor => tf.where(ofModel(p), p, all.best[i]!));
    },
    { parameters: parts.read(current), best: parts.read(best), improved },
  );
  return { improved, done: parts.done(parts.assign(best, kept)) };
}
