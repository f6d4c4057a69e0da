import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  alignedmtl,
  type Balancer,
  balancers,
  cagrad,
  chebyshev,
  config,
  cosmos,
  dbmtl,
  dualproj,
  dwa,
  equal,
  fairgrad,
  fixed,
  gls,
  gradvac,
  imtl,
  imtlg,
  imtll,
  mean,
  mgda,
  modo,
  nashmtl,
  pbi,
  pcgrad,
  scaleInvariant,
  sdmgrad,
  stch,
  sum,
  uncertainty,
  upgrad,
  type Weighting,
  weightings,
} from '../../src/balancing';
import type { Matrix } from '../../src/balancing/balancing';
import { gramianOf } from '../../src/balancing/solvers/linear-algebra';
import { dot, expectClose, norm, normalMatrix, rankedMatrix, scaleMatrix } from './matrices';

const sizes = [1, 2, 3, 6, 16, 40];
const every: Record<string, Balancer> = Object.fromEntries(Object.entries(balancers).map(([name, make]) => [name, make()]));

/** Matrices with all that has broken implementations: scales, zero rows, dependent and opposite rows. */
function zoo(tasks: number): [string, number[][]][] {
  const plain = normalMatrix(tasks, tasks + 4, tasks);
  const conflicting = plain.map((row, t) =>
    row.map((value, p) => value - plain.reduce((total, other) => total + other[p]!, 0) * (t % 2 ? 0.9 : 0.5)),
  );
  const zeroRows = plain.map((row, t) => (t % 3 === 0 ? row.map(() => 0) : row));
  const opposite = plain.map((row, t) => (t % 2 ? plain[t - 1]!.map((value) => -value) : row));
  const oneOpposed = plain.map((row, t) => (t === 0 ? plain[tasks - 1]!.map((value) => -3 * value) : row));
  const list: [string, number[][]][] = [
    ['plain', plain],
    ['conflicting', conflicting],
    ['zero rows', zeroRows],
    ['opposite rows', opposite],
    ['one pair of opposite rows', oneOpposed],
    ['rank 1', rankedMatrix(tasks, 5, 1, tasks)],
    ['rank 2', rankedMatrix(tasks, 5, 2, tasks)],
    ['equal rows', plain.map(() => plain[0]!)],
    ['more tasks than parameters', normalMatrix(tasks, 2, tasks + 7)],
    ['one parameter', normalMatrix(tasks, 1, tasks + 8)],
    ['rows of very different length', plain.map((row, t) => row.map((value) => value * 10 ** ((t % 5) * 3 - 6)))],
  ];
  return [0, 1e-10, 1e-5, 1, 1e5, 1e15].flatMap((scale) =>
    list.map(([name, matrix]): [string, number[][]] => [`${name} x ${scale}`, scaleMatrix(matrix, scale)]),
  );
}

describe('finite on the whole zoo, for three steps', () => {
  for (const [name, method] of Object.entries(every)) {
    test(name, () => {
      for (const tasks of sizes) {
        for (const [what, matrix] of zoo(tasks)) {
          const session = method.start(tasks, { seed: 1 });
          for (let step = 0; step < 3; step++) {
            const update = session.combine(matrix, { losses: matrix.map((_, t) => 0.5 + (t % 4)) });
            if (!update.every(Number.isFinite)) expect.fail(`${name}, ${tasks} tasks, ${what}: [${update.join(', ')}]`);
            expect(update.length).toBe(matrix[0]!.length);
          }
          expect(JSON.parse(JSON.stringify(session.state()))).toEqual(session.state());
        }
      }
    });
  }
});

test('nothing comes of nothing: zero gradients give a zero update', () => {
  for (const [name, method] of Object.entries(every)) {
    for (const tasks of sizes) {
      const update = method.combine(Array.from({ length: tasks }, () => [0, 0, 0]));
      if (update.some((value) => value !== 0)) expect.fail(`${name}: [${update.join(', ')}]`);
    }
  }
});

test('one task keeps its direction', () => {
  for (const [name, method] of Object.entries(every)) {
    const [x, y] = method.combine([[3, 4]], { losses: [1] });
    expect(x! / y!, name).toBeCloseTo(0.75, 10);
    expect(x!, name).toBeGreaterThan(0);
  }
});

