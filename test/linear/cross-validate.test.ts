import { expect, test } from 'vitest';
import { type CrossValidation, type CrossValidationOptions, crossValidating, type LinearModel } from '../../src/linear/cross-validate';
import { type LinearTask, sharedInputs } from '../../src/linear/linear-task';
import { drained, type Steps } from '../../src/steps';

const options = { loss: 'squared', weighting: 'rows', folds: 4, seed: 1 } as const;

function crossValidate(
  tasks: readonly LinearTask[],
  lambdas: readonly number[],
  solve: (tasks: readonly LinearTask[]) => LinearModel[],
  given: CrossValidationOptions,
): CrossValidation {
  const pathOf = (part: readonly LinearTask[]) => {
    const models = solve(part).values();
    // biome-ignore lint/correctness/useYield: all at once
    return function* (): Steps<LinearModel> {
      return models.next().value!;
    };
  };
  return drained(crossValidating(tasks, lambdas, pathOf, given));
}

/** A solver that predicts each candidate constant, and records what it was given. */
function constants(seen: LinearTask[][]): (tasks: readonly LinearTask[]) => { weights: number[][]; intercepts: number[] }[] {
  return (tasks) => {
    seen.push([...tasks]);
    return [0, 1].map((constant) => ({ weights: tasks.map(() => [0]), intercepts: tasks.map(() => constant) }));
  };
}

test('crossValidate: every row is held out once, and the errors are those of the held-out rows', () => {
  const inputs = Array.from({ length: 10 }, (_, i) => [i]);
  const task = { name: 'a', inputs, labels: inputs.map((x) => (x[0]! < 7 ? 1 : 3)) };
  const seen: LinearTask[][] = [];
  const cv = crossValidate([task], [2, 1], constants(seen), options);
  expect(cv).toMatchObject({ folds: 4, lambdas: [2, 1], best: 1 });
  const held = seen.flatMap(([t]) => inputs.filter((x) => !t!.inputs.includes(x)).map((x) => x[0]));
  expect(held.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const errors = [0, 1].map((constant) =>
    seen.map(([t]) => {
      const out = inputs.filter((x) => !t!.inputs.includes(x));
      return out.reduce((sum, x) => sum + (task.labels[x[0]!]! - constant) ** 2, 0) / out.length;
    }),
  );
  errors.forEach((e, l) => {
    const mean = e.reduce((a, b) => a + b, 0) / 4;
    expect(cv.mean[l]).toBeCloseTo(mean, 12);
    expect(cv.standardError[l]).toBeCloseTo(Math.sqrt(e.reduce((a, v) => a + (v - mean) ** 2, 0) / 3 / 4), 12);
  });
});

test('crossValidate: a row that tasks share is held out in all of them at once', () => {
  const inputs = Array.from({ length: 12 }, (_, i) => [i]);
  const labels = inputs.map((x) => x[0]!);
  const holes = labels.map((v) => (v % 3 === 0 ? Number.NaN : v));
  const seen: LinearTask[][] = [];
  crossValidate(sharedInputs(inputs, { a: labels, b: holes }), [2, 1], constants(seen), options);
  for (const [a, b] of seen) {
    const trained = new Set(Array.from(a!.rows!));
    expect(Array.from(b!.rows!).every((r) => trained.has(r))).toBe(true);
    expect(b!.rows!.length).toBe(Array.from(a!.rows!).filter((r) => r % 3 !== 0).length);
  }
});

test('crossValidate: weighting by tasks, log loss, and a task of one row that always trains', () => {
  const big = { name: 'big', inputs: Array.from({ length: 8 }, () => [0]), labels: new Array(8).fill(0) };
  const small = { name: 'small', inputs: [[0], [0]], labels: [1, 1] };
  const single = { name: 'single', inputs: [[0]], labels: [1] };
  const seen: LinearTask[][] = [];
  const cv = crossValidate([big, small, single], [2, 1], constants(seen), { loss: 'squared', weighting: 'tasks', folds: 2, seed: 0 });
  // Constant 0: errors 0 and 1, each task half; the single row is never judged.
  expect(cv.mean).toEqual([0.5, 0.5]);
  for (const tasks of seen) expect(tasks[2]!.inputs.length).toBe(1);
  const logistic = crossValidate([big], [2, 1], constants([]), { loss: 'logistic', weighting: 'rows', folds: 2, seed: 0 });
  expect(logistic.mean[0]).toBeCloseTo(Math.log(2), 12);
  expect(logistic.mean[1]).toBeCloseTo(Math.log(1 + Math.E), 12);
  expect(() => crossValidate([big], [1], constants([]), { ...options, folds: 1 })).toThrow(RangeError);
});

test('crossValidate: validation rows stand in the place of folds; rows without a label and tasks without rows are not judged', () => {
  const inputs = [[0], [1], [2]];
  const tasks = ['a', 'b'].map((name) => ({ name, inputs, labels: [0, 0, 1] }));
  const validation = [
    { name: 'a', inputs, labels: [1, Number.NaN, 3] },
    { name: 'b', inputs, labels: [Number.NaN, Number.NaN, Number.NaN] },
  ];
  const seen: LinearTask[][] = [];
  const cv = crossValidate(tasks, [2, 1], constants(seen), { ...options, validation });
  expect(seen).toEqual([tasks]);
  expect(cv).toMatchObject({ folds: 1, mean: [(1 + 9) / 2, (0 + 4) / 2], best: 1 });
  expect(cv.standardError.every(Number.isNaN)).toBe(true);
  expect(() => crossValidate(tasks, [1], constants([]), { ...options, validation: [validation[1]!, validation[0]!] })).toThrow(
    /tasks a, b in this order, got b, a/,
  );
  const empty = tasks.map((task) => ({ ...task, labels: [Number.NaN, Number.NaN, Number.NaN] }));
  expect(() => crossValidate(tasks, [1], constants([]), { ...options, validation: empty })).toThrow(/no validation row has a label/);
});
