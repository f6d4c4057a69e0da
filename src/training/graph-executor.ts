import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type Graph, GraphBuilder, type Recording, type Ref, record } from '../backend/graph';
import type { Executor, StackPlan, StepFeed, Which } from './executor';
import { ruleDraws, ruleState, ruleStateShapes } from './rule-state';
import {
  type Batch,
  batchLosses,
  crossGramian,
  evaluate,
  gather,
  inferenceContext,
  type Resident,
  representationGradients,
  representationProducts,
  taskGradients,
  weightedGradients,
} from './step';
import { balancedGradients, optimizerUpdate, preparedGradients, ruleGradients } from './update';

/** Placeholders of one program and what it returns. */
interface Program {
  readonly rows: Ref;
  readonly seeds: Ref;
  readonly scalars: Ref;
  readonly weights: Ref;
  readonly outputs: readonly Ref[];
}
interface ProbeProgram {
  readonly done: Program;
  readonly next: Pick<Program, 'rows' | 'seeds'>;
  /** `[2, stack, batch]`, where two further batches are needed. */
  readonly others?: Ref;
  readonly outputs: readonly Ref[];
  /** The same without a step before. */
  readonly look: readonly Ref[];
}

const FLOAT = { T: { type: 'float32' } } as const;

/**
 * Runs a stack's steps as one TensorFlow graph: parameters and optimizer state are variables of the graph, batches are gathered in it, and
 * several steps are one native call.
 */
