import { expect, test } from 'vitest';
import { excessmtl } from '../../src/balancing/excessmtl';
import { expectClose, reference } from './matrices';

test('published state machine', () => {
  const session = excessmtl({ eta: 1 }).start(2);
  expectClose(
    session.weights!([
      [2, 0],
      [1, 0],
    ]),
    [0.731059, 0.268941],
    1e-6,
  );
  expectClose(
    session.weights!([
      [1, 0],
      [2, 0],
    ]),
    [0.362335, 0.637665],
    1e-6,
  );
});

test('agrees with TorchJD over four steps', () => {
  const session = excessmtl({ eta: 0.3 }).start(3);
  const { jacobians, updates } = reference.sequences.excessmtl;
  jacobians.forEach((j, i) => {
    expectClose(session.combine(j), updates[i]!, 1e-5);
  });
});

test('the update is the combination with the weights', () => {
  const j = [
    [2, 0],
    [1, 3],
  ];
  const [a, b] = excessmtl({ eta: 1 }).weights!(j);
  expectClose(excessmtl({ eta: 1 }).combine(j), [2 * a! + b!, 3 * b!], 1e-12);
});

test('weights that saturate stay finite', () => {
  const session = excessmtl({ eta: 1 }).start(2);
  session.combine([
    [0, 0],
    [1, 1],
  ]);
  for (let i = 0; i < 5; i++)
    expect(
      session
        .combine([
          [1, 1],
          [1, -1],
        ])
        .every(Number.isFinite),
    ).toBe(true);
});
