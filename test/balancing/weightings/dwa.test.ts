import { expect, test } from 'vitest';
import { dwa } from '../../../src/balancing/weightings/dwa';
import { expectClose } from '../matrices';

const epochLosses = [
  [1, 1],
  [1, 4],
];

test('published weights and value', () => {
  expectClose(dwa().weights([3, 5], { epochLosses }), [0.364851, 1.635149], 1e-6);
  expect(dwa().value([3, 5], { epochLosses })).toBeCloseTo(9.270298, 6);
});

test('1 in the first two epochs', () => {
  expect(dwa().weights([3, 5])).toEqual([1, 1]);
  expect(dwa().weights([3, 5], { epochLosses: [[1, 2]] })).toEqual([1, 1]);
});

test('only the last two epochs count; high temperature is equal weighting', () => {
  expect(dwa().weights([3, 5], { epochLosses: [[9, 0.1], ...epochLosses] })).toEqual(dwa().weights([3, 5], { epochLosses }));
  expectClose(dwa({ temperature: 1e9 }).weights([3, 5], { epochLosses }), [1, 1], 1e-8);
});

test('a loss that vanished stays finite', () => {
  expect(
    dwa()
      .weights([1, 1], {
        epochLosses: [
          [0, 1],
          [1, 1],
        ],
      })
      .every(Number.isFinite),
  ).toBe(true);
});
