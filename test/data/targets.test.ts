import { describe, expect, it } from 'vitest';
import { fitTargets } from '../../src/data/targets';
import { taskData } from '../../src/data/task-data';
import { binary, multiclass, regression, tagging } from '../../src/tasks';
import { kindOf } from '../../src/tasks/registry';
import type { FittedTarget, Task } from '../../src/tasks/task';

const constantsOf = (task: Task, target: FittedTarget): number[] => kindOf(task).constants(task, target);

const data = taskData(
  {
    x: [1, 2, 3, 4, 5, 6],
    price: [1, null, 3, 5, 100, 7],
    flat: [2, 2, 2, 2, 9, 9],
    sick: [0, 0, 1, 0, null, 1],
    kind: ['a', 'a', 'b', 'a', 'c', 'c'],
  },
  {
    tasks: {
      price: regression(),
      flat: regression(),
      sick: binary({ classWeights: 'balanced' }),
      kind: multiclass({ classWeights: 'balanced' }),
      plain: binary({ column: 'sick' }),
      given: multiclass({ column: 'kind', classWeights: { b: 4 } }),
    },
  },
);

describe('fitTargets', () => {
  const targets = fitTargets(data, [0, 1, 2, 3]);

  it('takes mean and population deviation of the known training labels; 1 where they are all equal', () => {
    expect(targets[0]).toMatchObject({ name: 'price', count: 3, mean: 3, classCounts: [] });
    // numpy.std([1, 3, 5]) = 1.632993161855452
    expect(targets[0]!.sd).toBeCloseTo(1.632993161855452, 14);
    expect(targets[1]).toMatchObject({ mean: 2, sd: 1 });
  });

  it('balances class weights as scikit-learn does, over the classes that the training rows have', () => {
    // sklearn.utils.class_weight.compute_class_weight('balanced', classes=[0, 1], y=[0, 0, 1, 0]) = [2/3, 2]
    expect(targets[2]!.classWeights).toEqual([4 / 6, 2]);
    expect(targets[3]!.classCounts).toEqual([3, 1, 0]);
    expect(targets[3]!.classWeights).toEqual([4 / 6, 2, 1]);
    expect(targets[4]).not.toHaveProperty('classWeights');
    expect(targets[5]!.classWeights).toEqual([1, 4, 1]);
  });

  it('counts tags over positions', () => {
    const tagged = taskData({ x: [1, 2, 3], t: ['a a b', 'a', 'c c c'] }, { tasks: { t: tagging({ classWeights: 'balanced' }) } });
    const [tags] = fitTargets(tagged, [0, 1]);
    expect(tags).toMatchObject({ count: 4, classCounts: [3, 1, 0], classWeights: [4 / 6, 2, 1] });
  });

  it('gives the constant prediction of the lowest loss: shares of the classes, weighted where they have weights, or the mean', () => {
    const of = (name: string): number[] =>
      constantsOf(data.tasks.find((task) => task.name === name)!, targets.find((own) => own.name === name)!);
    expect(of('price')).toEqual([0]);
    // One of four is sick; balanced, the classes weigh alike.
    expect(of('plain')[0]).toBeCloseTo(Math.log(1 / 3), 12);
    expect(of('sick')[0]).toBeCloseTo(0, 12);
    // 3 of a at weight 1, 1 of b at weight 4, and half a label of mean weight 7 / 4 of c, which no row has.
    const odds = of('given').map(Math.exp);
    for (const [c, mass] of [3, 4, 7 / 8].entries()) expect(odds[c]).toBeCloseTo(mass / 7, 12);
  });

  it('gives a class that weighs nothing half a label, and repeats the tags at every position', () => {
    const small = taskData(
      { x: [1, 2, 3, 4], a: [0, 0, 0, 1], t: ['a a b', 'a', 'b a a', 'a'] },
      { tasks: { a: binary({ classWeights: { 0: 0, 1: 2 } }), none: binary({ column: 'a', classWeights: { 0: 0, 1: 0 } }), t: tagging() } },
    );
    const fitted = fitTargets(small, [0, 1, 2, 3]);
    const [a, none, tags] = small.tasks.map((task, t) => constantsOf(task, fitted[t]!));
    // 2 against half of the mean weight, 2 / 4.
    expect(a![0]).toBeCloseTo(Math.log(8), 12);
    expect(none).toEqual([0]);
    // Six a and two b.
    for (const [i, odds] of tags!.map(Math.exp).entries()) expect(odds).toBeCloseTo(i % 2 === 0 ? 0.75 : 0.25, 12);
    expect(tags).toHaveLength(6);
  });

  it('refuses training rows without a label of a task', () => {
    const late = taskData({ x: [1, 2, 3], a: [0, 1, 1], b: [null, 0, 1] }, { tasks: { a: binary(), b: binary() } });
    expect(() => fitTargets(late, [0])).toThrow('Cannot fit task "b": none of the 1 training rows has a label in column "b"');
  });
});