describe('the order of the tasks does not matter', () => {
  const names =
    'sum mean mgda imtl imtlg cagrad nashmtl fairgrad alignedmtl dbmtl moco modo sdmgrad upgrad dualproj config crmogm excessmtl'.split(
      ' ',
    );
  for (const name of names) {
    test(name, () => {
      for (const tasks of [2, 3, 6, 16]) {
        const order = Array.from({ length: tasks }, (_, t) => (t * 7 + 3) % tasks);
        const permutation = new Set(order).size === tasks ? order : order.map((_, t) => tasks - 1 - t);
        for (const matrix of [
          normalMatrix(tasks, tasks + 3, 1),
          normalMatrix(tasks, tasks + 3, 2),
          rankedMatrix(tasks, 8, Math.max(1, tasks - 1), 3),
        ]) {
          const update = every[name]!.combine(matrix);
          const permuted = every[name]!.combine(permutation.map((t) => matrix[t]!));
          expectClose(permuted, update, 1e-6 * Math.max(norm(update), 1e-3));
        }
      }
    });
  }

  test('nor that of two tasks for the methods that visit them in order', () => {
    const matrix = normalMatrix(2, 5, 4);
    for (const method of [pcgrad(), gradvac()]) expectClose(method.combine([matrix[1]!, matrix[0]!]), method.combine(matrix), 1e-12);
  });
});

/** Random Jacobians with conflicts, from 1 to 6 tasks and 1 to 6 parameters. */
const jacobians: fc.Arbitrary<number[][]> = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
  .chain(([tasks, parameters]) =>
    fc.array(
      fc.array(
        fc.integer({ min: -8, max: 8 }).map((value) => value / 4),
        { minLength: parameters, maxLength: parameters },
      ),
      { minLength: tasks, maxLength: tasks },
    ),
  );

/** The worst product of the update with a unit gradient, relative to the longest gradient. */
function worstProduct(matrix: Matrix, update: readonly number[]): number {
  const longest = Math.max(...matrix.map(norm));
  if (longest === 0) return 0;
  return Math.min(...matrix.map((row) => (norm(row) === 0 ? 0 : dot(row, update) / norm(row) / longest)));
}

describe('conflicts with no task', () => {
  const methods: Record<string, [Balancer, number]> = {
    mgda: [mgda(), 1e-9],
    upgrad: [upgrad({ regEps: 0 }), 1e-8],
    dualproj: [dualproj({ regEps: 0 }), 1e-8],
    cagrad: [cagrad({ c: 1 }), 1e-5],
  };
  for (const [name, [method, tolerance]] of Object.entries(methods)) {
    test(name, () => {
      fc.assert(
        fc.property(jacobians, (matrix) => {
          const update = method.combine(matrix);
          const scale = Math.max(1, norm(update) / Math.max(...matrix.map(norm), 1e-300));
          return worstProduct(matrix, update) >= -tolerance * scale;
        }),
        { numRuns: 300, seed: 1 },
      );
    });
  }

  test('Nash-MTL and FairGrad, but for the ridge of 1e-10 on the cosines, which is all there is where gradients cancel', () => {
    fc.assert(
      fc.property(jacobians, fc.constantFrom(0.5, 1, 2), (matrix, alpha) => {
        const weights = fairgrad({ alpha }).weights(matrix);
        const update = fairgrad({ alpha }).combine(matrix);
        return matrix.every((row, t) => norm(row) === 0 || dot(row, update) / norm(row) >= -1.01e-10 * weights[t]! * norm(row) - 1e-8);
      }),
      { numRuns: 500, seed: 1 },
    );
  });

  test('but the sum and CAGrad with a small ball can', () => {
    const matrix = [
      [1, 0],
      [-2, 1],
    ];
    expect(worstProduct(matrix, sum().combine(matrix))).toBeLessThan(0);
    expect(worstProduct(matrix, cagrad({ c: 0.5 }).combine(matrix))).toBeLessThan(0);
  });
});

