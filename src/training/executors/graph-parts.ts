import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type GraphBuilder, type Recording, type Ref, record } from '../../backend/graph';
import { stepOf } from '../steps';
import type { Held, StateArray } from '../steps/kind';
import { STEP_SCALARS, type StackPlan, weightCount } from '../steps/plan';
import type { Batch, Resident } from '../steps/stack-shape';
import { leavesLike, leavesOf, mapLeaves, type Tree, treeOf } from './trees';

/** A variable of the graph, with what it is filled with before the first step. */
export interface Variable extends StateArray {
  readonly ref: Ref;
}

/** What a stack keeps between steps. */
export interface Variables {
  readonly current: readonly Variable[];
  readonly best: readonly Variable[];
  /** Of the optimizer, per parameter. */
  readonly slots: readonly (readonly Variable[])[];
  /** Of the kind of step. */
  readonly state: readonly Variable[];
  readonly held: Held<Variable>;
}

/** What recordings may take, by name: tensors of the right shapes and types, whose values do not matter. */
interface Examples {
  readonly parameters: readonly Tensor[];
  readonly gradients: readonly Tensor[];
  readonly best: readonly Tensor[];
  readonly slots: readonly (readonly Tensor[])[];
  readonly state: readonly Tensor[];
  readonly held: Held<Tensor>;
  readonly data: Resident;
  readonly batch: Batch;
  readonly others: { readonly left: Tensor; readonly right: Tensor } | undefined;
  readonly weights: Tensor;
  readonly scalars: Tensor;
  readonly heads: Tensor | undefined;
  /** Rows of an evaluation. */
  readonly rows: Tensor;
  readonly improved: Tensor;
}

/** A recorded step with the names that it takes and returns. */
interface NamedRecording {
  readonly recording: Recording;
  readonly inputs: unknown;
  /** A tree whose leaves are places among the recording's outputs. */
  readonly outputs: unknown;
}

const FLOAT = { T: { type: 'float32' } } as const;

/** What the programs of a stack have in common: its variables, its data, and recordings that are placed by the names of their inputs. */
export class GraphParts {
  readonly variables: Variables;
  /** Whether two further batches are wanted at each look. */
  readonly cross: boolean;
  readonly resident: Tree<Resident, Ref>;
  readonly residentFeeds: readonly (readonly [Ref, Tensor])[];
  private readonly data: Resident;
  private readonly recordings = new Map<string, NamedRecording>();

  constructor(
    readonly builder: GraphBuilder,
    readonly plan: StackPlan,
    { inputs, labels, mask, classWeights }: Resident,
  ) {
    const { shape, optimizer, step } = plan;
    const kind = stepOf(plan);
    const data: Resident = { inputs, labels, mask, classWeights };
    this.resident = mapLeaves(data, (t: Tensor) => builder.placeholder(t.dtype as 'float32', t.shape));
    const feeds = leavesOf<Tensor>(data);
    this.residentFeeds = leavesOf<Ref>(this.resident).map((ref, i) => [ref, feeds[i]!] as const);
    this.data = data;
    this.cross = step.kind === 'gramian' && step.cross;
    const variable = (size: readonly number[], fill = 0): Variable => ({ ref: builder.variable(size), shape: size, fill });
    const perParameter = <T>(of: (size: readonly number[]) => T): T[] => shape.network.parameters.map((p) => of([shape.stack, ...p.shape]));
    const current = perParameter((size) => variable(size));
    const best = perParameter((size) => variable(size));
    const slots = perParameter((size) => Array.from({ length: optimizer.slots }, () => variable(size)));
    const state = kind.looks ? [] : kind.state(plan).map(({ shape: size, fill }) => variable(size, fill));
    const held = kind.looks ? kind.held(plan) : { jacobian: [], own: [], penalty: [] };
    const each = (sizes: readonly (readonly number[])[]): Variable[] => sizes.map((size) => variable(size));
    this.variables = {
      current,
      best,
      slots,
      state,
      held: { jacobian: each(held.jacobian), own: each(held.own), penalty: each(held.penalty) },
    };
  }

  /** The variables that a step reads the tasks' gradients from. */
  get held(): readonly Variable[] {
    const { jacobian, own, penalty } = this.variables.held;
    return [...jacobian, ...own, ...penalty];
  }

  /** Values of variables once the nodes `after` have run. */
  read(variables: readonly Variable[], after: readonly string[] = []): Ref[] {
    return variables.map(({ ref }) => this.builder.read(ref, after));
  }

  readHeld(): Held<Ref> {
    const { jacobian, own, penalty } = this.variables.held;
    return { jacobian: this.read(jacobian), own: this.read(own), penalty: this.read(penalty) };
  }

