import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { type GraphBuilder, type Recording, type Ref, record } from '../backend/graph';
import { recomputesGradient, STEP_SCALARS, type StackPlan, unrollFor, type Which, weighsAtRepresentation, weightCount } from './executor';
import { ruleState, ruleStateShapes } from './rule-state';
import {
  type Batch,
  batchLosses,
  crossGramian,
  evaluate,
  type Resident,
  representationGradients,
  representationProducts,
  taskGradients,
  weightedGradients,
} from './step';
import { balancedGradients, optimizerUpdate, preparedGradients, representationUse, ruleStep } from './update';

/** Placeholders of a step, `[steps, stack, ...]` each. */
export interface StepInputs {
  readonly rows: Ref;
  readonly seeds: Ref;
  readonly scalars: Ref;
  readonly weights: Ref;
  /** Where the plan has them apart. */
  readonly heads?: Ref;
}
/** Steps in one call; returns their losses. */
interface StepsProgram extends StepInputs {
  readonly outputs: readonly Ref[];
}
interface ProbeProgram {
  readonly done: StepInputs;
  readonly next: Pick<StepInputs, 'rows' | 'seeds'>;
  /** `[2, stack, batch]`, where two further batches are needed. */
  readonly others?: Ref;
  readonly outputs: readonly Ref[];
  /** The same without a step before. */
  readonly look: readonly Ref[];
}

/** Sets variables, each `[stack, ...]`: what to feed and what to ask for. */
interface SetProgram {
  readonly values: readonly Ref[];
  readonly shapes: readonly (readonly number[])[];
  readonly done: Ref;
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
  readonly evaluating: Readonly<Record<Which, { readonly rows: Ref; readonly outputs: readonly Ref[] }>>;
  readonly starting: SetProgram;
  readonly restoring: SetProgram;
  readonly keeping: { readonly improved: Ref; readonly done: Ref };
  readonly parameters: Readonly<Record<Which, readonly Ref[]>>;
  /** What `restoring` sets. */
  readonly saved: readonly Ref[];
}

/** Nodes up to which steps are unrolled: TensorFlow takes milliseconds a node to prepare a graph, which larger ones do not earn back. */
const UNROLLED_NODES = 640;

const FLOAT = { T: { type: 'float32' } } as const;

/**
 * Puts a stack's steps into a graph: parameters and optimizer state are variables of the graph, batches are gathered in it, and several
 * steps are one native call.
 */