describe('linear under scaling of the tasks', () => {
  for (const [name, method] of Object.entries({ sum: sum(), mean: mean(), config: config(), upgrad: upgrad({ regEps: 0 }) })) {
    test(name, () => {
      for (let seed = 0; seed < 20; seed++) {
        const matrix = normalMatrix(4, 6, seed);
        const [first, second] = normalMatrix(2, 4, seed + 100).map((row) => row.map((value) => Math.abs(value) + 0.1));
        const times = (factors: readonly number[]): number[] =>
          method.combine(matrix.map((row, t) => row.map((value) => value * factors[t]!)));
        const [a, b] = [times(first!), times(second!)];
        expectClose(
          times(first!.map((value, t) => value + 2 * second![t]!)),
          a.map((value, p) => value + 2 * b[p]!),
          1e-8,
        );
      }
    });
  }

  test('MGDA and Aligned-MTL are not', () => {
    const matrix = normalMatrix(2, 3, 1);
    const doubled = [matrix[0]!.map((value) => 2 * value), matrix[1]!];
    for (const method of [mgda(), alignedmtl()]) {
      const difference = method.combine(doubled).map((value, p) => value - method.combine(matrix)[p]!);
      const first = [matrix[0]!, matrix[1]!.map(() => 0)];
      expect(norm(difference.map((value, p) => value - method.combine(first)[p]!))).toBeGreaterThan(1e-3);
    }
  });
});

test('homogeneous in all gradients together, to the power of the method', () => {
  const power: Record<string, [Balancer, number]> = {
    sum: [sum(), 1],
    mean: [mean(), 1],
    mgda: [mgda(), 1],
    pcgrad: [pcgrad({ order: 'index' }), 1],
    gradvac: [gradvac({ order: 'index' }), 1],
    imtl: [imtl(), 1],
    imtlg: [imtlg(), 1],
    cagrad: [cagrad(), 1],
    alignedmtl: [alignedmtl(), 1],
    dbmtl: [dbmtl(), 1],
    upgrad: [upgrad(), 1],
    dualproj: [dualproj(), 1],
    config: [config(), 1],
    sdmgrad: [sdmgrad(), 1],
    nashmtl: [nashmtl({ maxNorm: null }), 0],
    'fairgrad 2': [fairgrad({ alpha: 2 }), -1 / 3],
    'fairgrad 1/2': [fairgrad({ alpha: 0.5 }), 1 / 3],
  };
  for (const [name, [method, exponent]] of Object.entries(power)) {
    const matrix = normalMatrix(4, 7, 9);
    const update = method.combine(matrix);
    for (const factor of [1e-8, 1e-3, 1e3, 1e10]) {
      const expected = update.map((value) => value * factor ** exponent);
      const off = norm(method.combine(scaleMatrix(matrix, factor)).map((value, p) => value - expected[p]!));
      expect(off / norm(expected), `${name} x ${factor}`).toBeLessThan(1e-6);
    }
  }
});

test('Nash-MTL, and the directions of ConFIG and IMTL-G, do not depend on the scale of any task', () => {
  for (let seed = 0; seed < 10; seed++) {
    const matrix = normalMatrix(4, 6, seed);
    const rescaled = matrix.map((row, t) => row.map((value) => value * 10 ** (2 * t - 3)));
    const direction = (update: readonly number[]): number[] => update.map((value) => value / norm(update));
    expectClose(direction(config().combine(rescaled)), direction(config().combine(matrix)), 1e-8);
    // Weights that sum to 1 can turn IMTL-G's update around.
    const [before, after] = [direction(imtlg().combine(matrix)), direction(imtlg().combine(rescaled))];
    expect(Math.abs(dot(before, after))).toBeCloseTo(1, 8);
    expectClose(nashmtl().combine(rescaled), nashmtl().combine(matrix), 1e-8);
    for (const method of [mgda(), cagrad(), alignedmtl()]) {
      expect(norm(direction(method.combine(rescaled)).map((v, p) => v - direction(method.combine(matrix))[p]!))).toBeGreaterThan(1e-2);
    }
  }
});

test('nothing moves at a strongly stationary point', () => {
  for (let seed = 0; seed < 20; seed++) {
    const free = normalMatrix(3, 5, seed);
    // A positive combination of the rows vanishes: the last is minus the others' weighted sum.
    const matrix = [...free, free[0]!.map((_, p) => -0.5 * free[0]![p]! - free[1]![p]! - 2 * free[2]![p]!)];
    for (const method of [upgrad({ regEps: 0 }), dualproj({ regEps: 0 }), mgda()])
      expectClose(method.combine(matrix), [0, 0, 0, 0, 0], 1e-7);
    expectClose(nashmtl().combine(matrix), [0, 0, 0, 0, 0], 1e-3);
  }
});

