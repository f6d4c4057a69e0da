/** What the calibration's numbers say: false verdicts, coverage, odds and decisions, beside the corrected t test and the correlated Bayesian one. */
import { populations, tl } from './calibration-populations.mjs';
import { normals } from './normals.mjs';

const { statistics } = tl;

export const percent = (count, of) => `${((100 * count) / of).toFixed(1)} %`;
/** Standard error of a share, as text. */
export const give = (count, of) => `± ${(100 * Math.sqrt((Math.max(count, 1) * Math.max(of - count, 1)) / of ** 3)).toFixed(1)}`;

/** Default margins of the metrics that populations have. */
const margins = { rocAuc: 0.01, relativeRmse: 0.02 };

/** The correlation of two seeds by Nadeau and Bengio, of 70/30 splits. */
const rho = 0.3;

/**
 * A data set's comparison made again of its gains by task and seed and its variances by rows, with other true gains.
 * @param shift `[tasks]` what is added to the gains
 */
function comparisonOf({ metrics, gains, rows }, shift) {
  const tasks = metrics.map((metric, t) => ({
    name: `t${t}`,
    kind: metric === 'rocAuc' ? 'binary' : 'regression',
    classes: metric === 'rocAuc' ? ['0', '1'] : [],
    metric,
    better: metric === 'rocAuc' ? 'higher' : 'lower',
  }));
  const each = (of) => Object.fromEntries(tasks.map((task, t) => [task.name, of(task, t)]));
  const seeds = gains[0].map((_, s) => s);
  const runOf = (method, seed, gainOf) => ({
    method,
    seed,
    metrics: each(({ metric, better }, t) => ({ [metric]: (better === 'lower' ? -1 : 1) * gainOf(t) })),
    ...{ trainMetrics: {}, reliability: {}, overall: {}, trainLosses: {}, validationLosses: {} },
    ...{ bestEpochs: {}, weights: [], gradients: [], seconds: 0, steps: 0, trainRows: 70, testRows: 30 },
    parameters: each(() => 1),
  });
  const method = (name, architecture) => ({ name, definition: { architecture, options: {} }, parameters: 1, separate: name === 'single' });
  return tl.fromJSON({
    ...{ format: 'taskloom-comparison', version: 1, rows: 100, features: 1, fingerprint: '', design: {}, notes: [] },
    versions: { taskloom: '', node: '', tensorflow: '', backend: '' },
    ...{ tasks, seeds, rho, alpha: 0.05, baseline: 'single', primary: 'hard' },
    methods: [method('single', 'singleTask'), method('hard', 'hardSharing')],
    margin: each(({ metric }) => margins[metric]),
    rowVariances: {
      hard: { tasks: each(({ metric }, t) => ({ [metric]: rows[t] })), average: rows[tasks.length], properAverage: null },
    },
    runs: [
      ...seeds.map((seed) => runOf('single', seed, () => 0)),
      ...seeds.map((seed) => runOf('hard', seed, (t) => gains[t][seed] + shift[t])),
    ],
  });
}

/**
 * Each seed's gain on average over the tasks, less a truth: in margins where metrics differ. Of files of before, which have no gains, any seeds with the
 * mean and the spread that their corrected t test had: it and the posterior see no more.
 */
function averageOf({ metrics, gains, before, alone }, truth) {
  if (gains === undefined) {
    const [mean, low, high] = before;
    // Where all tasks have one metric, which is the AUC, the average is the tasks' own.
    const same = Math.abs(statistics.mean(alone.map(([effect]) => effect)) - mean) < 1e-4;
    const unit = Float64Array.from({ length: 10 }, (_, s) => s - 4.5);
    const { low: least, high: most } = statistics.correctedTTest(unit, { rho });
    return { values: unit.map((value) => mean + (value * (high - low)) / (most - least)), margin: same ? margins.rocAuc : 1 };
  }
  const same = metrics.every((metric) => metric === metrics[0]);
  const values = gains[0].map((_, s) => statistics.mean(gains.map((own, t) => (own[s] - truth[t]) / (same ? 1 : margins[metrics[t]]))));
  return { values, margin: same ? margins[metrics[0]] : 1 };
}

/** What tests by an assumed correlation say of a gain on average that is not there: the corrected t test, and the posterior with and without rope. */
function othersOf(every, truth) {
  const all = every.filter(({ gains, before }) => gains !== undefined || before !== null);
  if (all.length === 0) return ['', ''];
  const count = { corrected: 0, covered: 0, posterior: 0, rope: 0 };
  for (const one of all) {
    const { values, margin } = averageOf(one, truth);
    const { p, low, high } = statistics.correctedTTest(values, { rho });
    if (p <= 0.05) count.corrected++;
    if (low <= 0 && high >= 0) count.covered++;
    const says = (rope) => {
      const { worse, better } = statistics.bayesianCorrelatedTTest(values, { rho, rope });
      return Math.max(worse, better) > 0.95;
    };
    if (says(0)) count.posterior++;
    if (says(margin)) count.rope++;
  }
  const of = (found) => percent(found, all.length);
  return [`${of(count.corrected)}, ${of(count.covered)}`, `${of(count.posterior)}, ${of(count.rope)}`];
}

