/**
 * How often verdicts are wrong, how often intervals cover, and how often planted effects are found.
 *
 *   node test/bench/calibration.mjs                     all, as Markdown
 *   node test/bench/calibration.mjs statistics          simulated scores only (a few minutes)
 *   node test/bench/calibration.mjs trained [STUDIES]   trained networks only (200 studies: some minutes)
 *
 * Needs the build (`npm run build`). Seeds are fixed: the same call gives the same table on the same machine.
 */
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

/**
 * Trained networks. Each study draws 160 rows of two blocks of inputs, A and B, that carry the labels equally well; one method sees A, the
 * other B. Over data sets neither is better, while within one data set chance favours one of them on all splits: what makes tests without
 * the correction see effects. With a planted effect, B has less noise.
 */
async function trained(studies) {
  head('Trained networks: 10 seeds, 70/30 splits of 160 rows, one binary and one regression task');
  const rows = 160;
  const seeds = 10;
  for (const [name, noise, effectCount] of [
    ['no effect', 1, studies],
    ['planted effect', 0.25, studies],
  ]) {
    const { normal, uniform } = normals(noise * 1000);
    const all = [];
    for (let study = 0; study < effectCount; study++) {
      const columns = { a0: [], a1: [], b0: [], b1: [], size: [], up: [] };
      for (let i = 0; i < rows; i++) {
        const [u, v] = [normal(), normal()];
        columns.a0.push(u + normal());
        columns.a1.push(v + normal());
        columns.b0.push(u + noise * normal());
        columns.b1.push(v + noise * normal());
        columns.size.push(u + v + 0.5 * normal());
        columns.up.push(u - v + 0.5 * normal() > 0 ? 1 : 0);
      }
      const splits = {};
      for (let seed = 0; seed < seeds; seed++) {
        const order = Array.from({ length: rows }, (_, i) => [uniform(), i])
          .sort((a, b) => a[0] - b[0])
          .map(([, i]) => i);
        splits[seed] = { train: order.slice(0, 112), test: order.slice(112) };
      }
      const scores = [];
      for (const inputs of [
        ['a0', 'a1'],
        ['b0', 'b1'],
      ]) {
        const data = tl.taskData(columns, { tasks: { up: tl.binary(), size: tl.regression() }, inputs });
        const comparison = await tl.compare(data, {
          methods: { hard: tl.hardSharing(tl.mlp([6], { activation: 'tanh' })) },
          splits,
          epochs: 12,
          batchSize: 28,
          learningRate: 0.03,
          onProgress: () => {},
        });
        scores.push(comparison.data);
      }
      const valuesOf = (data, { name: task, metric }) => data.runs.map((run) => run.metrics[task][metric]);
      all.push(
        scores[0].tasks.map((task) => statistics.pairedDifferences(valuesOf(scores[1], task), valuesOf(scores[0], task), task.better)),
      );
      if (study % 20 === 19) process.stderr.write(`${name}: ${study + 1} of ${effectCount} studies\n`);
    }
    // The planted effect's true size is the mean over studies: its standard error is far below the intervals' width.
    const truth = noise === 1 ? [[0, 0]] : [[0, 1].map((t) => statistics.mean(all.map((study) => statistics.mean(study[t]))))];
    const total = tally();
    for (const study of all) judge(total, [study], truth, statistics.resamplingCorrelation(112, 48), 0, ['up', 'size']);
    row(noise === 1 ? name : `${name}: ${truth[0].map((value) => value.toFixed(3)).join(' and ')}`, total);
  }
}

const [part, count] = process.argv.slice(2);
if (part !== undefined && part !== 'statistics' && part !== 'trained') {
  process.stderr.write(`calibration: unknown part "${part}"; parts: statistics, trained\n`);
  process.exit(2);
}
if (part !== 'trained') simulatedScores();
if (part !== 'statistics') await trained(count === undefined ? 200 : Number(count));