describe('optimality conditions up to 40 tasks', () => {
  for (const tasks of [2, 3, 6, 16, 40]) {
    test(`${tasks} tasks`, () => {
      for (const [what, matrix] of zoo(tasks)) {
        const gramian = gramianOf(matrix);
        const trace = gramian.reduce((total, row, t) => total + row[t]!, 0);
        if (trace === 0) continue;
        // MGDA: on the simplex, and no gradient is less aligned with the update than its own length.
        const w = mgda().weights(matrix);
        expect(Math.min(...w)).toBeGreaterThanOrEqual(0);
        expect(w.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 10);
        const products = gramian.map((row) => dot(row, w));
        const square = dot(products, w);
        products.forEach((value, t) => {
          if (
            !(value >= square - 1e-9 * Math.sqrt(gramian[t]![t]! * Math.max(square, 1e-13 * gramian[t]![t]!)) - 1e-12 * gramian[t]![t]!)
          ) {
            expect.fail(`mgda, ${what}, task ${t}: ${value} < ${square}`);
          }
        });
        // DualProj and UPGrad: v >= u, (G + eps I) v >= 0, and one of the two holds with equality.
        const normalized = gramian.map((row, i) => row.map((value, j) => value / trace + (i === j ? 1e-4 : 0)));
        const dual = dualproj().weights(matrix);
        const slack = normalized.map((row) => dot(row, dual));
        dual.forEach((value, t) => {
          const lift = value - 1 / tasks;
          if (!(lift >= -1e-12 && slack[t]! >= -1e-10 && Math.abs(lift * slack[t]!) <= 1e-9)) {
            expect.fail(`dualproj, ${what}, task ${t}: lift ${lift}, slack ${slack[t]}`);
          }
        });
        let total = new Array<number>(tasks).fill(0);
        for (let k = 0; k < tasks && tasks <= 16; k++) {
          const preference = Array.from({ length: tasks }, (_, t) => (t === k ? 1 / tasks : 0));
          const v = dualproj({ preference }).weights(matrix);
          const s = normalized.map((row) => dot(row, v));
          v.forEach((value, t) => {
            const lift = value - preference[t]!;
            if (!(lift >= -1e-12 && s[t]! >= -1e-10 && Math.abs(lift * s[t]!) <= 1e-9)) {
              expect.fail(`upgrad, ${what}, projection ${k}, task ${t}: lift ${lift}, slack ${s[t]}`);
            }
          });
          total = total.map((value, t) => value + v[t]!);
        }
        if (tasks <= 16) expectClose(upgrad().weights(matrix), total, 1e-9);
      }
    });
  }
});

test('gradients that are not finite are refused, naming the task', () => {
  for (const [name, method] of Object.entries(every)) {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const matrix = [
        [1, 2],
        [3, bad],
      ];
      expect(() => method.combine(matrix), name).toThrow(
        new RegExp(`${name}\\(\\)\\.combine\\(J\\).*row 1 of the Jacobian, that of task 1, has ${bad} at 1`),
      );
    }
    expect(() => method.combine([[1, 2], [3]]), name).toThrow(TypeError);
    expect(() => method.combine([]), name).toThrow(TypeError);
    expect(() => method.combine([[1], [2]], { losses: [1, Number.NaN] }), name).toThrow(/loss of task 1/);
  }
});

