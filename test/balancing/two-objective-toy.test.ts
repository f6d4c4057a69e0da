import { describe, expect, test } from 'vitest';
import { alignedmtl } from '../../src/balancing/aggregators/alignedmtl';
import { cagrad } from '../../src/balancing/aggregators/cagrad';
import { config } from '../../src/balancing/aggregators/config';
import { graddrop } from '../../src/balancing/aggregators/graddrop';
import { imtlg } from '../../src/balancing/aggregators/imtlg';
import { mgda } from '../../src/balancing/aggregators/mgda';
import { nashmtl } from '../../src/balancing/aggregators/nashmtl';
import { pcgrad } from '../../src/balancing/aggregators/pcgrad';
import { sum } from '../../src/balancing/aggregators/sum';
import { upgrad } from '../../src/balancing/aggregators/upgrad';
import type { Balancer, Weighting } from '../../src/balancing/balancing';
import { type Point, twoObjectives } from '../../src/balancing/two-objective-toy';
import { famo } from '../../src/balancing/weightings/famo';
import { rlw } from '../../src/balancing/weightings/rlw';
import { expectClose } from './matrices';

const whole = twoObjectives({ scale: 1 });

test('losses and gradients at points of the published figures', () => {
  const points: [Point, number[], (number[] | undefined)?][] = [
    [
      [-8.5, 7.5],
      [6.552363, 7.900798],
      [-0.285399, 0.007249, -0.073992, 0.008739],
    ],
    [
      [9, 9],
      [7.943949, 6.691495],
      [0.071411, 0.001961, 0.249938, 0.001652],
    ],
    [
      [-7.5, -0.5],
      [0.388808, -4.754484],
    ],
    [
      [9, -1],
      [-8.831059, 2.814293],
    ],
    [
      [3, 2],
      [5.632177, 4.59648],
      [0.094351, 1.539575, -0.367575, 1.215405],
    ],
    [
      [0, -8.3552],
      [-15.091638, -15.091638],
    ],
    [
      [0, 0],
      [0, 0],
      [0, 10.856381, 0, 10.856381],
    ],
  ];
  for (const [x, losses, gradients] of points) {
    expectClose(whole.losses(x), losses, 1e-6);
    if (gradients !== undefined) expectClose(whole.gradients(x).flat(), gradients, 1e-6);
  }
});

test('gradients are the derivatives of the losses, and the scale is that of the first loss', () => {
  const tenth = twoObjectives();
  for (const x of [
    [3, 2],
    [-7.5, -0.5],
    [9, -1],
    [-4, 1],
  ] as const) {
    for (let p = 0; p < 2; p++) {
      const h = 1e-6;
      const shifted = (sign: number): Point => (p === 0 ? [x[0] + sign * h, x[1]] : [x[0], x[1] + sign * h]);
      for (let t = 0; t < 2; t++) {
        const slope = (tenth.losses(shifted(1))[t]! - tenth.losses(shifted(-1))[t]!) / (2 * h);
        expect(tenth.gradients(x)[t]![p]!).toBeCloseTo(slope, 5);
      }
    }
    expectClose(tenth.losses(x), [whole.losses(x)[0] / 10, whole.losses(x)[1]], 1e-12);
  }
});

test('a bad scale', () => expect(() => twoObjectives({ scale: 0 })).toThrow(RangeError));

/**
 * Where 50,000 steps of Adam end from the five starts (x1, or undefined where the Pareto set is not reached), at scale 0.1.
 * UPGrad is listed without regularization; with it the scale of the losses makes it follow the sum. ConFIG's third start crawls along
 * the valley's floor, where a change of 1e-9 of the start moves the step of arrival between 47,000 and 60,000: it is tried below.
 */
const toy = twoObjectives();
const table: Record<string, [Balancer | Weighting, (number | undefined)[]]> = {
  sum: [sum(), [-5.727, -5.727, undefined, -5.727, -5.727]],
  mgda: [mgda(), [-1.978, 6.096, 6.979, -4.26, 6.995]],
  pcgrad: [pcgrad(), [-4.905, -3.349, undefined, -3.817, 5.032]],
  upgrad: [upgrad({ regEps: 0 }), [-4.71, -3.349, undefined, -3.817, 5.034]],
  cagrad: [cagrad({ c: 0.4 }), [-5.727, -5.727, undefined, -5.727, -5.727]],
  alignedmtl: [alignedmtl(), [-5.727, -5.727, undefined, -5.727, -5.727]],
  imtlg: [imtlg(), [-2.195, 0, 2.434, -3.392, 5.3]],
  nashmtl: [nashmtl(), [-2.933, 0, 2.936, -3.299, 4.903]],
  famo: [famo({ weightDecay: 0, minLosses: toy.minLosses }), [-0.308, 0.084, 0.361, -0.951, 1.749]],
};

describe('where 50,000 steps end', () => {
  for (const [name, [method, ends]] of Object.entries(table)) {
    test(name, () => {
      ends.forEach((x1, k) => {
        const { end, reachedAt } = toy.descend(method, toy.starts[k]!);
        expect(reachedAt !== undefined, `start ${k}`).toBe(x1 !== undefined);
        if (x1 !== undefined) {
          expect(Math.abs(end[0] - x1), `start ${k}: ${end[0]}, not ${x1}`).toBeLessThan(0.05);
          expect(end[1]).toBeGreaterThan(-8.45);
          expect(end[1]).toBeLessThan(-8.35);
        }
      });
    });
  }

  test('config', () => {
    const ends = [-1.944, 0, undefined, -3.696, 5.015];
    ends.forEach((x1, k) => {
      const { end, reachedAt } = toy.descend(config(), toy.starts[k]!, { steps: x1 === undefined ? 65_000 : 50_000 });
      expect(reachedAt).toBeDefined();
      if (x1 !== undefined) expect(Math.abs(end[0] - x1), `start ${k}: ${end[0]}`).toBeLessThan(0.05);
    });
  });

  test('weight decay decides on FAMO', () => {
    for (const weightDecay of [1e-5, 1e-3]) {
      const method = famo({ weightDecay, minLosses: toy.minLosses });
      expect([2, 3].map((k) => toy.descend(method, toy.starts[k]!).reachedAt !== undefined)).toEqual([false, true]);
    }
  });

  test('random methods get stuck from the third start as the sum does', () => {
    for (const method of [rlw(), graddrop()]) {
      expect([2, 3].map((k) => toy.descend(method, toy.starts[k]!, { seed: 1 }).reachedAt !== undefined)).toEqual([false, true]);
    }
  });
});

test('at scale 1 CAGrad finds the minimum of the mean from all three starts, the mean from one', () => {
  const starts: Point[] = [
    [-8.5, 7.5],
    [-8.5, -5],
    [9, 9],
  ];
  for (const start of starts) expect(whole.descend(cagrad({ c: 0.5 }), start, { steps: 100_000 }).end[0]).toBeCloseTo(0, 1);
  expect(starts.map((start) => whole.descend(sum(), start, { steps: 100_000 }).reachedAt !== undefined)).toEqual([false, true, false]);
});

test('paths keep every so many points', () => {
  const { path, end } = toy.descend(sum(), [0, 0], { steps: 250, every: 100 });
  expect(path.length).toBe(4);
  expect(path[0]).toEqual([0, 0]);
  expect(path[3]).toEqual(end);
});
