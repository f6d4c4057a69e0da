import { expect, test } from 'vitest';
import { describe } from '../../src/data/data-report';
import { taskData } from '../../src/data/task-data';
import { toBundles } from '../../src/notebook/mime';
import { binary } from '../../src/tasks/kinds/binary';
import { multiclass } from '../../src/tasks/kinds/multiclass';
import { regression } from '../../src/tasks/kinds/regression';

const data = taskData(
  {
    size: [1, 2, 3, 4],
    ripe: [1, 0, null, 1],
    kind: ['a', 'b', 'c', 'a'],
    price: [2, null, 4, 6],
    who: ['x', 'x', 'y', 'y'],
  },
  { tasks: { ripe: binary(), kind: multiclass(), price: regression() }, groups: 'who' },
);

test('show(data): a row a task with its labels; which are missing together, below', () => {
  const [bundle] = toBundles(data) as [{ 'text/plain': string; 'text/html': string }];
  const lines = bundle['text/plain'].split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
  expect(lines[0]).toBe('4 rows, 1 input (1 numeric, 0 categorical), 3 tasks');
  expect(lines[1]).toBe('task | kind | labels | missing | values');
  // 2 of 3 labels are 1; 2, 4 and 6 have the mean 4 and the population deviation 1.63.
  expect(lines.slice(3, 6)).toEqual([
    'ripe | binary | 3 | 1 | 66.7 % 1',
    'kind | multiclass | 4 | 0 | 3 classes: a 50.0 %, b 25.0 %, c 25.0 %',
    'price | regression | 3 | 1 | 4 ± 1.63, 2 to 6',
  ]);
  expect(lines.slice(6)).toEqual(
    expect.arrayContaining(['2 groups that splits keep together', '1 row without ripe', '1 row without price']),
  );
  expect(bundle['text/html']).toContain('<table');
});

test('show(describe(data)) shows the same', () => {
  expect(toBundles(describe(data))).toEqual(toBundles(data));
});
