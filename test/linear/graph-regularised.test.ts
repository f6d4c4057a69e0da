import { expect, test } from 'vitest';
import { graphRegularised } from '../../src/linear/graph-regularised';
import { meanRegularised } from '../../src/linear/mean-regularised';
import { expectProx, normals } from './helpers';

const chain = [
  [0, 1, 0],
  [1, 0, 2],
  [0, 2, 0],
];

test('graphRegularised: the sum over edges, and a prox', () => {
  const w = normals(1, 12);
  const gap = (a: number, b: number): number => [0, 1, 2, 3].reduce((sum, f) => sum + (w[a * 4 + f]! - w[b * 4 + f]!) ** 2, 0);
  expect(graphRegularised(chain).value(w, 3, 4)).toBeCloseTo(gap(0, 1) / 2 + gap(1, 2), 12);
  expectProx(graphRegularised(chain), 3, 4);
});

test('graphRegularised: the complete graph is the mean-regularised penalty', () => {
  const graph = Array.from({ length: 5 }, () => new Array<number>(5).fill(1 / 5));
  const [a, b] = [normals(2, 15), normals(2, 15)];
  expect(graphRegularised(graph).value(a, 5, 3)).toBeCloseTo(meanRegularised().value(b, 5, 3), 12);
  graphRegularised(graph).prox(a, 5, 3, 0.7);
  meanRegularised().prox(b, 5, 3, 0.7);
  a.forEach((v, i) => {
    expect(v).toBeCloseTo(b[i]!, 12);
  });
});

test('graphRegularised says what is wrong', () => {
  expect(() => graphRegularised([[0, 1]])).toThrow(TypeError);
  expect(() =>
    graphRegularised([
      [0, 1],
      [2, 0],
    ]),
  ).toThrow('must be symmetric and not negative; [0][1] is 1 and [1][0] 2');
  expect(() =>
    graphRegularised([
      [0, -1],
      [-1, 0],
    ]),
  ).toThrow(RangeError);
  expect(() => graphRegularised(chain).value(new Float64Array(8), 2, 4)).toThrow('the graph has 3 tasks, the data 2');
});
