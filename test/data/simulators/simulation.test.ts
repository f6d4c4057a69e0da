import { expect, test } from 'vitest';
import { columns, inputNames } from '../../../src/data/simulators/simulation';

test('columns and inputNames', () => {
  expect(inputNames(2)).toEqual(['x0', 'x1']);
  expect(
    columns(
      ['a', 'b'],
      [
        [1, 2],
        [3, 4],
      ],
    ),
  ).toEqual({ a: [1, 3], b: [2, 4] });
});
