import { expect, test } from 'vitest';
import { gradnorm, gradnormObjective } from '../../../src/balancing/weightings/gradnorm';
import { expectClose } from '../matrices';

test('objective and gradient worked by hand', () => {
  const { value, gradient } = gradnormObjective({ weights: [1, 1], norms: [2, 4], lossRatios: [0.5, 1], alpha: 1.5 });
  expect(value).toBeCloseTo(0.98581, 5);
  expect(gradient).toEqual([2, -4]);
});

test('weights start at 1, sum to T and move by the learning rate, then normalized', () => {
  const gramian = [
    [4, 0],
    [0, 16],
  ];
  const session = gradnorm({ learningRate: 0.025 }).start(2);
  expect(session.weights([1, 1], { gramian })).toEqual([1, 1]);
  // Equal ratios: targets 3 and 3, signs (-, +): Adam moves by its learning rate to (1.025, 0.975).
  const second = session.weights([1, 1], { gramian });
  expectClose(second, [1.025, 0.975], 1e-7);
  for (let i = 0; i < 200; i++) session.weights([1, 1], { gramian });
  // Equal weighted norms: w = (4/3, 2/3).
  expectClose(session.weights([1, 1], { gramian }), [4 / 3, 2 / 3], 0.03);
});

test('a task that trains more slowly comes to weigh more', () => {
  const gramian = [
    [1, 0],
    [0, 1],
  ];
  const session = gradnorm().start(2);
  session.weights([1, 1], { gramian });
  for (let i = 0; i < 20; i++) session.weights([0.9, 0.2], { gramian });
  const [slow, fast] = session.weights([0.9, 0.2], { gramian });
  expect(slow).toBeGreaterThan(fast!);
  expect(slow! + fast!).toBeCloseTo(2, 12);
});

test('looks at gradients', () => {
  expect(() => gradnorm().weights([1, 2])).toThrow(/give \{ jacobian \} or \{ gramian \}/);
  expect(
    gradnorm().weights([1, 2], {
      jacobian: [
        [1, 0],
        [0, 1],
      ],
    }),
  ).toEqual([1, 1]);
});