describe('loss weightings', () => {
  const made: Record<string, Weighting> = {};
  for (const [name, make] of Object.entries(weightings)) {
    if (name === 'excessmtl') continue;
    made[name] = name === 'fixed' ? fixed({ weights: [1, 2, 0.5] }) : (make as () => Weighting)();
  }
  const gramian = [
    [4, -1, 0],
    [-1, 9, 1],
    [0, 1, 0],
  ];

  test('finite for losses of any scale, over steps', () => {
    for (const [name, method] of Object.entries(made)) {
      for (const scale of [0, 1e-10, 1e-3, 1, 1e5, 1e15]) {
        const session = method.start(3, { seed: 2 });
        for (let step = 0; step < 4; step++) {
          const losses = [scale, 2 * scale, 0.5 * scale];
          const weights = session.weights(losses, { gramian, epochLosses: [losses, losses] });
          if (!weights.every(Number.isFinite)) expect.fail(`${name} x ${scale}: [${weights.join(', ')}]`);
          expect(Number.isFinite(session.value(losses, { gramian })), `${name} x ${scale}`).toBe(true);
          session.after(losses.map((loss) => loss / 2));
        }
        expect(JSON.parse(JSON.stringify(session.state()))).toEqual(session.state());
      }
    }
  });

  test('weights are the gradient of the value', () => {
    const epochLosses = [
      [1, 1, 1],
      [2, 1, 3],
    ];
    const scalarizations = [
      equal(),
      equal({ reduction: 'mean' }),
      fixed({ weights: [1, 2, 0.5] }),
      scaleInvariant(),
      uncertainty({ initial: 0.3 }),
      dwa(),
      gls(),
      imtll(),
      stch({ mu: 0.4 }),
      stch({ variant: 'log', warmup: 0, mu: 0.7 }),
      stch({ variant: 'log' }),
      cosmos({ lambda: 3 }),
      pbi({ theta: 2, weights: [1, 2, 3] }),
      chebyshev(),
    ];
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.2, max: 4, noNaN: true }), { minLength: 3, maxLength: 3 }), (losses) => {
        // Away from the ties of the maximum.
        fc.pre(
          Math.abs(losses[0]! - losses[1]!) > 1e-3 && Math.abs(losses[0]! - losses[2]!) > 1e-3 && Math.abs(losses[1]! - losses[2]!) > 1e-3,
        );
        for (const method of scalarizations) {
          const weights = method.weights(losses, { epochLosses });
          losses.forEach((loss, t) => {
            const h = 1e-5;
            const at = (value: number): number =>
              method.value(
                losses.map((other, s) => (s === t ? value : other)),
                { epochLosses },
              );
            const slope = (at(loss + h) - at(loss - h)) / (2 * h);
            expect(Math.abs(weights[t]! - slope), `${method.info.name}: ${weights[t]} and ${slope}`).toBeLessThan(
              1e-6 * Math.max(1, Math.abs(slope)),
            );
          });
        }
      }),
      { numRuns: 50, seed: 3 },
    );
  });

  test('equivariant to the order of the tasks', () => {
    for (const [name, method] of Object.entries(made)) {
      if (name === 'rlw' || name === 'fixed') continue;
      const losses = [1.5, 0.4, 3];
      const order = [2, 0, 1];
      const permute = <T>(values: readonly T[]): T[] => order.map((t) => values[t]!);
      const epochLosses = [
        [1, 2, 3],
        [1.2, 1, 2.9],
      ];
      const session = method.start(3);
      const permuted = method.start(3);
      for (let step = 0; step < 3; step++) {
        const weights = session.weights(losses, { gramian, epochLosses });
        const others = permuted.weights(permute(losses), { gramian: permute(gramian).map(permute), epochLosses: epochLosses.map(permute) });
        expectClose(others, permute(weights), 1e-12);
        session.after([1, 0.4, 2]);
        permuted.after(permute([1, 0.4, 2]));
      }
    }
  });

  test('losses that are not finite are refused, naming the task', () => {
    for (const [name, method] of Object.entries(made)) {
      expect(() => method.weights([1, Number.NaN, 2], { gramian }), name).toThrow(/the loss of task 1 is NaN/);
      expect(() => method.weights([], { gramian }), name).toThrow(TypeError);
      expect(() => method.start(2).weights([1, 2, 3], { gramian }), name).toThrow(/expected 2 losses/);
    }
  });
});

test('two steps of MoDo from a saved state equal two steps in one session', () => {
  const matrices = [normalMatrix(3, 4, 1), normalMatrix(3, 4, 2)];
  for (const method of [modo(), sdmgrad()]) {
    const session = method.start(3);
    session.combine(matrices[0]!);
    const saved = JSON.parse(JSON.stringify(session.state()));
    expect(method.combine(matrices[1]!, { state: saved })).toEqual(session.combine(matrices[1]!));
  }
});
