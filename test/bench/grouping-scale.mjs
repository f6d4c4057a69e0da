/**
 * What it costs to find out which of many tasks belong together: time and peak memory of each affinity and of the planning, beside the number
 * of networks that an exhaustive search would train.
 *
 *   node test/bench/grouping-scale.mjs                          139 tasks, 28 features, 3000 rows, as Markdown (some minutes)
 *   node test/bench/grouping-scale.mjs --tasks 40 --rows 1000   another size
 *   node test/bench/grouping-scale.mjs --growth                 TAG, gradient cosine and labels at 17, 35, 70 and 139 tasks
 *
 * Needs the build (`npm run build`). Every measurement has a process of its own, so that peak memory is its own.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { normals } from './normals.mjs';

const script = fileURLToPath(import.meta.url);
const root = path.join(path.dirname(script), '..', '..');
const GROUPS = 7;
const SEEDS = 3;
const EPOCHS = 20;

/** Linear tasks in groups whose weights have cosine 0.8 with each other, on few features: groups are not quite orthogonal. */
function planted(tl, tasks, features, rows) {
  // The simulator's directions are exact; here there are more tasks than dimensions, so the groups' own directions are combined at random.
  const base = tl.simulators.clusteredTasks({ groups: GROUPS, tasksPerGroup: 1, features, rows, similarity: 1, noise: 0, seed: 1 });
  const { normal } = normals(2);
  const directions = Object.values(base.truth.weights);
  const table = Object.fromEntries(base.inputs.map((name) => [name, base.table[name]]));
  const names = Array.from({ length: tasks }, (_, t) => `task${t}`);
  for (const [t, name] of names.entries()) {
    const own = Array.from({ length: features }, normal);
    const length = Math.hypot(...own);
    const w = directions[t % GROUPS].map((v, f) => Math.sqrt(0.8) * v + (Math.sqrt(0.2) * own[f]) / length);
    table[name] = Array.from(
      { length: rows },
      (_, r) => base.inputs.reduce((sum, input, f) => sum + w[f] * table[input][r], 0) + 0.5 * normal(),
    );
  }
  const data = tl.taskData(table, { tasks: Object.fromEntries(names.map((name) => [name, tl.regression()])) });
  return { data, truth: names.map((_, t) => t % GROUPS) };
}

/** One measurement, in this process; prints JSON. */
async function measure(what, { tasks, features, rows }) {
  const tl = createRequire(import.meta.url)(path.join(root, 'dist', 'index.js'));
  await tl.models.loadBackend();
  const { data, truth } = planted(tl, tasks, features, rows);
  const before = process.resourceUsage().maxRSS / 1024;
  const onProgress = () => {};
  let began = performance.now();
  const affinity = await tl.taskAffinity(data, {
    measure: what,
    trunk: tl.mlp([64, 32]),
    seeds: SEEDS,
    epochs: EPOCHS,
    batchSize: 128,
    onProgress,
  });
  const seconds = { affinity: (performance.now() - began) / 1000 };
  const ari = {};
  for (const by of ['clusters', 'search']) {
    began = performance.now();
    const { plan } = await tl.groupTasks(data, { affinity, by, ...(by === 'search' ? { budget: GROUPS } : {}), onProgress });
    seconds[by] = (performance.now() - began) / 1000;
    const found = data.tasks.map(({ name }) => plan.groups.findIndex(({ train }) => train.includes(name)));
    ari[by] = tl.grouping.adjustedRandIndex(found, truth);
  }
  console.log(JSON.stringify({ seconds, ari, before, peak: process.resourceUsage().maxRSS / 1024 }));
}

const NETWORKS = {
  labels: () => 0,
  tag: () => SEEDS,
  'gradient-cosine': () => SEEDS,
  cka: (tasks) => SEEDS * tasks,
  'leave-one-out': (tasks) => SEEDS * (tasks + 1),
  pairwise: (tasks) => (SEEDS * tasks * (tasks + 1)) / 2,
};

/** A measurement in a process of its own. */
function apart(what, size) {
  const args = [script, '--measure', what, ...Object.entries(size).flatMap(([name, value]) => [`--${name}`, String(value)])];
  const { stdout, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${what} failed`);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

const { values } = parseArgs({
  options: {
    tasks: { type: 'string', default: '139' },
    features: { type: 'string', default: '28' },
    rows: { type: 'string', default: '3000' },
    growth: { type: 'boolean', default: false },
    measure: { type: 'string' },
  },
});
const size = { tasks: Number(values.tasks), features: Number(values.features), rows: Number(values.rows) };
if (values.measure) await measure(values.measure, size);
else {
  const sizes = values.growth ? [17, 35, 70, 139].map((tasks) => ({ ...size, tasks })) : [size];
  const exhaustive = (tasks) => (tasks < 40 ? String(SEEDS * (2 ** tasks - 1)) : `${SEEDS} x 2^${tasks}`);
  console.log(`${size.features} features, ${size.rows} rows, ${GROUPS} planted groups, ${SEEDS} seeds, ${EPOCHS} epochs, trunk 64-32\n`);
  console.log(
    '| tasks | affinity | networks | exhaustive | affinity s | clusters s | search of 7 s | peak MiB | ARI clusters | ARI search |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|');
  for (const one of sizes) {
    for (const what of ['labels', 'gradient-cosine', 'tag']) {
      const { seconds, ari, before, peak } = apart(what, one);
      const cells = [
        one.tasks,
        what,
        NETWORKS[what](one.tasks),
        exhaustive(one.tasks),
        ...[seconds.affinity, seconds.clusters, seconds.search].map((s) => s.toFixed(1)),
        `${Math.round(peak)} (${Math.round(before)} before)`,
        ari.clusters.toFixed(2),
        ari.search.toFixed(2),
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
    for (const what of ['cka', 'leave-one-out', 'pairwise']) {
      console.log(`| ${one.tasks} | ${what} | ${NETWORKS[what](one.tasks)} | ${exhaustive(one.tasks)} | not run | | | | | |`);
    }
  }
}
