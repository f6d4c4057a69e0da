/**
 * Test RMSE where each row has one label: 12 regression tasks that are functions of two shared hidden features, 400 rows to train on, batches of
 * 16, so that most batches lack some task. Targets are scaled to a deviation of .60; test rows have all labels.
 */
import { tl } from './own.mjs';

const METHODS = ['equal', 'pcgrad', 'mgda', 'cagrad', 'gls', 'gradnorm', 'famo'];
const [TASKS, TRAIN, TEST, INPUTS] = [12, 400, 400, 10];

let state = 11;
/** A normal value, from a linear congruential generator: the sum of twelve uniform ones. */
function normal() {
  let sum = -6;
  for (let i = 0; i < 12; i++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    sum += state / 2147483648;
  }
  return sum;
}

function simulated() {
  const directions = [0, 1].map(() => Array.from({ length: INPUTS }, normal));
  const mixes = Array.from({ length: TASKS }, () => [normal(), normal()]);
  const inputs = Array.from({ length: TRAIN + TEST }, () => Array.from({ length: INPUTS }, normal));
  const hidden = inputs.map((x) => directions.map((w) => Math.tanh(x.reduce((sum, v, j) => sum + (v * w[j]) / 2, 0))));
  const targets = mixes.map(([a, b]) => {
    const values = hidden.map(([g, h]) => a * g + b * h + 0.2 * normal());
    const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
    return values.map((v) => (0.6 * (v - mean)) / sd);
  });
  const table = Object.fromEntries(Array.from({ length: INPUTS }, (_, j) => [`x${j}`, inputs.map((x) => x[j])]));
  targets.forEach((values, t) => {
    table[`t${t}`] = values.map((v, r) => (r >= TRAIN || r % TASKS === t ? v : null));
  });
  return table;
}

/** A row a method: the mean over tasks and five seeds. */
export async function missing({ add }) {
  const tasks = Object.fromEntries(Array.from({ length: TASKS }, (_, t) => [`t${t}`, tl.regression()]));
  const data = tl.taskData(simulated(), { tasks });
  const rows = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
  const split = { train: rows(0, TRAIN), test: rows(TRAIN, TRAIN + TEST) };
  const trunk = tl.mlp([32]);
  const methods = Object.fromEntries(
    METHODS.map((name) => [name, tl.hardSharing(trunk).with({ ...tl.weightings, ...tl.balancers }[name]())]),
  );
  const splits = Object.fromEntries([0, 1, 2, 3, 4].map((seed) => [seed, split]));
  const { runs } = (await tl.compare(data, { methods, splits, epochs: 60, batchSize: 16, onProgress: () => {} })).data;
  for (const method of METHODS) {
    const scores = runs.filter((run) => run.method === method).flatMap(({ metrics }) => Object.values(metrics).map(({ rmse }) => rmse));
    add({
      what: `one label a row, test RMSE (the targets' deviation is .60): ${method}`,
      unit: '',
      ours: scores.reduce((a, b) => a + b, 0) / scores.length,
    });
  }
}
