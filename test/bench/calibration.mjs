/**
 * How often verdicts are wrong, how often intervals cover, and how often planted effects are found.
 *
 *   node test/bench/calibration.mjs statistics              simulated scores (a few minutes)
 *   node test/bench/calibration.mjs POPULATION [DATA SETS]  trained networks: trains what is missing of 200 data sets, then prints the table
 *   node test/bench/calibration.mjs table                   the table of what is there
 *
 * Populations: block, aa, noise, split (one split of block), shared (single-task against shared networks), planted. The few numbers of each data set go to `calibration/POPULATION.json` as they come, so that
 * a run can be stopped and continued on any machine. Needs the build (`npm run build`). Seeds are fixed by data set.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const tl = createRequire(import.meta.url)(path.join(root, 'dist', 'index.js'));
const { statistics } = tl;

/** A seeded stream of standard normal numbers (mulberry32 and Box-Muller): the benchmark's own, not the package's. */
function normals(seed) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

const percent = (count, of) => `${((100 * count) / of).toFixed(1)} %`;
/** Standard error of a share, as text. */
const give = (count, of) => `± ${(100 * Math.sqrt((Math.max(count, 1) * Math.max(of - count, 1)) / of ** 3)).toFixed(1)}`;

/** What became of many studies. */
function tally() {
  return { studies: 0, wrong: 0, naive: 0, covered: 0, intervals: 0, found: 0, effects: 0, none: 0 };
}

/** Judges one study: `differences[method][task][seed]`, with the true effect of each cell, and adds it to the tally. */
function judge(total, differences, truth, rho, margin, tasks) {
  const family = (r) =>
    differences.flatMap((perTask, m) =>
      perTask.map((gains, t) => ({
        method: `method ${m}`,
        task: tasks[t],
        comparison: statistics.pairedComparison(gains, { rho: r, margin }),
      })),
    );
  const flat = truth.flat();
  const decided = statistics.decide(family(rho));
  const isWrong = ({ verdict }, i) =>
    (verdict === 'positive' && flat[i] <= 0) ||
    (verdict === 'negative' && flat[i] >= 0) ||
    (verdict === 'none' && Math.abs(flat[i]) >= margin);
  total.studies++;
  if (decided.some(isWrong)) total.wrong++;
  const naive = family(0);
  const ps = statistics.holm(naive.map(({ comparison }) => comparison.p));
  if (naive.some(({ comparison }, i) => ps[i] <= 0.05 && (comparison.effect > 0 ? flat[i] <= 0 : flat[i] >= 0))) total.naive++;
  decided.forEach(({ low, high, verdict }, i) => {
    total.intervals++;
    if (low <= flat[i] && flat[i] <= high) total.covered++;
    if (flat[i] !== 0) {
      total.effects++;
      if (verdict === (flat[i] > 0 ? 'positive' : 'negative')) total.found++;
    } else if (verdict === 'none') total.none++;
  });
}