export function stackPrograms(builder: GraphBuilder, plan: StackPlan, data: Resident): StackPrograms {
  const { shape, optimizer } = plan;
  const { stack, network, tasks } = shape;
  const rule = plan.step.kind === 'rule' ? plan.step.rule : undefined;
  const count = network.parameters.length;
  const fused = optimizer.fused !== undefined && !plan.perModel;
  const shapes = network.parameters.map((p) => [stack, ...p.shape]);
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
  const recomputes = recomputesGradient(plan);
  const keeps = plan.step.kind === 'gramian' && !recomputes;
  const jacobian = keeps ? variables(sharedShapes.map((s) => [stack, tasks.length, ...s])) : [];
  const own = keeps ? variables(network.parameters.flatMap((p) => (p.role === 'task' ? [[stack, ...p.shape]] : []))) : [];
  const penalty = keeps && network.penalty ? variables(shapes) : [];
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
  const zeroWeights = zeros([stack, weightCount(plan)]);
  const zeroHeads = plan.heads === 'apart' ? [zeros([stack, tasks.length])] : [];
  const zeroScalars = zeros([stack, STEP_SCALARS]);
  const trace = (step: (...inputs: Tensor[]) => Tensor[], inputs: readonly Tensor[]): Recording => record(step, inputs);
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
        trace(
          (...all) => preparedGradients(plan, all.slice(0, count), all.slice(count)),
          [...zeroParameters, ...zeroParameters.map((t) => zeros(t.shape))],
        ),
      );
      prepared = builder.place(recording, [...values, ...gradients]);
    }
    if (fused) {
      const { beta1, beta2 } = optimizer.fused!;
      const number = (value: number): Ref => builder.constant(Float32Array.of(value), []);
      const [rate, epsilon, keep] = unpack(scalars, STEP_SCALARS).map((ref) => scalarOfFirst(ref)) as [Ref, Ref, Ref];
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
      trace(
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
  function inputs(steps: number): StepInputs {
    return {
      rows: builder.placeholder('int32', [steps, stack, plan.batch]),
      seeds: builder.placeholder('int32', [steps, stack, 2]),
      scalars: builder.placeholder('float32', [steps, stack, STEP_SCALARS]),
      weights: builder.placeholder('float32', [steps, stack, weightCount(plan)]),
      ...(plan.heads === 'apart' && { heads: builder.placeholder('float32', [steps, stack, tasks.length]) }),
    };
  }

  /** `steps` training steps in one call. */
  function stepsProgram(steps: number): StepsProgram {
    const program = inputs(steps);
    const [rows, seeds] = [entries(program.rows, steps, 'int32'), entries(program.seeds, steps, 'int32')];
    const [scalars, weights] = [entries(program.scalars, steps, 'float32'), entries(program.weights, steps, 'float32')];
    let after: string[] = [];
    const losses: Ref[] = [];
    for (let k = 0; k < steps; k++) {
      const values = read(current, after);
      if (rule) {
        const states = read(ruleVariables, after);
        const [loss, ...rest] = builder.place(ruleRecording(), [...values, ...residentRefs, rows[k]!, seeds[k]!, weights[k]!, ...states]);
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
      trace(
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
      return trace(
        (...all) => {
          const { parameters, data: d, batch, rest } = split(all);
          const next = ruleStep(plan, parameters, d, batch, rest.slice(1), rest[0]!);
          return [next.losses, ...next.gradients, ...next.state];
        },
        [...zeroParameters, ...resident, zeroBatch.rows, zeroBatch.seeds, zeroWeights, ...states],
      );
    });
  }
  function representationRecording(): Recording {
    return recorded('representation', () =>
      trace(
        (...all) => {
          const { parameters, data: d, batch, rest } = split(all);
          const [weights, scalars, heads] = rest as [Tensor, Tensor, Tensor?];
          const use = representationUse(plan, weights, scalars, heads);
          const result = representationGradients(shape, parameters, d, batch, weights, use);
          return [result.losses, ...result.gradients];
        },
        [...zeroParameters, ...resident, zeroBatch.rows, zeroBatch.seeds, zeroWeights, zeroScalars, ...zeroHeads],
      ),
    );
  }
  function productsRecording(): Recording {
    return recorded('products', () =>
      trace(
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
      trace(
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
    const ownWeights = first.heads ? entries(first.heads, 1, 'float32') : [];
    const next = { rows: builder.placeholder('int32', [stack, plan.batch]), seeds: builder.placeholder('int32', [stack, 2]) };
    const values = read(current, []);
    /** Losses of the batch just trained on. */
    const afterwards = (at: readonly Ref[]): Ref[] =>
      plan.after ? builder.place(lossesRecording(), [...at, ...residentRefs, rows!, seeds!]) : [];
    /** The weighted gradient of the batch that was looked at. */
    const computed = (): Ref[] => {
      const read = [...values, ...residentRefs, rows!, seeds!, weights!];
      if (!weighsAtRepresentation(plan)) return builder.place(weightedRecording(), read).slice(1);
      return builder.place(representationRecording(), [...read, scalars!, ...ownWeights]).slice(1);
    };
    if (plan.step.kind === 'gramian') {
      const { cross, lastLayer } = plan.step;
      const pick = (all: readonly Tensor[]): { jacobian: Tensor[]; own: Tensor[]; penalty: Tensor[] } => ({
        jacobian: all.slice(0, jacobian.length),
        own: all.slice(jacobian.length, jacobian.length + own.length),
        penalty: all.slice(jacobian.length + own.length, held.length),
      });
      const looking = (): Recording =>
        trace(
          (...all) => {
            const { parameters, data: d, batch } = split(all);
            const task = taskGradients(shape, parameters, d, batch, lastLayer);
            return [task.losses, task.gramian, ...(keeps ? [...task.jacobian, ...task.own, ...task.penalty] : [])];
          },
          [...zeroParameters, ...resident, zeroBatch.rows, zeroBatch.seeds],
        );
      const crossing = cross
        ? trace(
            (...all) => {
              const { parameters, data: d, batch, rest } = split(all);
              const products = crossGramian(shape, parameters, d, batch, { ...batch, rows: rest[0]! });
              return [...(recomputes ? [products.gramian] : []), products.cross];
            },
            [...zeroParameters, ...resident, zeroBatch.rows, zeroBatch.seeds, zeros([stack, plan.batch], 'int32')],
          )
        : undefined;
      const others = cross ? builder.placeholder('int32', [2, stack, plan.batch]) : undefined;
      const seeing = recomputes && cross ? lossesRecording() : looking();
      /** Losses, Gramian and cross products of the next batch; its gradients are held for the step on it. */
      const look = (after: readonly string[]): Ref[] => {
        const at = read(current, after);
        const found = builder.place(seeing, [...at, ...residentRefs, next.rows, next.seeds]);
        const seen = found.slice(0, found.length - held.length);
        const assigned = held.map((variable, i) => builder.assign(variable, found[seen.length + i]!, after));
        if (keeps) seen[0] = pack([seen[0]!], assigned);
        if (!crossing) return seen;
        const [left, right] = entries(others!, 2, 'int32');
        return [...seen, ...builder.place(crossing, [...at, ...residentRefs, left!, next.seeds, right!])];
      };
      const combined = (): Ref[] => {
        const combining = trace(
          (...all) => balancedGradients(plan, pick(all), all[held.length]!, all[held.length + 1]!, all[held.length + 2]),
          [...heldExamples(), zeroWeights, zeroScalars, ...zeroHeads],
        );
        return builder.place(combining, [...read(held, []), weights!, scalars!, ...ownWeights]);
      };
      const updated = placeUpdate(values, keeps ? combined() : computed(), scalars!);
      const outputs = [...look(updated), ...afterwards(read(current, updated))];
      return { done: first, next, ...(others ? { others } : {}), outputs, look: look([]) };
    }
    const byRepresentation = plan.step.kind === 'representation';
    const updated = placeUpdate(values, computed(), scalars!);
    const see = (at: readonly Ref[]): Ref[] =>
      builder.place(byRepresentation ? productsRecording() : lossesRecording(), [...at, ...residentRefs, next.rows, next.seeds]);
    const fresh = read(current, updated);
    return { done: first, next, outputs: [...see(fresh), ...afterwards(fresh)], look: see(values) };
  }
  function heldExamples(): Tensor[] {
    return [
      ...sharedShapes.map((s) => zeros([stack, tasks.length, ...s])),
      ...network.parameters.flatMap((p) => (p.role === 'task' ? [zeros([stack, ...p.shape])] : [])),
      ...(penalty.length > 0 ? shapes.map((s) => zeros(s)) : []),
    ];
  }

  function evaluateProgram(which: Which): { rows: Ref; outputs: Ref[] } {
    const rows = builder.placeholder('int32', [stack, plan.evaluationBatch]);
    const recording = recorded('evaluate', () =>
      trace(
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
  const before = builder.size;
  const single = whole ? stepsProgram(1) : undefined;
  const nodes = builder.size - before;
  const unroll = unrollFor(plan.unroll, Math.max(1, Math.floor(UNROLLED_NODES / nodes)));
  const many = whole && unroll > 1 ? stepsProgram(unroll) : single;
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
      ...(penalty.length > 0 ? shapes : []),
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
  const keepRecording = trace(
    (...all) => {
      const flag = tf.greater(all[2 * count]!, 0);
      return all.slice(0, count).map((p, i) => tf.where(tf.reshape(flag, [stack, ...p.shape.slice(1).map(() => 1)]), p, all[count + i]!));
    },
    [...zeroParameters, ...zeroParameters.map((t) => zeros(t.shape)), zeros([stack])],
  );
  const kept = builder.place(keepRecording, [...read(current, []), ...read(best, []), improvedRef]);
  const keepDone = done(best.map((variable, i) => builder.assign(variable, kept[i]!)));
  const readRefs = { current: read(current, []), best: read(best, []) };

  tf.dispose(examples);
  return {
    residentFeeds: residentRefs.map((ref, i) => [ref, resident[i]!] as const),
    ...(many ? { many } : {}),
    unroll,
    ...(single ? { single } : {}),
    ...(probing ? { probing } : {}),
    evaluating,
    starting: { values: initial, shapes, done: started },
    restoring: { values: restoring, shapes: savedShapes, done: restored },
    keeping: { improved: improvedRef, done: keepDone },
    parameters: readRefs,
    saved: savedRefs,
  };
}

function nodeOf(ref: Ref): string {
  return ref.slice(0, ref.lastIndexOf(':'));
}
