import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { withWholePackets } from '../../backend/graph';
import { inferenceContext } from '../../models/forward-context';
import { stepOf } from '../steps';
import { evaluate } from '../steps/evaluate';
import { type DirectStep, type Held, type LookingStep, NOTHING_HELD, type Seen, type StepInputs, type Weighing } from '../steps/kind';
import { batchLosses } from '../steps/losses';
import { optimizerUpdate, preparedGradients } from '../steps/optimizer-step';
import { STEP_SCALARS, type StackPlan, weightCount } from '../steps/plan';
import { byName, gather, type Resident } from '../steps/stack-shape';
import type { Diagnosis, Evaluated, Executor, ProbeResult, StepFeed, Which } from './executor';
import { leavesOf, mapLeaves, treeOf } from './trees';

/** Computes and frees what was in between. */
function computed<T>(work: () => T): T {
  return withWholePackets(() => tf.tidy(work as unknown as () => tf.TensorContainer) as T);
}

const floats = (t: Tensor): Float32Array => Float32Array.from(t.dataSync());
const none = (): Float32Array => new Float32Array(0);

/** The tensors that a stack keeps between steps. */
interface Kept {
  readonly parameters: readonly Tensor[];
  readonly best: readonly Tensor[];
  readonly slots: readonly (readonly Tensor[])[];
  /** What a step of a kind with state leaves to the next. */
  readonly state: readonly Tensor[];
}

class EagerExecutor implements Executor {
  readonly mode = 'eager' as const;
  private kept: Kept = { parameters: [], best: [], slots: [], state: [] };
  private held: Held<Tensor> = NOTHING_HELD;

  constructor(
    private readonly plan: StackPlan,
    private readonly data: Resident,
  ) {}

  start(initial: readonly Float32Array[]): void {
    const { shape, optimizer } = this.plan;
    const step = stepOf(this.plan);
    this.dispose();
    const parameters = shape.network.parameters.map((p, i) => tf.tensor(initial[i]!, [shape.stack, ...p.shape]));
    this.kept = {
      parameters,
      best: parameters.map((p) => p.clone()),
      slots: parameters.map((p) => Array.from({ length: optimizer.slots }, () => tf.zerosLike(p))),
      state: step.looks ? [] : step.state(this.plan).map(({ shape: size, fill }) => tf.fill([...size], fill)),
    };
  }

  steps(feeds: readonly StepFeed[]): Float32Array {
    const { shape } = this.plan;
    const step = stepOf(this.plan) as DirectStep;
    const losses = new Float32Array(feeds.length * shape.stack * shape.tasks.length);
    for (const [k, feed] of feeds.entries()) {
      computed(() => {
        const { weights } = this.weighing(feed);
        const next = step.step(this.plan, { ...this.inputs(feed), weights, state: this.kept.state });
        losses.set(next.losses.dataSync(), k * shape.stack * shape.tasks.length);
        this.keep({ state: next.state });
        this.update(next.gradients, feed);
      });
    }
    return losses;
  }

  probe(done: StepFeed | undefined, next: StepFeed): ProbeResult {
    const step = stepOf(this.plan) as LookingStep;
    return computed(() => {
      let after = none();
      if (done) {
        const inputs = { ...this.inputs(done), ...this.weighing(done), held: this.held };
        this.update(step.gradients(this.plan, inputs), done);
        const { parameters, data, batch } = this.inputs(done);
        if (this.plan.after) after = floats(batchLosses(this.plan.shape, parameters, data, batch));
      }
      this.drop();
      const { seen, held } = step.look(this.plan, { ...this.inputs(next), others: this.others(next) });
      this.held = mapLeaves(held, (t: Tensor) => tf.keep(t)) as Held<Tensor>;
      const { losses, gramian, cross }: Seen = seen;
      return { losses: floats(losses), gramian: gramian ? floats(gramian) : none(), cross: cross ? floats(cross) : none(), after };
    });
  }

  evaluate(which: Which, rows: Int32Array): Evaluated {
    return computed(() => {
      const result = evaluate(this.plan.shape, this.parametersOf(which), this.data, this.evaluationRows(rows));
      return { outputs: floats(result.outputs), sums: floats(result.sums), counts: floats(result.counts) };
    });
  }

