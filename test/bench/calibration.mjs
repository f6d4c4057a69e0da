/**
 * How often verdicts are wrong, how often intervals cover, and how often planted effects are found.
 *
 *   node test/bench/calibration.mjs statistics              simulated scores (a few minutes)
 *   node test/bench/calibration.mjs POPULATION [DATA SETS]  trained networks: trains what is missing of 200 data sets, then prints the table
 *   node test/bench/calibration.mjs table                   the tables of what is there
 *   node test/bench/calibration.mjs readme                  the same, into src/study/README.md
 *
 * Populations are in `calibration-populations.mjs`. The few numbers of each data set go to `calibration/POPULATION.json` as they come, so that a run can be
 * stopped and continued on any machine. Needs the build (`npm run build`). Seeds are fixed by data set.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { populations, tl } from './calibration-populations.mjs';
import { give, percent, tableOfPopulations } from './calibration-tables.mjs';
import { normals } from './normals.mjs';

const { statistics } = tl;

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

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'calibration');

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
    ...evidenceOf(comparison),
  };
}

/** What verdicts can be made of again, for other true gains: each seed's gains by task, turned so that positive is better, and variances by rows. */
function evidenceOf({ data, toJSON }) {
  const other = data.methods.find(({ name }) => name !== data.baseline).name;
  const scoreOf = (method, seed, { name, metric }) =>
    data.runs.find((run) => run.method === method && run.seed === seed).metrics[name][metric];
  const gains = data.tasks.map((task) =>
    data.seeds.map((seed) =>
      digits((task.better === 'lower' ? -1 : 1) * (scoreOf(other, seed, task) - scoreOf(data.baseline, seed, task))),
    ),
  );
  const { tasks, average } = toJSON().rowVariances[other];
  const rows = [...data.tasks.map(({ name, metric }) => digits(tasks[name][metric])), digits(average)];
  return { metrics: data.tasks.map(({ metric }) => metric), gains, rows };
}

/** The data sets of a population that are done. */
function readPopulation(name) {
  const file = path.join(folder, `${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

async function trainMissing(name, wanted) {
  const file = path.join(folder, `${name}.json`);
  const done = readPopulation(name);
  // Data sets of before gains were kept are trained again.
  const isMissing = (index) => done[index]?.gains === undefined;
  for (let index = 0; index < wanted; index++) {
    if (!isMissing(index)) continue;
    done[index] = numbersOf(await populations[name](index));
    if ((index + 1) % 10 === 0 || index + 1 === wanted) {
      writeFileSync(`${file}.tmp`, `[\n${done.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`);
      renameSync(`${file}.tmp`, file);
      process.stderr.write(`${name}: ${index + 1} of ${wanted} data sets\n`);
    }
  }
}

/** Puts the tables between the marks in the README of studies. */
function writeReadme() {
  const file = path.join(folder, '..', '..', '..', 'src', 'study', 'README.md');
  const [start, end] = ['<!-- calibration -->', '<!-- /calibration -->'];
  const before = readFileSync(file, 'utf8');
  const [head, tail] = [before.split(start)[0], before.split(end)[1]];
  if (tail === undefined) throw new Error(`calibration: ${file} has no marks ${start} and ${end}`);
  writeFileSync(file, `${head}${start}\n\n${tableOfPopulations(readPopulation)}\n${end}${tail}`);
}

const [part, count] = process.argv.slice(2);
if (part === 'statistics') simulatedScores();
else if (part === 'table') console.log(tableOfPopulations(readPopulation));
else if (part === 'readme') writeReadme();
else if (Object.hasOwn(populations, part ?? '')) {
  await trainMissing(part, count === undefined ? (part === 'planted' ? 6 : 200) : Number(count));
  console.log(tableOfPopulations(readPopulation));
} else {
  process.stderr.write(`calibration: unknown part "${part}"; parts: statistics, table, readme, ${Object.keys(populations).join(', ')}\n`);
  process.exit(2);
}
