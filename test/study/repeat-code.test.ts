import { JSDOM } from 'jsdom';
import { expect, test } from 'vitest';
import { taskData } from '../../src/data/task-data';
import { tokenTensor } from '../../src/data/tokens';
import { gru } from '../../src/models/encoders/gru';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { compare } from '../../src/study/compare';
import { fromJSON } from '../../src/study/comparison';
import { binary } from '../../src/tasks/kinds/binary';
import { multiclass } from '../../src/tasks/kinds/multiclass';
import { regression } from '../../src/tasks/kinds/regression';
import { tagging } from '../../src/tasks/kinds/tagging';
import type { TaskSpec } from '../../src/tasks/task';

const words = Array.from({ length: 40 }, (_, r) => ['a', 'b', 'c'].map((word, i) => `${word}${(r + i) % 3}`));
const table = {
  outcome: words.map((_, r) => (r % 2 === 0 ? 'died' : 'lived "well"')),
  grade: words.map((_, r) => r % 3),
  level: words.map((_, r) => Math.sin(r)),
  tags: words.map((row) => row.map((word) => (word.endsWith('0') ? 'X' : 'O'))),
};
/** By kind, a column and every option with values that differ from the defaults. */
const kinds: Readonly<Record<string, { column: keyof typeof table; make: (options: object) => TaskSpec; options: object }>> = {
  binary: { column: 'outcome', make: binary, options: { positive: 'died', classWeights: { died: 3, 'lived "well"': 0.5 }, lossWeight: 2 } },
  multiclass: { column: 'grade', make: multiclass, options: { classWeights: { 0: 1, 1: 2, 2: 0 }, lossWeight: 0.25 } },
  regression: { column: 'level', make: regression, options: { lossWeight: 7 } },
  tagging: { column: 'tags', make: tagging, options: { classWeights: { O: 0.5, X: 1 }, lossWeight: 3 } },
};
const cases = Object.entries(kinds).flatMap(([kind, { column, make, options }]) => [
  { kind, what: 'no option', column, spec: make({ column }) },
  ...Object.entries(options).map(([name, value]) => ({ kind, what: name, column, spec: make({ column, [name]: value }) })),
  ...('classWeights' in options ? [{ kind, what: 'balanced', column, spec: make({ column, classWeights: 'balanced' }) }] : []),
  { kind, what: 'all options', column, spec: make({ column, ...options }) },
]);

test.each(cases)('the code of a report makes the task again: $kind, $what', async ({ kind, column, spec }) => {
  const inputs = tokenTensor(words);
  const read = (task: TaskSpec) => taskData({ [column]: table[column] }, { tasks: { 'the "task"': task }, inputs });
  const data = read(spec);
  const trunk = gru(4, { embedding: 4, perToken: kind === 'tagging' });
  const comparison = await compare(data, { methods: { hard: hardSharing(trunk) }, seeds: 1, epochs: 1, onProgress: () => {} });
  for (const one of [comparison, fromJSON(JSON.parse(JSON.stringify(comparison)))]) {
    const { document } = new JSDOM(one.report().replace(/<script>[\s\S]*?<\/script>/g, '')).window;
    const code = /const data = tl\.taskData\(frame, (.*)\);/.exec(document.querySelector('pre')!.textContent!)![1]!;
    const { tasks } = new Function('tl', `return ${code}`)({ binary, multiclass, regression, tagging });
    expect(read(tasks['the "task"']).tasks).toEqual(data.tasks);
    expect(read(tasks['the "task"']).labels).toEqual(data.labels);
  }
});
