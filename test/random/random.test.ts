import { expect, test } from 'vitest';
import { philoxBlock } from '../../src/random/philox';
import { random } from '../../src/random/random';

// Known answers of the Random123 distribution (kat_vectors, philox4x32 10).
test('philoxBlock gives the published known answers', () => {
  const hex = (words: Uint32Array): string[] => [...words].map((w) => w.toString(16).padStart(8, '0'));
  expect(hex(philoxBlock([0, 0, 0, 0], [0, 0]))).toEqual(['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8']);
  const ones = 0xffffffff;
  expect(hex(philoxBlock([ones, ones, ones, ones], [ones, ones]))).toEqual(['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd']);
  expect(hex(philoxBlock([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]))).toEqual([
    'd16cfe09',
    '94fdcceb',
    '5001e420',
    '24126ea1',
  ]);
});

test('random: same seed and name, same numbers; another name, other numbers', () => {
  const draw = (seed: number, name?: string): number[] => {
    const r = random(seed, name);
    return [r.uniform(), r.normal(), r.below(10)];
  };
  expect(draw(3, 'a')).toEqual(draw(3, 'a'));
  expect(draw(3, 'a')).not.toEqual(draw(3, 'b'));
  expect(draw(3, 'a')).not.toEqual(draw(4, 'a'));
  expect(() => random(-1)).toThrow(/non-negative integer/);
});

test('random: moments of uniform and normal draws, and a permutation', () => {
  const r = random(0);
  const n = 200_000;
  let [u, z, zz] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    u += r.uniform();
    const d = r.normal();
    z += d;
    zz += d * d;
  }
  // Five standard errors.
  expect(Math.abs(u / n - 0.5)).toBeLessThan((5 * Math.sqrt(1 / 12)) / Math.sqrt(n));
  expect(Math.abs(z / n)).toBeLessThan(5 / Math.sqrt(n));
  expect(Math.abs(zz / n - 1)).toBeLessThan((5 * Math.SQRT2) / Math.sqrt(n));
  expect([...r.permutation(50)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
});
