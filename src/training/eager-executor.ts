import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { withWholePackets } from '../backend/graph';
import {
  type Executor,
  recomputesGradient,
  STEP_SCALARS,
  type StackPlan,
  type StepFeed,
  type Which,
  weighsAtRepresentation,
  weightCount,
} from './executor';
import { ruleState } from './rule-state';
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
  type TaskGradients,
  taskGradients,
  weightedGradients,
} from './step';
import { balancedGradients, optimizerUpdate, preparedGradients, representationUse, ruleStep } from './update';

/** Computes and frees what was in between. */
function computed<T>(work: () => T): T {
  return withWholePackets(() => tf.tidy(work as unknown as () => tf.TensorContainer) as T);
}

/** Runs a stack's steps op by op: on backends that cannot build graphs, or where an op cannot be recorded. */
export function eagerExecutor(plan: StackPlan, data: Resident): Executor {
  const { shape, optimizer } = plan;
  const { stack, network, tasks } = shape;
  const parameterCount = network.parameters.length;
  let parameters: Tensor[] = [];
  let best: Tensor[] = [];
  let slots: Tensor[][] = [];
  let state: Tensor[] = [];
  const recomputes = recomputesGradient(plan);
  let pending: TaskGradients | undefined;

  const batchOf = (feed: StepFeed): Batch => ({
    rows: tf.tensor2d(feed.rows, [stack, plan.batch], 'int32'),
    seeds: tf.tensor2d(feed.seeds, [stack, 2], 'int32'),
  });
  const scalarsOf = (feed: StepFeed): Tensor => tf.tensor2d(feed.scalars, [stack, STEP_SCALARS]);
  const weightsOf = (feed: StepFeed): Tensor => tf.tensor2d(feed.weights, [stack, weightCount(plan)]);
  const headsOf = (feed: StepFeed): Tensor | undefined => feed.heads && tf.tensor2d(feed.heads, [stack, tasks.length]);
  const otherRows = (feed: StepFeed, i: number): Tensor => {
    const size = stack * plan.batch;
    return feed.others.length > 0
      ? tf.tensor2d(feed.others.subarray(i * size, (i + 1) * size), [stack, plan.batch], 'int32')
      : batchOf(feed).rows;
  };
  const settle = (gradients: readonly Tensor[], feed: StepFeed): void => {
    const scalars = scalarsOf(feed);
    const next = optimizerUpdate(plan, parameters, slots, preparedGradients(plan, parameters, gradients), scalars);
    const before = [...parameters, ...slots.flat()];
    parameters = next.parameters.map((t) => tf.keep(t.clone()));
    slots = next.slots.map((list) => list.map((t) => tf.keep(t.clone())));
    tf.dispose(before);
  };
  const dropPending = (): void => {
    if (pending) tf.dispose([pending.losses, pending.gramian, ...pending.jacobian, ...pending.own, ...pending.penalty]);
    pending = undefined;
  };
  const float = (t: Tensor): Float32Array => Float32Array.from(t.dataSync());
  const of = (which: Which): Tensor[] => (which === 'current' ? parameters : best);

  return {
    mode: 'eager',
    start(initial) {
      tf.dispose([...parameters, ...best, ...slots.flat(), ...state]);
      dropPending();
      parameters = network.parameters.map((p, i) => tf.tensor(initial[i]!, [stack, ...p.shape]));
      best = parameters.map((p) => p.clone());
      slots = parameters.map((p) => Array.from({ length: optimizer.slots }, () => tf.zerosLike(p)));
      state = plan.step.kind === 'rule' ? ruleState(plan, plan.step.rule) : [];
    },
    steps(feeds) {
      const losses = new Float32Array(feeds.length * stack * tasks.length);
      for (const [k, feed] of feeds.entries()) {
        computed(() => {
          const batch = batchOf(feed);
          if (plan.step.kind === 'rule') {
            const next = ruleStep(plan, parameters, data, batch, state, weightsOf(feed));
            const before = state;
            state = next.state.map((t) => tf.keep(t.clone()));
            tf.dispose(before);
            losses.set(next.losses.dataSync(), k * stack * tasks.length);
            settle(next.gradients, feed);
            return;
          }
          const result = weightedGradients(shape, parameters, data, batch, weightsOf(feed));
          losses.set(result.losses.dataSync(), k * stack * tasks.length);
          settle(result.gradients, feed);
        });
      }
      return losses;
    },
    probe(done, next) {
      return computed(() => {
        let after = new Float32Array(0) as Float32Array;
        if (done) {
          const weights = weightsOf(done);
          if (pending) {
            settle(balancedGradients(plan, pending, weights, scalarsOf(done), headsOf(done)), done);
          } else if (weighsAtRepresentation(plan)) {
            const use = representationUse(plan, weights, scalarsOf(done), headsOf(done));
            settle(representationGradients(shape, parameters, data, batchOf(done), weights, use).gradients, done);
          } else {
            settle(weightedGradients(shape, parameters, data, batchOf(done), weights).gradients, done);
          }
          if (plan.after) after = float(batchLosses(shape, parameters, data, batchOf(done)));
        }
        if (plan.step.kind === 'gramian') {
          dropPending();
          const [left, right] = [0, 1].map((i) => ({ ...batchOf(next), rows: otherRows(next, i) })) as [Batch, Batch];
          const products = plan.step.cross ? crossGramian(shape, parameters, data, left, right) : undefined;
          const cross = products ? float(products.cross) : new Float32Array(0);
          if (recomputes && products) {
            return { losses: float(batchLosses(shape, parameters, data, batchOf(next))), gramian: float(products.gramian), cross, after };
          }
          const task = taskGradients(shape, parameters, data, batchOf(next), plan.step.lastLayer);
          if (!recomputes) {
            pending = {
              losses: tf.keep(task.losses),
              gramian: tf.keep(task.gramian),
              jacobian: task.jacobian.map((t) => tf.keep(t)),
              own: task.own.map((t) => tf.keep(t)),
              penalty: task.penalty.map((t) => tf.keep(t)),
            };
          }
          return { losses: float(task.losses), gramian: float(task.gramian), cross, after };
        }
        if (plan.step.kind === 'representation') {
          const seen = representationProducts(shape, parameters, data, batchOf(next));
          return { losses: float(seen.losses), gramian: float(seen.gramian), cross: new Float32Array(0), after };
        }
        const losses = float(batchLosses(shape, parameters, data, batchOf(next)));
        return { losses, gramian: new Float32Array(0), cross: new Float32Array(0), after };
      });
    },
    evaluate(which, rows) {
      return computed(() => {
        const result = evaluate(shape, of(which), data, tf.tensor2d(rows, [stack, plan.evaluationBatch], 'int32'));
        return { outputs: float(result.outputs), sums: float(result.sums), counts: float(result.counts) };
      });
    },
    keepBest(improved) {
      const before = best;
      best = tf.tidy(() =>
        parameters.map((p, i) => {
          const flag = tf.greater(tf.reshape(tf.tensor1d(improved), [stack, ...p.shape.slice(1).map(() => 1)]), 0);
          return tf.where(flag, p, best[i]!);
        }),
      );
      tf.dispose(before);
    },
    read: (which) => of(which).map(float),
    save: () => [...parameters, ...best, ...slots.flat(), ...state].map(float),
    restore(saved) {
      this.start(saved.slice(0, parameterCount));
      const before = [...parameters, ...best, ...slots.flat(), ...state];
      const shapes = before.map((t) => t.shape);
      tf.dispose(before);
      const fresh = saved.map((values, i) => tf.tensor(values, shapes[i]!));
      parameters = fresh.slice(0, parameterCount);
      best = fresh.slice(parameterCount, 2 * parameterCount);
      slots = parameters.map((_, i) =>
        fresh.slice(2 * parameterCount + i * optimizer.slots, 2 * parameterCount + (i + 1) * optimizer.slots),
      );
      state = fresh.slice(2 * parameterCount + parameterCount * optimizer.slots);
    },
    diagnose(which, rows) {
      if (!network.diagnose) return {};
      const look = network.diagnose;
      return tf.tidy(() => {
        const { x } = gather(shape, data, tf.tensor2d(rows, [stack, plan.evaluationBatch], 'int32'));
        const values = Object.fromEntries(network.parameters.map(({ name }, i) => [name, of(which)[i]!]));
        return Object.fromEntries(
          Object.entries(look(values, x, inferenceContext)).map(([name, t]) => [name, { shape: t.shape, values: float(t) }]),
        );
      });
    },
    dispose() {
      tf.dispose([...parameters, ...best, ...slots.flat(), ...state]);
      dropPending();
      [parameters, best, slots, state] = [[], [], [], []];
    },
  };
}