const isRecentered = (name) => name.startsWith('shared');

/** The true gain by task of a population: 0 by exchange of the two, else the mean over the data sets. */
function truthOf(name, all) {
  return all[0].alone.map((_, t) => (isRecentered(name) ? statistics.mean(all.map(({ alone }) => alone[t][0])) : 0));
}

const covers = ([, low, high], truth = 0) => low <= truth && truth <= high;

/** What is said of data sets whose true gains are `plus`, after the population's own are taken off. */
function judged(all, truth, plus) {
  return all.map((one, i) => {
    const own = plus(i);
    const comparison = comparisonOf(
      one,
      truth.map((value, t) => own[t] - value),
    );
    return { own, comparison, average: comparison.averages()[0], verdicts: comparison.verdicts() };
  });
}

function errorRow(name, all, truth, found) {
  const of = (flag) => {
    const count = found.filter(flag).length;
    return `${percent(count, found.length)} ${give(count, found.length)}`;
  };
  const averages = found.map(({ average }) => average.ci);
  const cells = all.flatMap(({ alone }) => alone.map((one, t) => covers(one, truth[t])));
  const isFalse = ({ average }) => average.direction !== 'open';
  const anyTask = ({ verdicts }) => verdicts.some(({ direction }) => direction !== 'open');
  return [
    isRecentered(name) ? `${name}, recentered` : name,
    all.length,
    all[0].gains?.[0].length ?? 10,
    of(isFalse),
    of(anyTask),
    of((one) => isFalse(one) || anyTask(one)),
    percent(averages.filter(([low, high]) => low <= 0 && high >= 0).length, averages.length),
    percent(cells.filter(Boolean).length, cells.length),
    ...othersOf(all, truth),
  ];
}

/** Deviations of planted gains, in margins, and how often each data set is planted: the one that the prior has in mind, and where it is wrong. */
const plantings = [
  { deviation: 1, times: 2 },
  { deviation: 0.3, times: 1 },
  { deviation: 3, times: 1 },
];

/** Stated odds against truth, and what plans are worth, where true gains are normal: that of the mean, and of each task about it. */
function decisionRow(name, all, truth, { deviation, times }) {
  const bands = [
    [0.8, 0.9],
    [0.9, 0.95],
    [0.95, 1.01],
  ];
  const odds = bands.map(() => [0, 0]);
  let [regret, single, shared, harmed, given, cells] = [0, 0, 0, 0, 0, 0];
  const { normal } = normals(31);
  for (let planting = 0; planting < times; planting++) {
    const found = judged(all, truth, () => {
      const mean = normal();
      return truth.map((_, t) => margins[all[0].metrics[t]] * deviation * (mean + normal()));
    });
    for (const { own, comparison, verdicts } of found) {
      const plan = comparison.recommend();
      for (const [t, { pGain, margin }] of verdicts.entries()) {
        const gain = own[t] / margin;
        const band = bands.findIndex(([low, high]) => pGain >= low && pGain < high);
        if (band >= 0) {
          odds[band][1]++;
          if (gain > 0) odds[band][0]++;
        }
        const together = plan.tasks[t].method === 'hard';
        cells++;
        if (together) given++;
        if (together && gain < -1) harmed++;
        regret += Math.max(0, gain) - (together ? gain : 0);
        single += Math.max(0, gain);
        shared += Math.max(0, -gain);
      }
    }
  }
  const share = (value) => (value / cells).toFixed(3);
  return [
    `${name}, ${deviation} margins`,
    ...odds.map(([right, of]) => (of === 0 ? '' : `${percent(right, of)} of ${of}`)),
    `${share(regret)} (${percent(regret, single)} of single)`,
    share(single),
    share(shared),
    percent(given, cells),
    percent(harmed, cells),
  ];
}

/** The normal quantile of two-sided 5 %, by the number of comparisons that share it (Bonferroni). */
const quantiles = { 1: 1.96, 5: 2.576, 7: 2.69 };