  keepBest(improved: Float32Array): void {
    const { parameters, best } = this.kept;
    const { stack } = this.plan.shape;
    tf.tidy(() => {
      const chosen = parameters.map((p, i) => {
        const flag = tf.greater(tf.reshape(tf.tensor1d(improved), [stack, ...p.shape.slice(1).map(() => 1)]), 0);
        return tf.where(flag, p, best[i]!);
      });
      this.keep({ best: chosen });
    });
  }

  read(which: Which): Float32Array[] {
    return this.parametersOf(which).map(floats);
  }

  save(): Float32Array[] {
    return leavesOf<Tensor>(this.kept).map(floats);
  }

  restore(saved: readonly Float32Array[]): void {
    this.start(saved.slice(0, this.plan.shape.network.parameters.length));
    const before = leavesOf<Tensor>(this.kept);
    const fresh = saved.map((values, i) => tf.tensor(values, before[i]!.shape));
    this.kept = treeOf(this.kept, fresh) as Kept;
    tf.dispose(before);
  }

  diagnose(which: Which, rows: Int32Array): Diagnosis {
    const { network } = this.plan.shape;
    if (!network.diagnose) return {};
    const look = network.diagnose;
    return tf.tidy(() => {
      const { x } = gather(this.plan.shape, this.data, this.evaluationRows(rows));
      const found = look(byName(network.parameters, this.parametersOf(which)), x, inferenceContext);
      return Object.fromEntries(Object.entries(found).map(([name, t]) => [name, { shape: t.shape, values: floats(t) }]));
    });
  }

  dispose(): void {
    tf.dispose(leavesOf<Tensor>(this.kept));
    this.kept = { parameters: [], best: [], slots: [], state: [] };
    this.drop();
  }

  private parametersOf(which: Which): readonly Tensor[] {
    return which === 'current' ? this.kept.parameters : this.kept.best;
  }

  private inputs(feed: StepFeed): StepInputs {
    const { stack } = this.plan.shape;
    const batch = {
      rows: tf.tensor2d(feed.rows, [stack, this.plan.batch], 'int32'),
      seeds: tf.tensor2d(feed.seeds, [stack, 2], 'int32'),
    };
    return { parameters: this.kept.parameters, data: this.data, batch };
  }

  private weighing(feed: StepFeed): Weighing {
    const { stack, tasks } = this.plan.shape;
    return {
      weights: tf.tensor2d(feed.weights, [stack, weightCount(this.plan)]),
      scalars: tf.tensor2d(feed.scalars, [stack, STEP_SCALARS]),
      heads: feed.heads && tf.tensor2d(feed.heads, [stack, tasks.length]),
    };
  }

  /** Rows of two further batches, where the plan wants them. */
  private others({ others }: StepFeed): { readonly left: Tensor; readonly right: Tensor } | undefined {
    const { step, shape, batch } = this.plan;
    if (step.kind !== 'gramian' || !step.cross) return undefined;
    const size = shape.stack * batch;
    const rows = (i: number): Tensor => tf.tensor2d(others.subarray(i * size, (i + 1) * size), [shape.stack, batch], 'int32');
    return { left: rows(0), right: rows(1) };
  }

  private evaluationRows(rows: Int32Array): Tensor {
    return tf.tensor2d(rows, [this.plan.shape.stack, this.plan.evaluationBatch], 'int32');
  }

  private update(gradients: readonly Tensor[], feed: StepFeed): void {
    const { parameters, slots } = this.kept;
    const { scalars } = this.weighing(feed);
    this.keep(optimizerUpdate(this.plan, parameters, slots, preparedGradients(this.plan, parameters, gradients), scalars));
  }

  /** Puts tensors in the place of others, which are freed. */
  private keep(next: Partial<Kept>): void {
    for (const name of Object.keys(next) as (keyof Kept)[]) {
      const before = this.kept[name];
      this.kept = { ...this.kept, [name]: mapLeaves(next[name]!, (t: Tensor) => tf.keep(t.clone())) };
      tf.dispose(leavesOf<Tensor>(before));
    }
  }

  private drop(): void {
    tf.dispose(leavesOf<Tensor>(this.held));
    this.held = NOTHING_HELD;
  }
}

/** Runs a stack's steps op by op: on backends that cannot build graphs, or where an op cannot be recorded. */
export function eagerExecutor(plan: StackPlan, data: Resident): Executor {
  return new EagerExecutor(plan, data);
}
