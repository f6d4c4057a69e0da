import { expect, it } from 'vitest';
import { sobolDimensions, sobolPoint } from '../../src/study/sobol';

// scipy 1.x: scipy.stats.qmc.Sobol(10, scramble=False).random(16)[1:9]
const scipy = [
  [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
  [0.75, 0.25, 0.25, 0.25, 0.75, 0.75, 0.25, 0.75, 0.75, 0.75],
  [0.25, 0.75, 0.75, 0.75, 0.25, 0.25, 0.75, 0.25, 0.25, 0.25],
  [0.375, 0.375, 0.625, 0.875, 0.375, 0.125, 0.375, 0.875, 0.875, 0.625],
  [0.875, 0.875, 0.125, 0.375, 0.875, 0.625, 0.875, 0.375, 0.375, 0.125],
  [0.625, 0.125, 0.875, 0.625, 0.625, 0.875, 0.125, 0.125, 0.125, 0.375],
  [0.125, 0.625, 0.375, 0.125, 0.125, 0.375, 0.625, 0.625, 0.625, 0.875],
  [0.1875, 0.3125, 0.9375, 0.4375, 0.5625, 0.3125, 0.4375, 0.9375, 0.9375, 0.3125],
];

it('gives the points of SciPy', () => {
  expect(scipy.map((_, i) => sobolPoint(i + 1, sobolDimensions))).toEqual(scipy);
  expect(sobolPoint(0, 3)).toEqual([0, 0, 0]);
});

it('puts one of 2^k points into each of 2^k equal slices, in every dimension', () => {
  for (let d = 0; d < sobolDimensions; d++) {
    const slices = Array.from({ length: 64 }, (_, i) => Math.floor(sobolPoint(i, sobolDimensions)[d]! * 64));
    expect(new Set(slices).size).toBe(64);
  }
});
