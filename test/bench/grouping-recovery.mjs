/**
 * When are planted groups found? Mean adjusted Rand index over five simulated data sets a cell, by how much the tasks of a group have in
 * common, the number of tasks and the number of rows, as Markdown.
 *
 *   node test/bench/grouping-recovery.mjs          three groups, 24 features, non-linear tasks (some minutes)
 *
 * Needs the build (`npm run build`).
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const tl = createRequire(import.meta.url)(path.join(root, 'dist', 'index.js'));
const MEASURES = ['labels', 'gradient-cosine', 'tag'];
const DATA_SETS = 5;
const quiet = { onProgress: () => {} };

async function recovered(measure, { similarity, tasksPerGroup, rows }, seed) {
  const planted = tl.simulators.clusteredTasks({
    groups: 3,
    tasksPerGroup,
    features: 24,
    rows,
    similarity,
    noise: 0.5,
    nonLinear: true,
    seed,
  });
  const data = tl.taskData(planted.table, { tasks: planted.tasks });
  const { plan } = await tl.groupTasks(data, { measure, trunk: tl.mlp([32]), seeds: 3, epochs: 40, ...quiet });
  const names = data.tasks.map(({ name }) => name);
  const found = names.map((name) => plan.groups.findIndex(({ train }) => train.includes(name)));
  return tl.grouping.adjustedRandIndex(
    found,
    names.map((name) => planted.truth.groups[name]),
  );
}

console.log(`| similarity in a group | tasks | rows | ${MEASURES.join(' | ')} |`);
console.log('|---|---|---|---|---|---|');
for (const tasksPerGroup of [3, 6]) {
  for (const rows of [200, 800]) {
    for (const similarity of [0.3, 0.5, 0.7, 0.9]) {
      const cells = [];
      for (const measure of MEASURES) {
        let sum = 0;
        for (let seed = 1; seed <= DATA_SETS; seed++) sum += await recovered(measure, { similarity, tasksPerGroup, rows }, seed);
        cells.push((sum / DATA_SETS).toFixed(2));
      }
      console.log(`| ${similarity} | ${3 * tasksPerGroup} | ${rows} | ${cells.join(' | ')} |`);
    }
  }
}
