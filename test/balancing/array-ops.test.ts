import { describe, expect, test } from 'vitest';
import { dbmtl, excessmtl, graddrop, type JacobianBalancer, moco } from '../../src/balancing';
import { type ArrayOps, type PlainArray, plainOps } from '../../src/balancing/array-ops';
import { normalMatrix } from './matrices';

const matrix: PlainArray = { rows: 2, columns: 3, values: [1, -2, 3, 4, 5, -6] };
const column: PlainArray = { rows: 2, columns: 1, values: [10, 100] };
const row: PlainArray = { rows: 1, columns: 3, values: [1, 2, 3] };
const { constant } = plainOps;

test('operations with broadcasting', () => {
  expect(plainOps.add(matrix, column).values).toEqual([11, 8, 13, 104, 105, 94]);
  expect(plainOps.sub(matrix, row).values).toEqual([0, -4, 0, 3, 3, -9]);
  expect(plainOps.mul(column, row)).toEqual({ rows: 2, columns: 3, values: [10, 20, 30, 100, 200, 300] });
  expect(plainOps.div(matrix, constant(2)).values).toEqual([0.5, -1, 1.5, 2, 2.5, -3]);
  expect(plainOps.greater(matrix, constant(1)).values).toEqual([0, 0, 1, 1, 1, 0]);
  expect(plainOps.abs(matrix).values).toEqual([1, 2, 3, 4, 5, 6]);
  expect(plainOps.square(row).values).toEqual([1, 4, 9]);
  expect(plainOps.sqrt({ rows: 1, columns: 2, values: [4, 9] }).values).toEqual([2, 3]);
  expect(plainOps.log(plainOps.exp(constant(3))).values[0]).toBeCloseTo(3, 15);
});

test('reductions', () => {
  expect(plainOps.sumParameters(matrix)).toEqual({ rows: 2, columns: 1, values: [2, 3] });
  expect(plainOps.sumTasks(matrix)).toEqual({ rows: 1, columns: 3, values: [5, 3, -3] });
  expect(plainOps.maxTasks(matrix)).toEqual({ rows: 1, columns: 3, values: [4, 5, 3] });
});

/** An array that tells nothing of itself but to its own operations, in float32. */
interface Sealed {
  readonly seal: PlainArray;
}
const seal = (a: PlainArray): Sealed => ({ seal: { ...a, values: a.values.map(Math.fround) } });
const sealedOps = Object.fromEntries(
  Object.entries(plainOps as unknown as Record<string, (...args: unknown[]) => PlainArray>).map(([name, operation]) => [
    name,
    (...args: unknown[]) => seal(operation(...args.map((arg) => (typeof arg === 'number' ? arg : (arg as Sealed).seal)))),
  ]),
) as unknown as ArrayOps<Sealed>;

describe('the rules run on any arrays: float32 gives the same as float64 over four steps', () => {
  const methods: JacobianBalancer[] = [dbmtl(), moco(), excessmtl({ eta: 0.5 }), graddrop({ leak: 0.2 })];
  for (const method of methods) {
    test(method.info.name, () => {
      const [tasks, parameters] = [3, 5];
      const size = (spec: { rows: string; columns: string }): [number, number] => [
        spec.rows === 'tasks' ? tasks : 1,
        spec.columns === 'parameters' ? parameters : 1,
      ];
      const start = Object.fromEntries(
        method.rule.state.map((spec) => {
          const [rows, columns] = size(spec);
          return [spec.name, { rows, columns, values: new Array<number>(rows * columns).fill(spec.fill) }];
        }),
      );
      let plain: Record<string, PlainArray> = start;
      let sealed = Object.fromEntries(Object.entries(start).map(([name, value]) => [name, seal(value)]));
      for (let step = 0; step < 4; step++) {
        const jacobian: PlainArray = { rows: tasks, columns: parameters, values: normalMatrix(tasks, parameters, step).flat() };
        const losses: PlainArray = { rows: tasks, columns: 1, values: [1, 0.5, 2] };
        const draws = Object.fromEntries(
          method.rule.draws.map((spec) => {
            const [rows, columns] = size(spec);
            return [spec.name, { rows, columns, values: Array.from({ length: rows * columns }, (_, i) => ((i * 7 + step) % 10) / 10) }];
          }),
        );
        const a = method.rule.apply(plainOps, jacobian, losses, plain, draws);
        const sealedDraws = Object.fromEntries(Object.entries(draws).map(([name, value]) => [name, seal(value)]));
        const b = method.rule.apply(sealedOps, seal(jacobian), seal(losses), sealed, sealedDraws);
        expect(a.update).toMatchObject({ rows: 1, columns: parameters });
        a.update.values.forEach((value, p) => {
          expect(b.update.seal.values[p]).toBeCloseTo(value, 4);
        });
        // The state keeps the declared names and shapes.
        expect(Object.keys(a.state).sort()).toEqual(method.rule.state.map((spec) => spec.name).sort());
        for (const spec of method.rule.state) expect([a.state[spec.name]!.rows, a.state[spec.name]!.columns]).toEqual(size(spec));
        plain = a.state;
        sealed = b.state;
      }
    });
  }
});