/** How narrow intervals are, and what is found, beside what would be found were the true standard deviation known. */
function powerRow(name, all, truth, found) {
  const averages = all.map((one) => statistics.mean(averageOf(one, truth).values));
  const sd = statistics.standardDeviation(averages);
  const { margin: whole } = averageOf(all[0], truth);
  const half = statistics.mean(found.map(({ average: { ci } }) => (ci[1] - ci[0]) / 2));
  const margin = (t) => margins[all[0].metrics[t]];
  const everywhere = judged(all, truth, () => truth.map((_, t) => 1.5 * margin(t)));
  const place = (i) => i % truth.length;
  const one = judged(all, truth, (i) => truth.map((_, t) => (t === place(i) ? 4 * margin(t) : 0)));
  const own = all.map(({ gains }) => gains.map((values, t) => statistics.mean(values) - truth[t]));
  const sds = truth.map((_, t) => statistics.standardDeviation(own.map((values) => values[t])));
  const share = (flags) => percent(flags.filter(Boolean).length, flags.length);
  const both = (flags, atBest) => `${share(flags)} (${share(atBest)})`;
  return [
    name,
    (sd / whole).toFixed(2),
    (half / (1.96 * sd)).toFixed(2),
    both(
      found.map(({ average }) => average.asGood),
      averages.map((value) => value + whole > 1.645 * sd),
    ),
    both(
      everywhere.map(({ average }) => average.direction === 'better'),
      averages.map((value) => value + 1.5 * whole > quantiles[1] * sd),
    ),
    both(
      one.map(({ verdicts }, i) => verdicts[place(i)].direction === 'better'),
      own.map((values, i) => values[place(i)] + 4 * margin(place(i)) > quantiles[truth.length + 1] * sds[place(i)]),
    ),
  ];
}

function table(title, columns, rows) {
  if (rows.length === 0) return [];
  const all = [columns, ...rows].map((cells) => cells.map(String));
  const widths = columns.map((_, j) => Math.max(...all.map((cells) => cells[j].length)));
  const line = (cells) => `| ${cells.map((cell, j) => cell.padEnd(widths[j])).join(' | ')} |`;
  const [head, ...body] = all.map(line);
  return [`${title}:\n`, head, line(widths.map((width) => '-'.repeat(width))), ...body, ''];
}

/**
 * The tables of what is done, as Markdown.
 * @param read the data sets of a population by its name; those without gains are of an earlier form
 */
export function tableOfPopulations(read) {
  const errors = [];
  const decisions = [];
  const power = [];
  for (const name of Object.keys(populations)) {
    if (name === 'planted') continue;
    const all = read(name).filter(({ gains }) => gains !== undefined || !isRecentered(name));
    if (all.length < 20) continue;
    const truth = truthOf(name, all);
    if (!isRecentered(name)) {
      errors.push(errorRow(name, all, truth, all.map(keptWords)));
      continue;
    }
    const found = judged(all, truth, () => truth.map(() => 0));
    errors.push(errorRow(name, all, truth, found));
    decisions.push(...plantings.map((planting) => decisionRow(name, all, truth, planting)));
    power.push(powerRow(name, all, truth, found));
  }
  const planted = read('planted');
  const words = (letter) => planted.filter(({ average }) => average[4] === letter).length;
  const list = (place) => planted.map(({ average }) => Number(average[place].toPrecision(2))).join(', ');
  return [
    ...table(
      'False verdicts and coverage',
      [
        ...['Population', 'Data sets', 'Seeds', 'Average false', 'Any task false', 'Either', 'Coverage, average', 'Coverage, tasks'],
        ...['Corrected t, ρ .3: false, coverage', 'Correlated t (baycomp), ρ .3: false without rope, with'],
      ],
      errors,
    ),
    ...table(
      'Stated odds and decisions, true gains planted',
      [
        ...[
          'Population, deviation of gains',
          'P(gain) .80 to .90: true',
          '.90 to .95',
          '.95 and more',
          'Regret of the plan',
          'Always single',
        ],
        ...['Always shared', 'Tasks given to shared', 'Harmed beyond the margin'],
      ],
      decisions,
    ),
    ...table(
      'Width and power (in brackets: were the true sd known)',
      [
        ...['Population', 'True sd in margins', 'Half width / true 1.96 sd', 'At least as good shown, truth 0'],
        ...['Average of 1.5 margins found', 'One task of 4 margins found'],
      ],
      power,
    ),
    ...(planted.length === 0
      ? []
      : [
          `Planted transfer: found on average in ${words('b')} of ${planted.length} data sets, negative in ${words('w')}; gains ${list(0)} relative RMSE, p ${list(3)}.`,
          '',
        ]),
  ].join('\n');
}

/** What was said of a data set as it is. */
function keptWords({ average, words }) {
  const direction = { b: 'better', w: 'worse', o: 'open' };
  return {
    average: { ci: [average[1] ?? Number.NEGATIVE_INFINITY, average[2] ?? Number.POSITIVE_INFINITY], direction: direction[average[4]] },
    verdicts: [...words].map((letter) => ({ direction: direction[letter] })),
  };
}
