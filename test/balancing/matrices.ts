import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Matrix } from '../../src/balancing/balancing';
import { random } from '../../src/random/random';

/** The Jacobian of the published value tests, with Gramian [[18, -22], [-22, 38]]. */
export const base: Matrix = [
  [-4, 1, 1],
  [6, 1, 1],
];
export const three: Matrix = [
  [1, 0, 0],
  [-1, 2, 0],
  [0, -1, 3],
];
export const opposed: Matrix = [
  [1, 0],
  [-2, 1],
];
export const parallel: Matrix = [
  [3, 4],
  [6, 8.5],
];
export const five: Matrix = [
  [1, 2, 0, -1],
  [0, 1, 1, 1],
  [-1, 0, 2, 1],
];
export const scaled: Matrix = [
  [10, 0],
  [-1, 0.5],
];

/** Expects every number to lie within a tolerance. */
export function expectClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-4): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs(actual[i]! - expected[i]!);
    if (!(off <= tolerance)) expect.fail(`[${actual.join(', ')}] is not within ${tolerance} of [${expected.join(', ')}]`);
  }
}

/** A random Jacobian with standard normal entries. */
export function normalMatrix(tasks: number, parameters: number, seed: number): number[][] {
  const stream = random(seed, 'test matrix');
  return Array.from({ length: tasks }, () => Array.from({ length: parameters }, () => stream.normal()));
}

/** A random Jacobian of a given rank. */
export function rankedMatrix(tasks: number, parameters: number, rank: number, seed: number): number[][] {
  const left = normalMatrix(tasks, rank, seed);
  const right = normalMatrix(rank, parameters, seed + 1000);
  return left.map((row) => Array.from({ length: parameters }, (_, p) => row.reduce((sum, value, k) => sum + value * right[k]![p]!, 0)));
}

export function scaleMatrix(matrix: Matrix, factor: number): number[][] {
  return matrix.map((row) => row.map((value) => value * factor));
}

export function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

export function norm(a: readonly number[]): number {
  return Math.sqrt(dot(a, a));
}

interface Reference {
  readonly cases: Readonly<Record<string, { jacobian: number[][]; scipy: Record<string, number[]>; torchjd: Record<string, number[]> }>>;
  readonly sequences: {
    readonly gradvac: { jacobians: number[][][]; updates: number[][] };
    readonly excessmtl: { jacobians: number[][][]; updates: number[][] };
    readonly modo: { cross: number[][][]; weights: number[][] };
    readonly sdmgrad: { cross: number[][][]; weights: number[][] };
    readonly famo: { losses: number[][]; weights: number[][] };
    readonly uncertainty: { losses: number[][]; weights: number[][] };
    readonly imtll: { losses: number[][]; weights: number[][] };
  };
  readonly scalarizers: {
    readonly losses: number[];
    readonly weights: number[];
    readonly reference: number[];
    readonly results: Readonly<Record<string, { value: number; weights: number[] }>>;
  };
}

/** Results of independent implementations; `reference/make_reference.py` made them. */
export const reference: Reference = JSON.parse(readFileSync(join(__dirname, 'reference', 'reference.json'), 'utf8'));

/** Compares a method with the stored results of another implementation, relative to the size of the result. */
export function expectReference(entry: string, combine: (jacobian: Matrix) => number[], tolerance = 1e-6): void {
  let compared = 0;
  for (const [name, { jacobian, scipy, torchjd }] of Object.entries(reference.cases)) {
    const expected = scipy[entry] ?? torchjd[entry];
    if (expected === undefined) continue;
    compared++;
    const actual = combine(jacobian);
    const off = norm(actual.map((value, i) => value - expected[i]!));
    if (!(off <= tolerance * Math.max(norm(expected), 1e-3))) {
      expect.fail(`${entry}, ${name}: [${actual.join(', ')}], not [${expected.join(', ')}]`);
    }
  }
  expect(compared).toBeGreaterThan(2);
}
