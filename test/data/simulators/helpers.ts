import type { Simulation } from '../../../src/data/simulators';
import type { Labels } from '../../../src/tasks/task';

export const rowsOf = (s: Simulation<object>): number[][] =>
  s.table[s.inputs[0]!]!.map((_, r) => s.inputs.map((name) => s.table[name]![r]!));

export const labelsOf = (s: Simulation<object>): Record<string, readonly number[]> =>
  Object.fromEntries(Object.keys(s.tasks).map((name) => [name, s.table[name]!]));

export const asLabels = (s: Simulation<object>): Labels[] =>
  Object.entries(s.tasks).map(([name, spec]) => ({
    task: { name, kind: spec.kind, column: name, classes: [], outputs: 1 },
    values: Float64Array.from(s.table[name]!),
    length: 1,
  }));

export const cosine = (a: readonly number[], b: readonly number[]): number => {
  const dot = (u: readonly number[], v: readonly number[]): number => u.reduce((sum, x, i) => sum + x * v[i]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

export const correlation = (a: readonly number[], b: readonly number[]): number => {
  const mean = (v: readonly number[]): number => v.reduce((x, y) => x + y, 0) / v.length;
  const [ma, mb] = [mean(a), mean(b)];
  return cosine(
    a.map((x) => x - ma),
    b.map((x) => x - mb),
  );
};