export function graphExecutor(plan: StackPlan, data: Resident): Executor {
  const { shape, optimizer } = plan;
  const { stack, network, tasks } = shape;
  const rule = plan.step.kind === 'rule' ? plan.step.rule : undefined;
  const count = network.parameters.length;
  const fused = optimizer.fused !== undefined && !plan.perModel;
  const shapes = network.parameters.map((p) => [stack, ...p.shape]);
  const builder = new GraphBuilder();
  const resident = [data.inputs, data.labels, data.mask, data.classWeights];
  const residentRefs = resident.map((t) => builder.placeholder(t.dtype as 'float32', t.shape));
  const asResident = ([inputs, labels, mask, classWeights]: readonly Tensor[]): Resident => ({
    inputs: inputs!,
    labels: labels!,
    mask: mask!,
    classWeights: classWeights!,
  });

  // Variables.
  const variables = (list: readonly (readonly number[])[]): Ref[] => list.map((s) => builder.variable(s));
  const current = variables(shapes);
  const best = variables(shapes);
  const slots = shapes.map((s) => variables(Array.from({ length: optimizer.slots }, () => s)));
  const ruleVariables = rule ? variables(ruleStateShapes(plan, rule)) : [];
  const sharedShapes = network.parameters.flatMap((p) => (p.role === 'shared' ? [p.shape] : []));
  const jacobian = plan.step.kind === 'gramian' ? variables(sharedShapes.map((s) => [stack, tasks.length, ...s])) : [];
  const own =
    plan.step.kind === 'gramian' ? variables(network.parameters.flatMap((p) => (p.role === 'task' ? [[stack, ...p.shape]] : []))) : [];
  const penalty = plan.step.kind === 'gramian' && network.penalty ? variables(sharedShapes.map((s) => [stack, ...s])) : [];
  const held = [...jacobian, ...own, ...penalty];
  const read = (list: readonly Ref[], after: readonly string[]): Ref[] => list.map((v) => builder.read(v, after));

  // Example tensors to record with: only shapes and types matter.
  const examples: Tensor[] = [];
  const zeros = (dimensions: readonly number[], dtype: 'float32' | 'int32' = 'float32'): Tensor => {
    const t = tf.zeros([...dimensions], dtype);
    examples.push(t);
    return t;
  };
  const zeroParameters = shapes.map((s) => zeros(s));
  const zeroBatch = { rows: zeros([stack, plan.batch], 'int32'), seeds: zeros([stack, 2], 'int32') };
  const zeroWeights = zeros([stack, tasks.length]);
  const zeroScalars = zeros([stack, 4]);
  const recordings = new Map<string, Recording>();
  const recorded = (name: string, make: () => Recording): Recording => {
    const known = recordings.get(name);
    if (known) return known;
    const made = make();
    recordings.set(name, made);
    return made;
  };

  /** Puts "prepare the gradients, update, assign" into the graph; returns the names of the assigning nodes. */
  function placeUpdate(values: readonly Ref[], gradients: readonly Ref[], scalars: Ref): string[] {
    let prepared = gradients;
    if (optimizer.l2 > 0 || plan.clipNorm !== undefined) {
      const recording = recorded('prepare', () =>
        record(
          (...all) => preparedGradients(plan, all.slice(0, count), all.slice(count)),
          [...zeroParameters, ...zeroParameters.map((t) => zeros(t.shape))],
        ),
      );
      prepared = builder.place(recording, [...values, ...gradients]);
    }
    if (fused) {
      const { beta1, beta2 } = optimizer.fused!;
      const number = (value: number): Ref => builder.constant(Float32Array.of(value), []);
      const [rate, epsilon, keep] = unpack(scalars, 4).map((ref) => scalarOfFirst(ref)) as [Ref, Ref, Ref];
      const zero = number(0);
      const [b1, b2] = [number(beta1), number(beta2)];
      return current.map((variable, i) => {
        const after: string[] = [];
        if (optimizer.decoupledDecay > 0 && network.parameters[i]!.decay) {
          const kept = `${builder.op('Mul', [values[i]!, keep], FLOAT)}:0`;
          after.push(builder.assign(variable, kept));
        }
        // Bias corrections are in rate and epsilon, so the op's own powers of beta are 0.
        const inputs = [variable, slots[i]![0]!, slots[i]![1]!, zero, zero, rate, b1, b2, epsilon, prepared[i]!];
        return builder.op('ResourceApplyAdam', inputs, { ...FLOAT, use_locking: { bool: false }, use_nesterov: { bool: false } }, after);
      });
    }
    const recording = recorded('update', () =>
      record(
        (...all) => {
          const slotList = network.parameters.map((_, i) =>
            all.slice(2 * count + i * optimizer.slots, 2 * count + (i + 1) * optimizer.slots),
          );
          const next = optimizerUpdate(plan, all.slice(0, count), slotList, all.slice(count, 2 * count), all[all.length - 1]!);
          return [...next.parameters, ...next.slots.flat()];
        },
        [
          ...zeroParameters,
          ...zeroParameters.map((t) => zeros(t.shape)),
          ...slots.flatMap((list, i) => list.map(() => zeros(shapes[i]!))),
          zeroScalars,
        ],
      ),
    );
    const slotValues = slots.flatMap((list) => read(list, values.map(nodeOf)));
    const next = builder.place(recording, [...values, ...prepared, ...slotValues, scalars]);
    return [...current, ...slots.flat()].map((variable, i) => builder.assign(variable, next[i]!));
  }
  function unpack(ref: Ref, size: number, axis = 1): Ref[] {
    const node = builder.op('Unpack', [ref], { num: { int: size }, T: { type: 'float32' }, axis: { int: axis } });
    return Array.from({ length: size }, (_, i) => `${node}:${i}`);
  }
  /** The first entry of `[stack]` as a scalar. */
  function scalarOfFirst(ref: Ref): Ref {
    return unpack(ref, stack, 0)[0]!;
  }
  /** Entry k of a placeholder `[steps, ...]`. */
  function entries(ref: Ref, steps: number, type: 'float32' | 'int32'): Ref[] {
    const node = builder.op('Unpack', [ref], { num: { int: steps }, T: { type }, axis: { int: 0 } });
    return Array.from({ length: steps }, (_, i) => `${node}:${i}`);
  }
  function pack(refs: readonly Ref[], after: readonly string[]): Ref {
    return `${builder.op('Pack', refs, { N: { int: refs.length }, T: { type: 'float32' }, axis: { int: 0 } }, after)}:0`;
  }
  function done(after: readonly string[]): Ref {
    return `${builder.op('Identity', [builder.constant(Float32Array.of(0), [])], FLOAT, after)}:0`;
  }
  function inputs(steps: number): Omit<Program, 'outputs'> {
    return {
      rows: builder.placeholder('int32', [steps, stack, plan.batch]),
      seeds: builder.placeholder('int32', [steps, stack, 2]),
      scalars: builder.placeholder('float32', [steps, stack, 4]),
      weights: builder.placeholder('float32', [steps, stack, tasks.length]),
    };
  }

  /** `steps` training steps in one call. */
  function stepsProgram(steps: number): Program {
    const program = inputs(steps);
    const [rows, seeds] = [entries(program.rows, steps, 'int32'), entries(program.seeds, steps, 'int32')];
    const [scalars, weights] = [entries(program.scalars, steps, 'float32'), entries(program.weights, steps, 'float32')];
    let after: string[] = [];
    const losses: Ref[] = [];
    for (let k = 0; k < steps; k++) {
      const values = read(current, after);
      if (rule) {
        const states = read(ruleVariables, after);
        const [loss, ...rest] = builder.place(ruleRecording(), [...values, ...residentRefs, rows[k]!, seeds[k]!, ...states]);
        losses.push(loss!);
        const gradients = rest.slice(0, count);
        const assigned = ruleVariables.map((variable, i) => builder.assign(variable, rest[count + i]!));
        after = [...placeUpdate(values, gradients, scalars[k]!), ...assigned];
      } else {
        const [loss, ...gradients] = builder.place(weightedRecording(), [...values, ...residentRefs, rows[k]!, seeds[k]!, weights[k]!]);
        losses.push(loss!);
        after = placeUpdate(values, gradients, scalars[k]!);
      }
    }
    return { ...program, outputs: [pack(losses, after)] };
  }
  function split(all: readonly Tensor[]): { parameters: Tensor[]; data: Resident; batch: Batch; rest: Tensor[] } {
    const [rows, seeds] = [all[count + 4]!, all[count + 5]!];
    return {
      parameters: all.slice(0, count),
      data: asResident(all.slice(count, count + 4)),
      batch: { rows, seeds },
      rest: all.slice(count + 6),
    };
  }
  function weightedRecording(): Recording {
    return recorded('weighted', () =>
      record(
        (...all) => {
          const { parameters, data: d, batch, rest } = split(all);
          const result = weightedGradients(shape, parameters, d, batch, rest[0]!);
          return [result.losses, ...result.gradients];
        },
        [...zeroParameters, ...resident, zeroBatch.rows, zeroBatch.seeds, zeroWeights],
      ),
    );
  }
  function ruleRecording(): Recording {
    return recorded('rule', () => {
      const states = ruleState(plan, rule!);
      examples.push(...states);
      return record(
        (...all) => {
          const { parameters, data: d, batch, rest } = split(all);
          const task = taskGradients(shape, parameters, d, batch);
          const next = ruleGradients(plan, rule!, task, rest, ruleDraws(plan, rule!, batch.seeds));
          return [task.losses, ...next.gradients, ...next.state];
        },
        [...zeroParameters, ...resident, zeroBatch.rows, zeroBatch.seeds, ...states],
      );
    });
  }
  function representationRecording(): Recording {
    return recorded('representation', () =>
      record(
        (...all) => {
          const { parameters, data: d, batch, rest } = split(all);
          const result = representationGradients(shape, parameters, d, batch, rest[0]!, plan.matchMean);
          return [result.losses, ...result.gradients];
        },
        [...zeroParameters, ...resident, zeroBatch.rows, zeroBatch.seeds, zeroWeights],
      ),
    );
  }
  function productsRecording(): Recording {
    return recorded('products', () =>
      record(
        (...all) => {
          const { parameters, data: d, batch } = split(all);
          const seen = representationProducts(shape, parameters, d, batch);
          return [seen.losses, seen.gramian];
        },
        [...zeroParameters, ...resident, zeroBatch.rows, zeroBatch.seeds],
      ),
    );
  }
  function lossesRecording(): Recording {
    return recorded('losses', () =>
      record(
        (...all) => {
          const { parameters, data: d, batch } = split(all);
          return [batchLosses(shape, parameters, d, batch)];
        },
        [...zeroParameters, ...resident, zeroBatch.rows, zeroBatch.seeds],
      ),
    );
  }

  /** Finishes one step and looks at the next batch, in one call. */
  function probeProgram(): ProbeProgram {
    const first = inputs(1);
    const [rows] = entries(first.rows, 1, 'int32');
    const [seeds] = entries(first.seeds, 1, 'int32');
    const [scalars] = entries(first.scalars, 1, 'float32');
    const [weights] = entries(first.weights, 1, 'float32');
    const next = { rows: builder.placeholder('int32', [stack, plan.batch]), seeds: builder.placeholder('int32', [stack, 2]) };
    const values = read(current, []);
    /** Losses of the batch just trained on. */
    const afterwards = (at: readonly Ref[]): Ref[] =>
      plan.after ? builder.place(lossesRecording(), [...at, ...residentRefs, rows!, seeds!]) : [];
    if (plan.step.kind === 'gramian') {
      const { cross } = plan.step;
      const pick = (all: readonly Tensor[]): { jacobian: Tensor[]; own: Tensor[]; penalty: Tensor[] } => ({
        jacobian: all.slice(0, jacobian.length),
        own: all.slice(jacobian.length, jacobian.length + own.length),
        penalty: all.slice(jacobian.length + own.length, held.length),
      });
      const combining = record((...all) => balancedGradients(plan, pick(all), all[held.length]!), [...heldExamples(), zeroWeights]);
      const looking = record(
        (...all) => {
          const { parameters, data: d, batch } = split(all);
          const task = taskGradients(shape, parameters, d, batch);
          return [task.losses, task.gramian, ...task.jacobian, ...task.own, ...task.penalty];
        },
        [...zeroParameters, ...resident, zeroBatch.rows, zeroBatch.seeds],
      );
      const crossing = cross
        ? record(
            (...all) => {
              const { parameters, data: d, batch, rest } = split(all);
              return [crossGramian(shape, parameters, d, batch, { ...batch, rows: rest[0]! })];
            },
            [...zeroParameters, ...resident, zeroBatch.rows, zeroBatch.seeds, zeros([stack, plan.batch], 'int32')],
          )
        : undefined;
      const others = cross ? builder.placeholder('int32', [2, stack, plan.batch]) : undefined;
      /** Losses, Gramian and cross products of the next batch; its gradients are held for the step on it. */
      const look = (after: readonly string[]): Ref[] => {
        const at = read(current, after);
        const [losses, gramian, ...task] = builder.place(looking, [...at, ...residentRefs, next.rows, next.seeds]);
        const assigned = held.map((variable, i) => builder.assign(variable, task[i]!, after));
        const seen = [pack([losses!], assigned), pack([gramian!], assigned)];
        if (!crossing) return seen;
        const [left, right] = entries(others!, 2, 'int32');
        return [...seen, ...builder.place(crossing, [...at, ...residentRefs, left!, next.seeds, right!])];
      };
      const gradients = builder.place(combining, [...read(held, []), weights!]);
      const updated = placeUpdate(values, gradients, scalars!);
      const outputs = [...look(updated), ...afterwards(read(current, updated))];
      return { done: { ...first, outputs: [] }, next, ...(others ? { others } : {}), outputs, look: look([]) };
    }
    const byRepresentation = plan.step.kind === 'representation';
    const training = byRepresentation ? representationRecording() : weightedRecording();
    const [, ...gradients] = builder.place(training, [...values, ...residentRefs, rows!, seeds!, weights!]);
    const updated = placeUpdate(values, gradients, scalars!);
    const see = (at: readonly Ref[]): Ref[] =>
      builder.place(byRepresentation ? productsRecording() : lossesRecording(), [...at, ...residentRefs, next.rows, next.seeds]);
    const fresh = read(current, updated);
    return { done: { ...first, outputs: [] }, next, outputs: [...see(fresh), ...afterwards(fresh)], look: see(values) };
  }
  function heldExamples(): Tensor[] {
    return [
      ...sharedShapes.map((s) => zeros([stack, tasks.length, ...s])),
      ...network.parameters.flatMap((p) => (p.role === 'task' ? [zeros([stack, ...p.shape])] : [])),
      ...(penalty.length > 0 ? sharedShapes.map((s) => zeros([stack, ...s])) : []),
    ];
  }

  function evaluateProgram(which: Which): { rows: Ref; outputs: Ref[] } {
    const rows = builder.placeholder('int32', [stack, plan.evaluationBatch]);
    const recording = recorded('evaluate', () =>
      record(
        (...all) => {
          const result = evaluate(shape, all.slice(0, count), asResident(all.slice(count, count + 4)), all[count + 4]!);
          return [result.outputs, result.sums, result.counts];
        },
        [...zeroParameters, ...resident, zeros([stack, plan.evaluationBatch], 'int32')],
      ),
    );
    return { rows, outputs: builder.place(recording, [...read(which === 'current' ? current : best, []), ...residentRefs, rows]) };
  }

  const whole = plan.step.kind === 'weighted' || plan.step.kind === 'rule';
  const many = whole ? stepsProgram(plan.unroll) : undefined;
  const single = whole ? (plan.unroll === 1 ? many : stepsProgram(1)) : undefined;
  const probing = whole ? undefined : probeProgram();
  const evaluating = { current: evaluateProgram('current'), best: evaluateProgram('best') };

  const initial = shapes.map((s) => builder.placeholder('float32', s));
  const cleared = [...slots.flatMap((list, i) => list.map((variable) => [variable, shapes[i]!] as const)), ...heldShapes()].map(
    ([variable, s]) => builder.assign(variable, fill(0, s)),
  );
  if (rule) cleared.push(...ruleStateShapes(plan, rule).map((s, i) => builder.assign(ruleVariables[i]!, fill(rule.state[i]!.fill, s))));
  const started = done([
    ...cleared,
    ...current.map((v, i) => builder.assign(v, initial[i]!)),
    ...best.map((v, i) => builder.assign(v, initial[i]!)),
  ]);

  function fill(value: number, dimensions: readonly number[]): Ref {
    const size = builder.constant(Int32Array.from(dimensions), [dimensions.length]);
    const inputRefs = [size, builder.constant(Float32Array.of(value), [])];
    return `${builder.op('Fill', inputRefs, { ...FLOAT, index_type: { type: 'int32' } })}:0`;
  }
  function heldShapes(): (readonly [Ref, readonly number[]])[] {
    const list = [
      ...(jacobian.length > 0 ? sharedShapes.map((s) => [stack, tasks.length, ...s]) : []),
      ...(own.length > 0 ? network.parameters.flatMap((p) => (p.role === 'task' ? [[stack, ...p.shape]] : [])) : []),
      ...(penalty.length > 0 ? sharedShapes.map((s) => [stack, ...s]) : []),
    ];
    return held.map((variable, i) => [variable, list[i]!] as const);
  }

  const saved = [...current, ...best, ...slots.flat(), ...ruleVariables];
  const savedShapes = [
    ...shapes,
    ...shapes,
    ...slots.flatMap((list, i) => list.map(() => shapes[i]!)),
    ...(rule ? ruleStateShapes(plan, rule) : []),
  ];
  const savedRefs = read(saved, []);
  const restoring = savedShapes.map((s) => builder.placeholder('float32', s));
  const restored = done([
    ...heldShapes().map(([variable, s]) => builder.assign(variable, fill(0, s))),
    ...saved.map((variable, i) => builder.assign(variable, restoring[i]!)),
  ]);

  const improvedRef = builder.placeholder('float32', [stack]);
  const keepRecording = record(
    (...all) => {
      const flag = tf.greater(all[2 * count]!, 0);
      return all.slice(0, count).map((p, i) => tf.where(tf.reshape(flag, [stack, ...p.shape.slice(1).map(() => 1)]), p, all[count + i]!));
    },
    [...zeroParameters, ...zeroParameters.map((t) => zeros(t.shape)), zeros([stack])],
  );
  const kept = builder.place(keepRecording, [...read(current, []), ...read(best, []), improvedRef]);
  const keepDone = done(best.map((variable, i) => builder.assign(variable, kept[i]!)));
  const readRefs = { current: read(current, []), best: read(best, []) };

  const graph: Graph = builder.build();
  tf.dispose(examples);
  const residentFeeds = residentRefs.map((ref, i) => [ref, resident[i]!] as const);

  /** Feeds, runs, reads and frees. */
  function run(feeds: readonly (readonly [Ref, Tensor])[], outputs: readonly Ref[], withData = true): Float32Array[] {
    const results = graph.run(withData ? [...residentFeeds, ...feeds] : feeds, outputs);
    const values = results.map((t) => t.dataSync() as Float32Array);
    tf.dispose(results);
    tf.dispose(feeds.map(([, t]) => t));
    return values;
  }
  function joined<T extends Float32Array | Int32Array>(parts: readonly T[], make: (n: number) => T): T {
    if (parts.length === 1) return parts[0]!;
    const all = make(parts.reduce((n, p) => n + p.length, 0));
    let at = 0;
    for (const p of parts) {
      all.set(p, at);
      at += p.length;
    }
    return all;
  }
  function feedsOf(program: Omit<Program, 'outputs'>, feeds: readonly StepFeed[]): (readonly [Ref, Tensor])[] {
    const floats = (n: number): Float32Array => new Float32Array(n);
    const ints = (n: number): Int32Array => new Int32Array(n);
    const k = feeds.length;
    const rows = joined(
      feeds.map((f) => f.rows),
      ints,
    );
    const seeds = joined(
      feeds.map((f) => f.seeds),
      ints,
    );
    const scalars = joined(
      feeds.map((f) => f.scalars),
      floats,
    );
    const weights = joined(
      feeds.map((f) => f.weights),
      floats,
    );
    return [
      [program.rows, tf.tensor(rows, [k, stack, plan.batch], 'int32')],
      [program.seeds, tf.tensor(seeds, [k, stack, 2], 'int32')],
      [program.scalars, tf.tensor(scalars, [k, stack, 4])],
      [program.weights, tf.tensor(weights, [k, stack, tasks.length])],
    ];
  }
  return {
    mode: 'graph',
    start(parameters) {
      run(
        initial.map((ref, i) => [ref, tf.tensor(parameters[i]!, shapes[i]!)] as const),
        [started],
        false,
      );
    },
    steps(feeds) {
      const parts: Float32Array[] = [];
      let k = 0;
      while (k + plan.unroll <= feeds.length) {
        parts.push(run(feedsOf(many!, feeds.slice(k, k + plan.unroll)), many!.outputs)[0]!);
        k += plan.unroll;
      }
      for (; k < feeds.length; k++) parts.push(run(feedsOf(single!, [feeds[k]!]), single!.outputs)[0]!);
      return joined(parts, (n) => new Float32Array(n));
    },
    probe(finished, next) {
      const ahead = [
        [probing!.next.rows, tf.tensor(next.rows, [stack, plan.batch], 'int32')] as const,
        [probing!.next.seeds, tf.tensor(next.seeds, [stack, 2], 'int32')] as const,
      ];
      const others = probing!.others ? [[probing!.others, tf.tensor(next.others, [2, stack, plan.batch], 'int32')] as const] : [];
      const feeds = [...ahead, ...others];
      const seen = finished ? run([...feedsOf(probing!.done, [finished]), ...feeds], probing!.outputs) : run(feeds, probing!.look);
      const none = new Float32Array(0);
      const losses = seen.shift()!;
      const gramian = plan.step.kind === 'losses' ? none : seen.shift()!;
      const cross = probing!.others ? seen.shift()! : none;
      return { losses, gramian, cross, after: seen.shift() ?? none };
    },
    evaluate(which, rows) {
      const program = evaluating[which];
      const [outputs, sums, counts] = run([[program.rows, tf.tensor(rows, [stack, plan.evaluationBatch], 'int32')]], program.outputs);
      return { outputs: outputs!, sums: sums!, counts: counts! };
    },
    keepBest(improved) {
      run([[improvedRef, tf.tensor(improved, [stack])]], [keepDone], false);
    },
    read: (which) => run([], readRefs[which], false),
    save: () => run([], savedRefs, false),
    restore(values) {
      run(
        restoring.map((ref, i) => [ref, tf.tensor(values[i]!, savedShapes[i]!)] as const),
        [restored],
        false,
      );
    },
    diagnose(which, rows) {
      if (!network.diagnose) return {};
      const look = network.diagnose;
      const values = run([], readRefs[which], false);
      return tf.tidy(() => {
        const tensors = Object.fromEntries(network.parameters.map(({ name }, i) => [name, tf.tensor(values[i]!, shapes[i]!)]));
        const { x } = gather(shape, data, tf.tensor2d(rows, [stack, plan.evaluationBatch], 'int32'));
        const seen = look(tensors, x, inferenceContext);
        return Object.fromEntries(
          Object.entries(seen).map(([name, t]) => [name, { shape: t.shape, values: Float32Array.from(t.dataSync()) }]),
        );
      });
    },
    dispose: () => graph.dispose(),
  };
}

function nodeOf(ref: Ref): string {
  return ref.slice(0, ref.lastIndexOf(':'));
}
