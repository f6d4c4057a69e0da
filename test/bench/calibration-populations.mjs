/** The populations of the calibration: data sets drawn from one distribution each, and what is trained on them. */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { normals } from './normals.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const tl = createRequire(import.meta.url)(path.join(root, 'dist', 'index.js'));

const quiet = { onProgress: () => {} };

/** Two comparisons of one method each, on the same splits, as one comparison of B with A. */
function against(a, b) {
  const rename = (data, name) => data.runs.map((run, i) => ({ ...run, method: name, seed: i }));
  const method = (data, name) => ({ ...data.methods[0], name });
  return tl.fromJSON({
    ...a,
    seeds: a.runs.map((_, i) => i),
    methods: [method(a, 'A'), method(b, 'B')],
    baseline: 'A',
    primary: 'B',
    runs: [...rename(a, 'A'), ...rename(b, 'B')],
  });
}

/** Splits 70/30 by seeds from `first` on: the same rows for the same place. */
function splitsOf(rows, seeds, uniform, first = 0, one = false) {
  let last;
  return Array.from({ length: seeds }, (_, seed) => {
    if (!one || !last) {
      const order = Array.from({ length: rows }, (_, i) => [uniform(), i])
        .sort((a, b) => a[0] - b[0])
        .map(([, i]) => i);
      const train = Math.round(0.7 * rows);
      last = { train: order.slice(0, train), test: order.slice(train) };
    }
    return [first + seed, last];
  });
}

/**
 * Two blocks of inputs that carry both labels equally well; A sees the one, B the other. Within a data set chance favors one on all splits.
 * @param from seeds of data and training: those from 0 on were there while the rule was made
 */
async function block(index, one = false, from = 0) {
  const { normal, uniform } = normals(1000 + from + index);
  const rows = 160;
  const columns = { a0: [], a1: [], b0: [], b1: [], size: [], up: [] };
  for (let i = 0; i < rows; i++) {
    const [u, v] = [normal(), normal()];
    columns.a0.push(u + normal());
    columns.a1.push(v + normal());
    columns.b0.push(u + normal());
    columns.b1.push(v + normal());
    columns.size.push(u + v + 0.5 * normal());
    columns.up.push(u - v + 0.5 * normal() > 0 ? 1 : 0);
  }
  const splits = Object.fromEntries(splitsOf(rows, 10, uniform, from === 0 ? 0 : from + 10 * index, one));
  const sides = [];
  for (const inputs of [
    ['a0', 'a1'],
    ['b0', 'b1'],
  ]) {
    const data = tl.taskData(columns, { tasks: { up: tl.binary(), size: tl.regression() }, inputs });
    const methods = { hard: tl.hardSharing(tl.mlp([6], { activation: 'tanh' })) };
    sides.push((await tl.compare(data, { methods, splits, epochs: 12, batchSize: 28, learningRate: 0.03, ...quiet })).data);
  }
  return against(...sides);
}

/** Labels with a common signal, four tasks of two kinds. */
function tableOf(index, rows, signal) {
  const { normal, uniform } = normals(5000 + index);
  const names = ['x0', 'x1', 'x2', 'x3', 'x4'];
  const columns = Object.fromEntries([...names, 't0', 't1', 't2', 't3'].map((name) => [name, []]));
  for (let i = 0; i < rows; i++) {
    const x = names.map(() => normal());
    for (const [k, name] of names.entries()) columns[name].push(x[k]);
    const z = signal * (x[0] + x[1] - x[2]);
    for (const t of [0, 1, 2]) columns[`t${t}`].push(signal === 0 ? (uniform() < 0.5 ? 1 : 0) : z + 0.5 * x[t + 2] + normal() > 0 ? 1 : 0);
    columns.t3.push(z + normal());
  }
  const tasks = { t0: tl.binary(), t1: tl.binary(), t2: tl.binary(), ...(signal === 0 ? {} : { t3: tl.regression() }) };
  return { data: tl.taskData(columns, { tasks, inputs: names }), uniform };
}

/** A logistic regression with a ridge by Newton's method, on standardized inputs: `[inputs + 1]`, the intercept last. */
function logistic(x, y, ridge = 10) {
  const width = x[0].length + 1;
  const rows = x.map((row) => [...row, 1]);
  let weights = new Array(width).fill(0);
  for (let step = 0; step < 12; step++) {
    const gradient = weights.map((w, j) => (j < width - 1 ? -ridge * w : 0));
    const hessian = weights.map((_, j) => weights.map((__, k) => (j === k ? (j < width - 1 ? ridge : 1e-9) : 0)));
    for (const [i, row] of rows.entries()) {
      const p = 1 / (1 + Math.exp(-row.reduce((sum, value, j) => sum + value * weights[j], 0)));
      for (let j = 0; j < width; j++) {
        gradient[j] += (y[i] - p) * row[j];
        const part = p * (1 - p) * row[j];
        for (let k = 0; k <= j; k++) hessian[j][k] += part * row[k];
      }
    }
    // Cholesky's factor in the lower half, then both triangles.
    for (let j = 0; j < width; j++)
      for (let k = 0; k <= j; k++) {
        let sum = hessian[j][k];
        for (let l = 0; l < k; l++) sum -= hessian[j][l] * hessian[k][l];
        hessian[j][k] = j === k ? Math.sqrt(sum) : sum / hessian[k][k];
      }
    const half = [];
    for (let j = 0; j < width; j++)
      half[j] = (gradient[j] - half.reduce((sum, value, k) => sum + hessian[j][k] * value, 0)) / hessian[j][j];
    const move = new Array(width).fill(0);
    for (let j = width - 1; j >= 0; j--) {
      let sum = half[j];
      for (let k = j + 1; k < width; k++) sum -= hessian[k][j] * move[k];
      move[j] = sum / hessian[j][j];
    }
    weights = weights.map((w, j) => w + move[j]);
  }
  return weights;
}

