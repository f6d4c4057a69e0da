/**
 * What networks start from: relative RMSE on the 19 regression tasks of six small Mulan sets, beside scikit-learn's MLPRegressor of the same
 * size on the same splits, as Markdown.
 *
 *   node test/bench/start.mjs FOLDER [PYTHON]     FOLDER holds slump, andro, edm, jura, sf1 and enb .arff; sets that are missing are left out
 *
 * Found with scikit-learn 1.9.1, geometric mean of our error over its: constant 1.016, worse in 11 of 19; glorot 1.127, worse in 18.
 *
 * The sets are in the public repository tsoumakas/mulan, data/multi-target. PYTHON (default: python3) needs scikit-learn. Needs the build
 * (`npm run build`).
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const tl = createRequire(import.meta.url)(path.join(here, '..', '..', 'dist', 'index.js'));
const TARGETS = { slump: 3, andro: 6, edm: 2, jura: 3, sf1: 3, enb: 2 };
const STARTS = ['constant', 'glorot'];
const SPLITS = 8;
const quiet = { onProgress: () => {} };
const [folder, python = 'python3'] = process.argv.slice(2);
if (folder === undefined) throw new Error('name the folder of the data: node test/bench/start.mjs FOLDER [PYTHON]');

let state = 7;
/** A linear congruential generator. */
function uniform() {
  state = (state * 1103515245 + 12345) % 2147483648;
  return state / 2147483648;
}

/** Random splits, 70 % for training. */
function makeSplits(rows) {
  const splits = {};
  for (let s = 0; s < SPLITS; s++) {
    const order = Array.from({ length: rows }, (_, i) => i);
    for (let i = rows - 1; i > 0; i--) {
      const j = Math.floor(uniform() * (i + 1));
      [order[i], order[j]] = [order[j], order[i]];
    }
    const cut = Math.round(0.7 * rows);
    const sorted = (part) => part.sort((a, b) => a - b);
    splits[s] = { train: sorted(order.slice(0, cut)), test: sorted(order.slice(cut)) };
  }
  return splits;
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const geometricMean = (values) => Math.exp(mean(values.map(Math.log)));

const lines = [];
const ratios = Object.fromEntries(STARTS.map((start) => [start, []]));
for (const [name, count] of Object.entries(TARGETS)) {
  const file = path.join(folder, `${name}.arff`);
  if (!existsSync(file)) continue;
  const { columns } = tl.data.readArff(file);
  const names = Object.keys(columns);
  const tasks = names.slice(-count);
  const data = tl.taskData(columns, { tasks: Object.fromEntries(tasks.map((task) => [task, tl.regression()])) });
  const splits = makeSplits(data.rows);
  const methods = { single: tl.singleTask(tl.mlp([64])) };
  const batchSize = Math.min(64, splits[0].train.length);
  const request = { columns, inputs: names.slice(0, -count), tasks, splits };
  const peers = JSON.parse(
    execFileSync(python, [path.join(here, 'start.py')], { input: JSON.stringify(request), maxBuffer: 2 ** 26, encoding: 'utf8' }),
  );
  const own = {};
  const untrained = {};
  for (const start of STARTS) {
    own[start] = await tl.compare(data, { methods, splits, epochs: 150, batchSize, start, ...quiet });
    // Steps that change nothing, and the loss after them.
    const before = { methods, seeds: SPLITS, validation: 0.2, epochs: 1, learningRate: 1e-9 };
    untrained[start] = await tl.compare(data, { ...before, start, ...quiet });
  }
  for (const task of tasks) {
    const scores = STARTS.map((start) => mean(own[start].data.runs.map(({ metrics }) => metrics[task].relativeRmse)));
    const losses = STARTS.map((start) => mean(untrained[start].data.runs.map(({ validationLosses }) => validationLosses[task][0])));
    const peer = mean(peers[task]);
    for (const [i, start] of STARTS.entries()) ratios[start].push(scores[i] / peer);
    lines.push([name, task, ...losses, peer, ...scores].map((cell) => (typeof cell === 'number' ? cell.toFixed(3) : cell)));
  }
}
const head = ['set', 'task', ...STARTS.map((start) => `untrained loss, ${start}`), 'scikit-learn', ...STARTS];
for (const line of [head, head.map(() => '---'), ...lines]) console.log(`| ${line.join(' | ')} |`);
console.log();
for (const start of STARTS) {
  const worse = ratios[start].filter((ratio) => ratio > 1).length;
  console.log(
    `${start}: geometric mean of our relative RMSE over scikit-learn's ${geometricMean(ratios[start]).toFixed(3)}, worse in ${worse} of ${ratios[start].length}`,
  );
}
