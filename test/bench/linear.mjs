/** The search of `linearMtl` for its strength on binary tasks, beside scikit-learn's LogisticRegressionCV of each task: 25 strengths, 5 folds. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, tl } from './own.mjs';

/** The data with every multiclass task as "not the first class", in a file for the peer too. */
async function read(name) {
  const { columns, options } = await tl.datasets[name]();
  const tasks = Object.fromEntries(Object.keys(options.tasks).map((task) => [task, tl.binary()]));
  const whole = tl.taskData(columns, options);
  const table = { ...columns };
  for (const { task, values } of whole.labels)
    if (task.kind === 'multiclass') table[task.column] = Array.from(values, (v) => (Number.isNaN(v) ? null : Number(v > 0)));
  const data = tl.taskData(table, { ...options, tasks });
  const rows = Array.from({ length: data.rows }, (_, i) => i);
  const flat = tl.data.fitPreprocessing(data, rows).encode(data, rows);
  const width = flat.length / data.rows;
  const inputs = rows.map((r) => [...flat.subarray(r * width, (r + 1) * width)]);
  const labels = data.labels.map(({ values }) => Array.from(values, (v) => (Number.isNaN(v) ? null : v)));
  const file = path.join(root, '.taskloom', `bench-${name}.json`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ inputs, labels }));
  return { data, file };
}

export async function linear({ compare, peers }) {
  for (const name of ['yeast', 'miComplications']) {
    let set;
    try {
      set = await read(name);
    } catch (error) {
      console.log(`${name} is left out: ${error.message}`);
      continue;
    }
    const { data, file } = set;
    for (const kind of ['ridge', 'meanRegularized', 'jointFeatures']) {
      const ours = {
        name: 'ours',
        async measure() {
          const before = process.cpuUsage();
          await tl.fit(data, tl.linearMtl(kind), { validation: 0, onProgress: () => {} });
          const { user, system } = process.cpuUsage(before);
          return { value: (user + system) / 1e6 };
        },
      };
      const what = `linearMtl('${kind}') chooses its strength, ${data.tasks.length} binary tasks of \`${name}\`, CPU`;
      await compare(what, 's', ours, kind === 'ridge' ? peers.entries('scikit-learn', { case: 'logistic search', path: file }) : []);
    }
  }
}