function row(name, total) {
  const { studies, wrong, naive, covered, intervals, found, effects } = total;
  const cells = [
    name,
    studies,
    `${percent(wrong, studies)} ${give(wrong, studies)}`,
    percent(naive, studies),
    `${percent(covered, intervals)}`,
    effects === 0 ? '' : percent(found, effects),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

function head(title) {
  console.log(`\n### ${title}\n`);
  console.log('| Setting | Studies | Any wrong verdict | Without the correction | Intervals that cover | Planted effects found |');
  console.log('| --- | --- | --- | --- | --- | --- |');
}

/**
 * Scores as the corrected t test assumes them: the differences of two seeds have correlation rho (test / all rows, for overlapping training
 * sets). 3 methods, 6 tasks.
 */
function simulatedScores() {
  head('Simulated scores: 3 methods x 6 tasks, 70/30 splits (rho 0.3)');
  const tasks = Array.from({ length: 6 }, (_, t) => `task ${t}`);
  const rho = 0.3;
  for (const seeds of [5, 10, 20]) {
    const { normal } = normals(seeds);
    for (const planted of [false, true]) {
      // Sized to be found with 95 % power at the level of Holm's first step: 18 comparisons.
      let effect = 0;
      if (planted) {
        effect = 1;
        while (statistics.correctedTPower(seeds, { effect, sd: Math.sqrt(1 - rho), rho, alpha: 0.05 / 18 }) < 0.95) effect += 0.05;
      }
      const total = tally();
      for (let study = 0; study < (planted ? 1000 : 10000); study++) {
        const truth = [0, 1, 2].map((m) => tasks.map((_, t) => (planted && (m + t) % 3 === 0 ? (t % 2 === 0 ? effect : -effect) : 0)));
        const differences = truth.map((perTask) =>
          perTask.map((mean) => {
            const shared = Math.sqrt(rho) * normal();
            return Float64Array.from({ length: seeds }, () => mean + shared + Math.sqrt(1 - rho) * normal());
          }),
        );
        judge(total, differences, truth, rho, 0, tasks);
      }
      row(`${seeds} seeds, ${planted ? `a third of the cells ± ${effect.toFixed(2)} sd` : 'no effect'}`, total);
    }
  }
}

const folder = path.join(root, 'test', 'bench', 'calibration');
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

/** Two blocks of inputs that carry both labels equally well; A sees the one, B the other. Within a data set chance favors one on all splits. */
async function block(index, one = false) {
  const { normal, uniform } = normals(1000 + index);
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
  const splits = Object.fromEntries(splitsOf(rows, 10, uniform, 0, one));
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

const populations = {
  block: (index) => block(index),
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

/** Digits that tell a verdict; files stay small. */
const digits = (value) => (Number.isFinite(value) ? Number(value.toPrecision(5)) : null);

/** What is kept of a data set: the average, each task by itself at 95 % (an average of one task), and the words. */
function numbersOf(comparison) {
  const { data } = comparison;
  const summary = ({ effect, ci, p, direction, asGood, pGain }) => [
    ...[effect, ...ci, p].map(digits),
    direction[0],
    asGood ? 1 : 0,
    digits(pGain),
  ];
  const alone = data.tasks.map((task) =>
    summary(
      tl
        .fromJSON({ ...data, tasks: [task], runs: data.runs.map((run) => ({ ...run, metrics: { [task.name]: run.metrics[task.name] } })) })
        .averages()[0],
    ),
  );
  const { runs: _, rowVariances: __, ...rest } = data;
  const plain = { ...rest, runs: data.runs.map(({ evidence, ...run }) => run) };
  const before = data.rho === 0 ? null : summary(tl.fromJSON(plain).averages()[0]);
  return {
    average: summary(comparison.averages()[0]),
    before,
    alone,
    words: comparison
      .verdicts()
      .map(({ direction }) => direction[0])
      .join(''),
  };
}

async function trainMissing(name, wanted) {
  const file = path.join(folder, `${name}.json`);
  const done = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  while (done.length < wanted) {
    done.push(numbersOf(await populations[name](done.length)));
    if (done.length % 10 === 0 || done.length === wanted) {
      writeFileSync(`${file}.tmp`, `[\n${done.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`);
      renameSync(`${file}.tmp`, file);
      process.stderr.write(`${name}: ${done.length} of ${wanted} data sets\n`);
    }
  }
}

function tableOfPopulations() {
  console.log(
    '| Population | Data sets | Average false | Any task false | Either | Coverage, average | Coverage, tasks | Before: average false, coverage |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  const notes = [];
  for (const name of Object.keys(populations)) {
    const file = path.join(folder, `${name}.json`);
    if (!existsSync(file)) continue;
    const all = JSON.parse(readFileSync(file, 'utf8'));
    const of = (flag) => `${percent(all.filter(flag).length, all.length)} ${give(all.filter(flag).length, all.length)}`;
    if (name === 'planted') {
      const right = all.filter(({ average }) => average[4] === 'b').length;
      const wrong = all.filter(({ average }) => average[4] === 'w').length;
      console.log(
        `\nPlanted transfer: found on average in ${right} of ${all.length} data sets, negative in ${wrong}; gains ${all.map(({ average }) => average[0]).join(', ')} relative RMSE, p ${all.map(({ average }) => average[3]).join(', ')}`,
      );
      continue;
    }
    if (name === 'shared') {
      // Recentered: what is said of the deviation from the mean over the data sets.
      const truth = (pick) => statistics.mean(all.map((one) => pick(one)[0]));
      const shifted = (list, by) => list.map(([, low, high]) => [low - by, high - by]);
      const outside = (list) => list.filter(([low, high]) => low > 0 || high < 0).length;
      const average = shifted(
        all.map((one) => one.average),
        truth((one) => one.average),
      );
      const cells = all[0].alone.flatMap((_, t) =>
        shifted(
          all.map((one) => one.alone[t]),
          truth((one) => one.alone[t]),
        ),
      );
      const earlier = shifted(
        all.map((one) => one.before),
        truth((one) => one.average),
      );
      const sd = statistics.standardDeviation(all.map((one) => one.average[0]));
      const half = statistics.mean(all.map(({ average: [, low, high] }) => (high - low) / 2));
      const row = [
        `${name}, recentered`,
        all.length,
        `${percent(outside(average), all.length)} ${give(outside(average), all.length)}`,
        '',
        '',
        percent(all.length - outside(average), all.length),
        percent(cells.length - outside(cells), cells.length),
        `${percent(outside(earlier), all.length)}, ${percent(all.length - outside(earlier), all.length)}`,
      ];
      console.log(`| ${row.join(' | ')} |`);
      const good = all.filter(({ average: a }) => a[5] === 1).length;
      notes.push(
        `shared: half width of the average's interval ${(half / (1.96 * sd)).toFixed(2)} of the true 1.96 standard deviations; at least as good shown in ${percent(good, all.length)} (true mean gain ${truth((one) => one.average).toFixed(2)} margins)`,
      );
      continue;
    }
    // By exchange of A and B the truth is 0; of single against shared networks on coins too.
    const covers = ([, low, high]) => low <= 0 && 0 <= high;
    const share = (list) => percent(list.filter(covers).length, list.length);
    const average = (one) => one.average[4] !== 'o';
    const tasks = (one) => /[bw]/.test(one.words);
    const before = all.filter((one) => one.before).map((one) => one.before);
    const cells = [
      name,
      all.length,
      of(average),
      of(tasks),
      of((one) => average(one) || tasks(one)),
      share(all.map((one) => one.average)),
      share(all.flatMap(({ alone }) => alone)),
      before.length === 0 ? '' : `${percent(before.filter((one) => one[4] !== 'o').length, before.length)}, ${share(before)}`,
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  for (const note of notes) console.log(`\n${note}`);
}

const [part, count] = process.argv.slice(2);
if (part === 'statistics') simulatedScores();
else if (part === 'table') tableOfPopulations();
else if (Object.hasOwn(populations, part ?? '')) {
  await trainMissing(part, count === undefined ? (part === 'planted' ? 6 : 200) : Number(count));
  tableOfPopulations();
} else {
  process.stderr.write(`calibration: unknown part "${part}"; parts: statistics, table, ${Object.keys(populations).join(', ')}\n`);
  process.exit(2);
}