let fitted;
/** The emotions data, standardized, with a logistic model of each label: the distribution that tables like it are drawn from. */
async function emotionsModel() {
  if (fitted) return fitted;
  const { columns } = await tl.datasets.emotions();
  const labels = ['amazed', 'happy', 'relaxing', 'quiet', 'sad', 'angry'];
  const names = Object.keys(columns).filter((name) => !labels.includes(name));
  const scaled = names.map((name) => {
    const values = Array.from(columns[name], Number);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
    return values.map((value) => (value - mean) / sd);
  });
  const x = scaled[0].map((_, i) => scaled.map((column) => column[i]));
  fitted = { labels, names, x, models: labels.map((name) => logistic(x, Array.from(columns[name], Number))) };
  return fitted;
}

/** Tables like emotions: a smoothed bootstrap of its inputs, labels drawn from the fitted models; single-task against shared networks, 20 seeds. */
async function emotionsLike(index, rows) {
  const { labels, names, x, models } = await emotionsModel();
  const { normal, uniform } = normals(700000 + 1000 * rows + index);
  const columns = Object.fromEntries([...labels, ...names].map((name) => [name, []]));
  for (let i = 0; i < rows; i++) {
    const row = x[Math.floor(uniform() * x.length)].map((value) => value + 0.3 * normal());
    for (const [j, name] of names.entries()) columns[name].push(row[j]);
    for (const [t, name] of labels.entries()) {
      const logit = row.reduce((sum, value, j) => sum + value * models[t][j], models[t][row.length]);
      columns[name].push(uniform() < 1 / (1 + Math.exp(-logit)) ? 1 : 0);
    }
  }
  const data = tl.taskData(columns, { tasks: Object.fromEntries(labels.map((name) => [name, tl.binary()])), inputs: names });
  const trunk = tl.mlp([16]);
  const methods = { single: tl.singleTask(trunk), hard: tl.hardSharing(trunk) };
  const seeds = Array.from({ length: 20 }, (_, s) => 100 * index + s);
  return tl.compare(data, { methods, seeds, epochs: 15, batchSize: 35, learningRate: 3e-3, ...quiet });
}

/** By name, what is compared on data set `index`. */
export const populations = {
  block: (index) => block(index),
  blockFresh: (index) => block(index, false, 400000),
  split: (index) => block(index, true),
  /** Hard sharing twice, with other initializations and batch orders. */
  async aa(index) {
    const { data, uniform } = tableOf(index, 120, 1);
    const methods = { hard: tl.hardSharing(tl.mlp([8])) };
    // Seeds are the data set's own: the same ten initializations in all of them would truly be better or worse than ten others.
    const first = splitsOf(120, 10, uniform, 2000 * index);
    const sides = [];
    for (const shift of [0, 1000]) {
      const splits = Object.fromEntries(first.map(([seed, split]) => [seed + shift, split]));
      sides.push((await tl.compare(data, { methods, splits, epochs: 20, batchSize: 28, learningRate: 0.01, ...quiet })).data);
    }
    return against(...sides);
  },
  /** Coins for labels: neither can be better. */
  async noise(index) {
    const { data } = tableOf(index, 100, 0);
    const trunk = tl.mlp([8]);
    const methods = { single: tl.singleTask(trunk), hard: tl.hardSharing(trunk) };
    const seeds = Array.from({ length: 10 }, (_, s) => 100 * index + s);
    return tl.compare(data, { methods, seeds, epochs: 12, batchSize: 35, learningRate: 0.01, ...quiet });
  },
  /** Single-task against shared networks on 120 rows: the truth is the mean over the data sets. */
  async shared(index) {
    const { data } = tableOf(index, 120, 1);
    const trunk = tl.mlp([8]);
    const methods = { single: tl.singleTask(trunk), hard: tl.hardSharing(trunk) };
    const seeds = Array.from({ length: 10 }, (_, s) => 100 * index + s);
    return tl.compare(data, { methods, seeds, epochs: 20, batchSize: 28, learningRate: 0.01, ...quiet });
  },
  shared300: (index) => emotionsLike(index, 300),
  shared593: (index) => emotionsLike(index, 593),
  /** Ten targets that are functions of the same two directions: sharing helps. */
  async planted(index) {
    const { normal } = normals(9000 + index);
    const draw = (rows, columns) => Array.from({ length: rows }, () => Array.from({ length: columns }, normal));
    const [x, a, b] = [draw(150, 20), draw(20, 2), draw(2, 10)];
    const columns = {};
    for (let k = 0; k < 20; k++) columns[`x${k}`] = x.map((row) => row[k]);
    const hidden = x.map((row) => [0, 1].map((h) => Math.tanh(row.reduce((sum, value, k) => sum + value * a[k][h], 0) / 2)));
    for (let t = 0; t < 10; t++) columns[`y${t}`] = hidden.map((h) => h[0] * b[0][t] + h[1] * b[1][t] + 0.7 * normal());
    const tasks = Object.fromEntries(Array.from({ length: 10 }, (_, t) => [`y${t}`, tl.regression()]));
    const data = tl.taskData(columns, { tasks });
    const trunk = tl.mlp([32]);
    const methods = { single: tl.singleTask(trunk), hard: tl.hardSharing(trunk) };
    return tl.compare(data, { methods, seeds: 8, epochs: 60, batchSize: 32, learningRate: 3e-3, ...quiet });
  },
};
