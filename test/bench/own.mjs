/** Our side of the benchmarks: steps of the engine, the study on `emotions`, methods by their time a step. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);
export const tl = require(path.join(root, 'dist', 'index.js'));
export const tf = require('@tensorflow/tfjs-core');
const { graphExecutor } = require(path.join(root, 'dist', 'training', 'executors', 'graph.js'));
const { initialValues } = require(path.join(root, 'dist', 'training', 'initial-values.js'));

/** Milliseconds that a turn of steps lasts at least. */
const AT_LEAST = 500;

/** A network of two hidden layers with its executor, data and feeds, as a stack of equal models. */
export function stepExecutor({ stack, batch, inputs, hidden, unroll }) {
  const tasks = [{ name: 't', kind: 'regression', column: 't', classes: [], outputs: 1 }];
  const network = tl.hardSharing(tl.mlp([hidden, hidden])).architecture.build({ input: { shape: [inputs] }, tasks });
  const rows = 4096;
  const data = {
    inputs: tf.randomNormal([rows, inputs]),
    labels: tf.randomNormal([rows, 1]),
    mask: tf.ones([rows, 1]),
    classWeights: tf.ones([stack, 1]),
  };
  const executor = graphExecutor(
    {
      shape: { network, tasks, stack, inputShape: [inputs], weighted: false, totalSteps: new Array(stack).fill(1000) },
      optimizer: tl.adam(),
      step: { kind: 'weighted' },
      scale: 'native',
      heads: 'plain',
      batch,
      evaluationBatch: 64,
      unroll,
      perModel: false,
      keptGradients: 2 ** 24,
    },
    data,
  );
  const initial = initialValues(network, 0);
  executor.start(
    initial.map((one) => {
      const all = new Float32Array(stack * one.length);
      for (let s = 0; s < stack; s++) all.set(one, s * one.length);
      return all;
    }),
  );
  const feed = () => ({
    rows: Int32Array.from({ length: stack * batch }, () => Math.floor(Math.random() * rows)),
    seeds: new Int32Array(2 * stack),
    scalars: Float32Array.from({ length: 5 * stack }, (_, i) => [1e-3, 1e-8, 1, 1, 1][i % 5]),
    weights: new Float32Array(stack).fill(1),
    others: new Int32Array(0),
  });
  return {
    call: () => executor.steps(Array.from({ length: unroll }, feed)),
    free() {
      executor.dispose();
      tf.dispose(Object.values(data));
    },
  };
}

/** Milliseconds per step of one model over a turn. */
export function stepTurn({ call }, unroll, stack) {
  const start = performance.now();
  let done = 0;
  while (done < 3 || performance.now() - start < AT_LEAST) {
    call();
    done += unroll;
  }
  return (performance.now() - start) / done / stack;
}

/** An entry for `interleaved` of our engine's step. */
export function ownStep(stack, batch, inputs, hidden) {
  const unroll = hidden > 512 ? 2 : 8;
  let made;
  return {
    name: 'ours',
    prepare() {
      made = stepExecutor({ stack, batch, inputs, hidden, unroll });
      made.call();
      made.call();
    },
    measure: async () => ({ value: stepTurn(made, unroll, stack) }),
    free: () => made?.free(),
  };
}

export async function emotions() {
  const { columns, tasks, options } = await tl.datasets.emotions();
  return tl.taskData(columns, { ...options, tasks });
}

/** The study's five splits; their training parts, encoded, in a file for the peers. */
export function studySplits(data) {
  const seeds = [0, 1, 2, 3, 4];
  const splits = Object.fromEntries(
    seeds.map((seed) => {
      const { train, test } = tl.data.splitData(data, { test: 0.3, seed, by: 'random' });
      return [seed, { train: [...train], test: [...test] }];
    }),
  );
  const encoded = seeds.map((seed) => {
    const train = splits[seed].train;
    const flat = tl.data.fitPreprocessing(data, train).encode(data, train);
    const x = train.map((_, i) => [...flat.subarray(i * 72, (i + 1) * 72)]);
    return { x, y: train.map((row) => data.labels.map(({ values }) => values[row])) };
  });
  mkdirSync(path.join(root, '.taskloom'), { recursive: true });
  const file = path.join(root, '.taskloom', 'bench-study.json');
  writeFileSync(file, JSON.stringify(encoded));
  return { splits, file };
}

/** An entry of a whole study by `compare`: splits, training, scores, verdicts. */
export function ownStudy(data, methods, splits) {
  return {
    name: 'ours',
    prepare: () => tl.compare(data, { methods, splits, epochs: 1, batchSize: 64, onProgress: () => {} }),
    async measure() {
      const start = performance.now();
      await tl.compare(data, { methods, splits, epochs: 60, batchSize: 64, onProgress: () => {} });
      return { value: (performance.now() - start) / 1000 };
    },
  };
}

/**
 * An entry of a method's milliseconds per model-step, five seeds stacked: what fifty further epochs cost, so that what is done once (building
 * the graph) is left out. The four epochs that are taken off are the fastest of five, so that a disturbance cannot make us faster.
 */
export function ownMethod(data, method) {
  const train = async (epochs) => {
    const { runs } = (await tl.compare(data, { methods: { method }, seeds: 5, epochs, patience: epochs, onProgress: () => {} })).data;
    const sum = (of) => runs.reduce((total, run) => total + of(run), 0);
    return { ms: 1000 * sum(({ seconds }) => seconds), steps: sum(({ steps }) => steps) };
  };
  let short;
  return {
    name: 'ours',
    async prepare() {
      await train(1);
      for (let i = 0; i < 5; i++) {
        const now = await train(4);
        if (!short || now.ms < short.ms) short = now;
      }
    },
    async measure() {
      const long = await train(54);
      return { value: (long.ms - short.ms) / (long.steps - short.steps) };
    },
  };
}
