import { expect, test } from 'vitest';
import { randomStart, stepStream } from '../../src/balancing/method-random';

test('the numbers of a step depend on method, seed and step alone', () => {
  const draw = (method: string, seed: number, draws: number): number => stepStream(method, { ...randomStart(seed), draws }).uniform();
  expect(draw('rlw', 1, 3)).toBe(draw('rlw', 1, 3));
  expect(new Set([draw('rlw', 1, 3), draw('rlw', 1, 4), draw('rlw', 2, 3), draw('pcgrad', 1, 3)]).size).toBe(4);
});
