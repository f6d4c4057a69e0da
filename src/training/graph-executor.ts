import { availableParallelism } from 'node:os';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { GraphBuilder, type Ref } from '../backend/graph';
import { sizeOf } from '../models/network/features';
import { countParameters } from '../models/network/network';
import { type Executor, STEP_SCALARS, type StackPlan, type StepFeed, weightCount } from './executor';
import { type StackPrograms, type StepInputs, stackPrograms } from './stack-programs';
import { gather, inferenceContext, type Resident } from './step';

type Values = Float32Array | Int32Array;
type Feed = readonly [Ref, Tensor];

/** A part of the stack that the graph computes side by side with the others. */
interface Lane {
  readonly first: number;
  readonly stack: number;
  readonly programs: StackPrograms;
}

/** Multiply-adds of a step from which a lane of its own pays; found by measurement. */
const LANE_WORK = 8e6;

/** Models per lane: TensorFlow runs the ops of independent lanes at the same time, which beats splitting each small op. */
export function laneSizes({ shape, batch, step }: StackPlan, cores: number): number[] {
  const { stack, network, inputShape, tasks } = shape;
  const perRow = countParameters(network.parameters) * sizeOf(inputShape.slice(0, -1));
  // A Gramian is waited for at every step, so that its lanes pay later.
  const copies = step.kind === 'rule' ? tasks.length : step.kind === 'gramian' ? Math.max(1, tasks.length / 4) : 1;
  const lanes = Math.max(1, Math.min(cores, stack, Math.floor((stack * batch * perRow * copies) / LANE_WORK)));
  return Array.from({ length: lanes }, (_, i) => Math.floor((stack + i) / lanes));
}

/** Entries `[outer, stack, ...]` of one lane. */
function partOf<T extends Values>(all: T, lane: Lane, stack: number, outer = 1): T {
  const [from, to] = [lane.first, lane.first + lane.stack].map((s) => (s * all.length) / outer / stack) as [number, number];
  if (outer === 1) return all.subarray(from, to) as T;
  const whole = all.length / outer;
  const part = all.slice(0, outer * (to - from)) as T;
  for (let k = 0; k < outer; k++) part.set(all.subarray(k * whole + from, k * whole + to), k * (to - from));
  return part;
}

/** Arrays of one type, one after the other. */
function inTurn<T extends Values>(parts: readonly T[]): T {
  if (parts.length === 1) return parts[0]!;
  const size = parts.reduce((sum, p) => sum + p.length, 0);
  const all = new (parts[0]!.constructor as new (length: number) => T)(size);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Puts the lanes' `[outer, stack of the lane, ...]` together. */
function joinLanes(parts: readonly Float32Array[], outer = 1): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const part = (p: Float32Array, k: number): Float32Array => p.subarray((k * p.length) / outer, ((k + 1) * p.length) / outer);
  return inTurn(Array.from({ length: outer }, (_, k) => parts.map((p) => part(p, k))).flat());
}

/** `stackPrograms`; the tensors that it records with are freed also where the user's own code throws. */
function programsOf(...args: Parameters<typeof stackPrograms>): ReturnType<typeof stackPrograms> {
  tf.engine().startScope('programs');
  try {
    return stackPrograms(...args);
  } finally {
    tf.engine().endScope();
  }
}

