import { expect, test } from 'vitest';
import { linearCka, representationAffinity, rsa } from '../../src/grouping/representation';

const x = [
  [1, 2],
  [3, 1],
  [0, 4],
  [2, 2],
  [5, 3],
];
const three = [
  [1, 2, 0],
  [3, 1, 1],
  [0, 4, 2],
  [2, 2, 5],
  [5, 3, 1],
];
const y = [
  [1, 0, 2],
  [2, 1, 1],
  [0, 3, 1],
  [1, 1, 0],
  [4, 1, 2],
];

test('linearCka: the kernel form in NumPy gives the same value', () => {
  expect(linearCka(x, y)).toBeCloseTo(0.8229973021076151, 14);
});

test('linearCka: 1 under rotation, scale and shift; not under any linear map', () => {
  const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
  expect(
    linearCka(
      x,
      x.map(([a, b]) => [3 * (c * a! - s * b!) + 5, 3 * (s * a! + c * b!) - 1]),
    ),
  ).toBeCloseTo(1, 12);
  expect(
    linearCka(
      x,
      x.map(([a, b]) => [a!, 10 * b!]),
    ),
  ).toBeLessThan(0.95);
  expect(
    linearCka(
      x,
      x.map(() => [1, 1]),
    ),
  ).toBeNaN();
});

test('rsa: as SciPy on 1 - corrcoef', () => {
  expect(rsa(three, y)).toBeCloseTo(0.5046368843962634, 12);
  expect(
    rsa(
      three,
      three.map((row) => row.map((v) => 2 * v + 1)),
    ),
  ).toBeCloseTo(1, 12);
});

test('representationAffinity', () => {
  const a = representationAffinity({ u: x, v: y, w: x }, 'cka');
  expect(a.tasks).toEqual(['u', 'v', 'w']);
  expect(a.values[0]![1]).toBe(linearCka(x, y));
  expect(a.values[0]![2]).toBeCloseTo(1, 12);
  expect(() => representationAffinity({ u: x, v: y.slice(1) }, 'rsa')).toThrow('got 4 and 5');
  expect(() => representationAffinity({ u: x, v: y }, 'cca' as never)).toThrow(RangeError);
});
