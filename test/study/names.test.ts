import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { frameOf } from '../../src/data/frame';
import { taskData } from '../../src/data/task-data';
import { deltaM } from '../../src/metrics/delta-m';
import { mlp } from '../../src/models/encoders/mlp';
import { grouped } from '../../src/models/sharing/grouped';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { compare } from '../../src/study/compare';
import { fromJSON } from '../../src/study/comparison';
import { binary, multiclass, regression } from '../../src/tasks';
import { load } from '../../src/training/checkpoint';
import { fit as train } from '../../src/training/fit';

const folder = mkdtempSync(join(tmpdir(), 'taskloom-names-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Names that all objects have members of, or data frames. */
const hard = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'columns', 'shape', '$data'];

/** The same table with the names of its label columns changed; `{ '__proto__': ... }` would set a prototype. */
function tableOf(names: readonly string[], inputs: readonly string[]) {
  const rows = 60;
  const wave = (k: number): number[] => Array.from({ length: rows }, (_, i) => Math.sin((k + 1.3) * i));
  const labels = names.map((_, t) =>
    wave(t + 2).map((v, i) => (t % 3 === 0 ? (v > 0 ? 1 : 0) : t % 3 === 1 ? v + i / rows : v > 0 ? 'yes' : 'no')),
  );
  const kinds = names.map((_, t) => (t % 3 === 0 ? binary() : t % 3 === 1 ? regression() : multiclass()));
  const columns = Object.fromEntries([
    ...inputs.map((name, i) => [name, wave(i)] as const),
    ...names.map((name, t) => [name, labels[t]!] as const),
  ]);
  return { columns, tasks: Object.fromEntries(names.map((name, t) => [name, kinds[t]!])) };
}

const plain = hard.map((_, t) => `t${t}`);
const methods = { single: singleTask(mlp([3])), shared: hardSharing(mlp([3])) };

it('tasks, inputs and methods may have any name', async () => {
  const given = tableOf(hard, ['valueOf', 'isPrototypeOf']);
  const other = tableOf(plain, ['a', 'b']);
  const data = taskData(given.columns, { tasks: given.tasks });
  const options = { seeds: 2, epochs: 2, batchSize: 20, validation: 0.2 };
  const named = Object.fromEntries([
    ['__proto__', methods.single],
    ['constructor', methods.shared],
  ]);
  const found = await compare(data, {
    ...options,
    methods: named,
    margin: Object.fromEntries([['columns', 0.1]]),
    directory: folder,
  });
  // Initial values of heads depend on their task's name, so the numbers are not those of other names; there are as many.
  const expected = await compare(taskData(other.columns, { tasks: other.tasks }), { ...options, methods });
  const entriesOf = (record: Readonly<Record<string, unknown>>, names: readonly string[]): unknown =>
    names.map((name) => Object.keys(Object.entries(record).find(([own]) => own === name)![1] as object));
  for (const [i, run] of found.data.runs.entries()) {
    expect(run.failure).toBeUndefined();
    expect(entriesOf(run.metrics, hard)).toEqual(entriesOf(expected.data.runs[i]!.metrics, plain));
    expect(Object.keys(run.metrics)).toEqual(hard);
    for (const part of [run.trainMetrics, run.trainLosses, run.validationLosses, run.bestEpochs, run.parameters])
      expect(Object.keys(part).sort()).toEqual([...hard].sort());
  }
  expect(Object.entries(found.data.margin)).toEqual(hard.map((name) => [name, name === 'columns' ? 0.1 : found.data.margin[name]]));
  expect(Object.entries(found.data.margin).every(([, margin]) => margin >= 0.01)).toBe(true);
  expect(found.verdicts().map(({ task }) => task)).toEqual(hard);
  expect(Object.keys(found.deltaM())).toEqual(['constructor']);
  expect(found.toFrame().shape[0]).toBe(2 * 2 * hard.length);
  expect(fromJSON(JSON.parse(JSON.stringify(found))).data).toEqual(found.toJSON());
  expect(fromJSON(JSON.parse(JSON.stringify(found))).verdicts()).toEqual(found.verdicts());
  expect(found.report()).toContain('hasOwnProperty');
  expect(found.plot.gains()).toBeDefined();
  // What was kept is found again.
  const again = await compare(data, { ...options, methods: named, directory: folder });
  expect(again.data.runs).toEqual(found.data.runs);
});

it('a model predicts tasks of any name, saved and loaded too', async () => {
  const given = tableOf(hard, ['valueOf', 'isPrototypeOf']);
  const data = taskData(given.columns, { tasks: given.tasks });
  const model = await train(data, hardSharing(mlp([3])), { epochs: 1 });
  const values = model.predictValues(given.columns);
  expect(Object.keys(values).sort()).toEqual([...hard].sort());
  const frame = model.predict(given.columns);
  expect(frame.columns).toEqual(hard.flatMap((name, t) => (t % 3 === 2 ? [name, `${name}=no`, `${name}=yes`] : [name])));
  for (const [t, name] of hard.entries()) {
    const cells = frame.column(name).values as unknown[];
    expect(cells).toHaveLength(60);
    if (t % 3 !== 2) expect(cells[7]).toBeCloseTo(Object.entries(values).find(([own]) => own === name)![1][7]!, 5);
  }
  await model.save(join(folder, 'model'));
  expect((await load(join(folder, 'model'))).predictValues(given.columns)).toEqual(values);
  const plan = {
    groups: [
      { train: hard, serve: hard.slice(0, 3) },
      { train: hard.slice(3), serve: hard.slice(3) },
    ],
  };
  expect(Object.keys((await train(data, grouped(plan, mlp([3])), { epochs: 1 })).predictValues(given.columns)).sort()).toEqual(
    [...hard].sort(),
  );
});

it('frames keep their members beside columns of the same name', () => {
  const frame = frameOf(Object.fromEntries(hard.map((name, i) => [name, [i, i + 1]])));
  expect(frame.columns).toEqual(hard);
  expect(frame.shape).toEqual([2, hard.length]);
  for (const [i, name] of hard.entries()) expect(frame.column(name).values).toEqual([i, i + 1]);
});

it('delta-m has a term for every name', () => {
  const of = (value: number) => Object.fromEntries(hard.map((name) => [name, value]));
  const better = Object.fromEntries(hard.map((name) => [name, 'higher' as const]));
  const { total, terms } = deltaM(of(1), of(1.5), better);
  expect(total).toBeCloseTo(0.5, 12);
  expect(Object.keys(terms)).toEqual(hard);
  expect(() => deltaM({ a: 1 }, { a: 1, constructor: 2 } as never, { a: 'higher' })).toThrow(/task "constructor" has scores but no base/);
});