  /** Sets variables, one value each; returns the names of the nodes that do. */
  assign(variables: readonly Variable[], values: readonly Ref[], after: readonly string[] = []): string[] {
    return variables.map(({ ref }, i) => this.builder.assign(ref, values[i]!, after));
  }

  /** Fills variables with what they are filled with before the first step. */
  clear(variables: readonly Variable[]): string[] {
    return variables.map(({ ref, shape, fill }) => {
      const size = this.builder.constant(Int32Array.from(shape), [shape.length]);
      const inputs = [size, this.builder.constant(Float32Array.of(fill), [])];
      return this.builder.assign(ref, `${this.builder.op('Fill', inputs, { ...FLOAT, index_type: { type: 'int32' } })}:0`);
    });
  }

  /**
   * Puts a step into the graph; it is recorded once, however often it is placed.
   * @param name names the recording
   * @param takes names of its inputs
   * @returns what the step returns, as places in the graph
   */
  place<Name extends keyof Examples, Out>(
    name: string,
    takes: readonly Name[],
    step: (inputs: Pick<Examples, Name>) => Out,
    inputs: Tree<Pick<Examples, Name>, Ref>,
  ): Tree<Out, Ref> {
    const { recording, inputs: form, outputs } = this.recorded(name, takes, step);
    const placed = this.builder.place(recording, leavesLike<Ref>(form, inputs, name));
    return mapLeaves(outputs, (at: number) => placed[at]!) as Tree<Out, Ref>;
  }

  /** A value that is there once nodes have run. */
  done(after: readonly string[]): Ref {
    return `${this.builder.op('Identity', [this.builder.constant(Float32Array.of(0), [])], FLOAT, after)}:0`;
  }

  /** Values side by side on a new first axis, once nodes have run. */
  pack(refs: readonly Ref[], after: readonly string[]): Ref {
    return `${this.builder.op('Pack', refs, { N: { int: refs.length }, T: { type: 'float32' }, axis: { int: 0 } }, after)}:0`;
  }

  /** The `count` entries of a value along an axis. */
  entries(ref: Ref, count: number, type: 'float32' | 'int32' = 'float32', axis = 0): Ref[] {
    const node = this.builder.op('Unpack', [ref], { num: { int: count }, T: { type }, axis: { int: axis } });
    return Array.from({ length: count }, (_, i) => `${node}:${i}`);
  }

  private recorded<Name extends keyof Examples, Out>(
    name: string,
    takes: readonly Name[],
    step: (inputs: Pick<Examples, Name>) => Out,
  ): NamedRecording {
    const known = this.recordings.get(name);
    if (known) return known;
    const inputs = Object.fromEntries(takes.map((take) => [take, this.example(take)]));
    const { data: _, ...own } = inputs;
    let outputs: unknown;
    const recording = record((...leaves) => {
      const found = step(treeOf(inputs, leaves) as unknown as Pick<Examples, Name>);
      let next = 0;
      outputs = mapLeaves(found, () => next++);
      return leavesOf<Tensor>(found);
    }, leavesOf<Tensor>(inputs));
    const made = { recording, inputs: mapLeaves(inputs, () => 0), outputs };
    tf.dispose(leavesOf<Tensor>(own));
    this.recordings.set(name, made);
    return made;
  }

  /** New ones for every recording, since a step may return what it was given, which then is freed with its results. */
  private example(name: keyof Examples): Examples[typeof name] {
    const { shape, batch, evaluationBatch, heads } = this.plan;
    const { stack, tasks } = shape;
    const like = ({ shape: size }: Pick<Variable, 'shape'>): Tensor => tf.zeros([...size]);
    const { current, slots, state, held } = this.variables;
    const rows = (): Tensor => tf.zeros([stack, batch], 'int32');
    switch (name) {
      case 'parameters':
      case 'gradients':
      case 'best':
        return current.map(like);
      case 'slots':
        return slots.map((own) => own.map(like));
      case 'state':
        return state.map(like);
      case 'held':
        return { jacobian: held.jacobian.map(like), own: held.own.map(like), penalty: held.penalty.map(like) };
      case 'batch':
        return { rows: rows(), seeds: tf.zeros([stack, 2], 'int32') };
      case 'others':
        return this.cross ? { left: rows(), right: rows() } : undefined;
      case 'weights':
        return tf.zeros([stack, weightCount(this.plan)]);
      case 'scalars':
        return tf.zeros([stack, STEP_SCALARS]);
      case 'heads':
        return heads === 'apart' ? tf.zeros([stack, tasks.length]) : undefined;
      case 'rows':
        return tf.zeros([stack, evaluationBatch], 'int32');
      case 'improved':
        return tf.zeros([stack]);
      case 'data':
        return this.data;
    }
  }
}