/** Runs a stack's steps as one TensorFlow graph, split into lanes where that uses the cores better. */
export function graphExecutor(plan: StackPlan, data: Resident, cores: number = availableParallelism()): Executor {
  const { stack, network, tasks, columns } = plan.shape;
  const builder = new GraphBuilder();
  const owned: Tensor[] = [];
  let placed = 0;
  const sizes = laneSizes(plan, cores);
  const lanes = sizes.map((size): Lane => {
    const first = placed;
    placed += size;
    if (size === stack) return { first, stack: size, programs: programsOf(builder, plan, data) };
    const classWeights = tf.slice(data.classWeights as tf.Tensor2D, [first, 0], [size, -1]);
    owned.push(classWeights);
    const own = <T>(perModel: readonly T[]): T[] => perModel.slice(first, first + size);
    const shape = { ...plan.shape, stack: size, totalSteps: own(plan.shape.totalSteps), ...(columns ? { columns: own(columns) } : {}) };
    return { first, stack: size, programs: programsOf(builder, { ...plan, shape }, { ...data, classWeights }) };
  });
  const { unroll } = lanes[0]!.programs;
  const graph = builder.build();
  const dispose = (): void => {
    graph.dispose();
    tf.dispose(owned);
  };

  /**
   * Feeds, runs and reads all lanes by one call, and frees what was fed.
   * @returns values per lane and output
   */
  function run(
    of: (lane: Lane) => { readonly feeds: readonly Feed[]; readonly outputs: readonly Ref[] },
    withData = true,
  ): Float32Array[][] {
    const calls = lanes.map(of);
    const own = calls.flatMap(({ feeds }) => feeds);
    const resident = withData ? lanes.flatMap(({ programs }) => programs.residentFeeds) : [];
    const results = graph.run(
      [...resident, ...own],
      calls.flatMap(({ outputs }) => outputs),
    );
    const values = results.map((t) => t.dataSync() as Float32Array);
    tf.dispose(results);
    tf.dispose(own.map(([, t]) => t));
    let from = 0;
    return calls.map(({ outputs }) => {
      from += outputs.length;
      return values.slice(from - outputs.length, from);
    });
  }
  /** Every output of all lanes together, `[stack, ...]` each. */
  function joined(perLane: readonly (readonly Float32Array[])[]): Float32Array[] {
    return perLane[0]!.map((_, i) => joinLanes(perLane.map((values) => values[i]!)));
  }
  function tensorOf(values: Values, shape: readonly number[]): Tensor {
    return tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32');
  }
  function fed(lane: Lane, ref: Ref, values: Values, shape: readonly number[], outer = 1): Feed {
    return [ref, tensorOf(partOf(values, lane, stack, outer), shape)];
  }
  /** One lane's feeds of some steps. */
  function stepFeeds(lane: Lane, inputs: StepInputs, feeds: readonly StepFeed[]): Feed[] {
    const widths = { rows: plan.batch, seeds: 2, scalars: STEP_SCALARS, weights: weightCount(plan), heads: tasks.length };
    return (Object.keys(widths) as (keyof typeof widths)[]).flatMap((name): Feed[] => {
      const ref = inputs[name];
      if (ref === undefined) return [];
      const parts = feeds.map((feed) => partOf(feed[name] as Values, lane, stack));
      return [[ref, tensorOf(inTurn(parts), [feeds.length, lane.stack, widths[name]])]];
    });
  }
  function set(which: 'starting' | 'restoring', values: readonly Float32Array[]): void {
    run((lane) => {
      const program = lane.programs[which];
      return { feeds: program.values.map((ref, i) => fed(lane, ref, values[i]!, program.shapes[i]!)), outputs: [program.done] };
    }, false);
  }
  function readParameters(which: 'current' | 'best'): Float32Array[] {
    return joined(run(({ programs }) => ({ feeds: [], outputs: programs.parameters[which] }), false));
  }

  return {
    mode: 'graph',
    start: (parameters) => set('starting', parameters),
    steps(feeds) {
      const parts: Float32Array[] = [];
      for (let k = 0; k < feeds.length; ) {
        const whole = k + unroll <= feeds.length;
        const now = feeds.slice(k, whole ? k + unroll : k + 1);
        const losses = run((lane) => {
          const program = whole ? lane.programs.many! : lane.programs.single!;
          return { feeds: stepFeeds(lane, program, now), outputs: program.outputs };
        });
        parts.push(
          joinLanes(
            losses.map(([values]) => values!),
            now.length,
          ),
        );
        k += now.length;
      }
      return inTurn(parts);
    },
    probe(finished, next) {
      const seen = joined(
        run((lane) => {
          const program = lane.programs.probing!;
          const feeds = [
            fed(lane, program.next.rows, next.rows, [lane.stack, plan.batch]),
            fed(lane, program.next.seeds, next.seeds, [lane.stack, 2]),
            ...(program.others ? [fed(lane, program.others, next.others, [2, lane.stack, plan.batch], 2)] : []),
          ];
          if (!finished) return { feeds, outputs: program.look };
          return { feeds: [...stepFeeds(lane, program.done, [finished]), ...feeds], outputs: program.outputs };
        }),
      );
      const none = new Float32Array(0);
      const losses = seen.shift()!;
      const gramian = plan.step.kind === 'losses' ? none : seen.shift()!;
      const cross = plan.step.kind === 'gramian' && plan.step.cross ? seen.shift()! : none;
      return { losses, gramian, cross, after: seen.shift() ?? none };
    },
    evaluate(which, rows) {
      const [outputs, sums, counts] = joined(
        run((lane) => {
          const program = lane.programs.evaluating[which];
          return { feeds: [fed(lane, program.rows, rows, [lane.stack, plan.evaluationBatch])], outputs: program.outputs };
        }),
      );
      return { outputs: outputs!, sums: sums!, counts: counts! };
    },
    keepBest(improved) {
      run((lane) => {
        const { keeping } = lane.programs;
        return { feeds: [fed(lane, keeping.improved, improved, [lane.stack])], outputs: [keeping.done] };
      }, false);
    },
    read: readParameters,
    save: () => joined(run(({ programs }) => ({ feeds: [], outputs: programs.saved }), false)),
    restore: (values) => set('restoring', values),
    diagnose(which, rows) {
      if (!network.diagnose) return {};
      const look = network.diagnose;
      const values = readParameters(which);
      return tf.tidy(() => {
        const tensors = Object.fromEntries(
          network.parameters.map(({ name, shape }, i) => [name, tf.tensor(values[i]!, [stack, ...shape])]),
        );
        const { x } = gather(plan.shape, data, tf.tensor2d(rows, [stack, plan.evaluationBatch], 'int32'));
        const seen = look(tensors, x, inferenceContext);
        return Object.fromEntries(
          Object.entries(seen).map(([name, t]) => [name, { shape: t.shape, values: Float32Array.from(t.dataSync()) }]),
        );
      });
    },
    dispose,
  };
}
