import { expect, test } from 'vitest';
import { graphRegularized } from '../../src/linear/graph-regularized';
import { meanRegularized } from '../../src/linear/mean-regularized';
import { expectProx, normals } from './helpers';

const chain = [
  [0, 1, 0],
  [1, 0, 2],
  [0, 2, 0],
];

test('graphRegularized: the sum over edges, and a prox', () => {
  const w = normals(1, 12);
  const gap = (a: number, b: number): number => [0, 1, 2, 3].reduce((sum, f) => sum + (w[a * 4 + f]! - w[b * 4 + f]!) ** 2, 0);
  expect(graphRegularized(chain).value(w, 3, 4)).toBeCloseTo(gap(0, 1) / 2 + gap(1, 2), 12);
  expectProx(graphRegularized(chain), 3, 4);
});

test('graphRegularized: the complete graph is the mean-regularized penalty', () => {
  const graph = Array.from({ length: 5 }, () => new Array<number>(5).fill(1 / 5));
  const [a, b] = [normals(2, 15), normals(2, 15)];
  expect(graphRegularized(graph).value(a, 5, 3)).toBeCloseTo(meanRegularized().value(b, 5, 3), 12);
  graphRegularized(graph).prox(a, 5, 3, 0.7);
  meanRegularized().prox(b, 5, 3, 0.7);
  a.forEach((v, i) => {
    expect(v).toBeCloseTo(b[i]!, 12);
  });
});

test('graphRegularized says what is wrong', () => {
  expect(() => graphRegularized([[0, 1]])).toThrow(TypeError);
  expect(() =>
    graphRegularized([
      [0, 1],
      [2, 0],
    ]),
  ).toThrow('must be symmetric and not negative; [0][1] is 1 and [1][0] 2');
  expect(() =>
    graphRegularized([
      [0, -1],
      [-1, 0],
    ]),
  ).toThrow(RangeError);
  expect(() => graphRegularized(chain).value(new Float64Array(8), 2, 4)).toThrow('the graph has 3 tasks, the data 2');
});
