import { expect, test } from 'vitest';
import { cutTree, hierarchical, type Linkage, numberByFirst } from '../../src/grouping/hierarchical';
import { distances, points } from './points';

// scipy.cluster.hierarchy.linkage (1.17.1): rows of [left, right, height, size].
const scipy: Record<Linkage, number[][]> = {
  average: [
    [2, 3, 1.25, 2],
    [0, 1, 1.75, 2],
    [4, 5, 3.125, 2],
    [6, 7, 7.375, 3],
    [8, 10, 9.291666666666666, 5],
    [9, 11, 10.7375, 7],
  ],
  complete: [
    [2, 3, 1.25, 2],
    [0, 1, 1.75, 2],
    [4, 5, 3.125, 2],
    [6, 7, 8, 3],
    [8, 10, 10.75, 5],
    [9, 11, 17.75, 7],
  ],
  single: [
    [2, 3, 1.25, 2],
    [0, 1, 1.75, 2],
    [4, 5, 3.125, 2],
    [7, 9, 6.625, 4],
    [6, 10, 6.75, 5],
    [8, 11, 8, 7],
  ],
};

test.each(['average', 'complete', 'single'] as const)('hierarchical, %s linkage, gives the merges of SciPy', (linkage) => {
  const merges = hierarchical(distances, points, linkage);
  merges.forEach((m, i) => {
    const [left, right, height, size] = scipy[linkage][i]!;
    expect([m.left, m.right, m.size]).toEqual([left, right, size]);
    expect(m.height).toBeCloseTo(height!, 12);
  });
  expect(merges.length).toBe(points - 1);
});

test('cutTree gives the clusters of SciPy fcluster, and all apart or all together at the ends', () => {
  const merges = hierarchical(distances, points, 'average');
  expect([...cutTree(merges, points, 3)]).toEqual([0, 0, 1, 1, 2, 2, 1]);
  expect([...cutTree(merges, points, points)]).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect([...cutTree(merges, points, 1)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

test('numberByFirst', () => {
  expect([...numberByFirst([7, 3, 7, 9])]).toEqual([0, 1, 0, 2]);
});
