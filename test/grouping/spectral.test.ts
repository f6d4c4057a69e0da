import { expect, test } from 'vitest';
import { spectral } from '../../src/grouping/spectral';

test('spectral: disconnected blocks are the components, whatever their size and order', () => {
  const block = [0, 1, 0, 2, 1, 0, 0, 3];
  const s = Float64Array.from(block.flatMap((a, i) => block.map((b, j) => (i === j ? 1 : a === b ? 0.3 + 0.05 * ((i + j) % 3) : 0))));
  expect([...spectral(s, 8)(4)]).toEqual([0, 1, 0, 2, 1, 0, 0, 3]);
});

test('spectral: the second eigenvector cuts a chain in the middle, as its closed form says', () => {
  // Eigenvectors of a path are cosines; the second changes sign once, in the middle.
  const n = 8;
  const s = Float64Array.from({ length: n * n }, (_, at) => {
    const gap = Math.abs(Math.floor(at / n) - (at % n));
    return gap === 0 ? 1 : gap === 1 ? 0.5 : 0;
  });
  expect([...spectral(s, n)(2)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
});
