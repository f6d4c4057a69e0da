import { expect, test } from 'vitest';
import { excessmtl } from '../../../src/balancing/aggregators/excessmtl';
import { expectClose, reference } from '../matrices';

test('published state machine, whose first step updates', () => {
  const session = excessmtl({ eta: 1, firstStep: 'update' }).start(2);
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
  const session = excessmtl({ eta: 0.3, firstStep: 'update' }).start(3);
  const { jacobians, updates } = reference.sequences.excessmtl;
  jacobians.forEach((j, i) => {
    expectClose(session.combine(j), updates[i]!, 1e-5);
  });
});

test('the first step only stores its divisor, whatever the number of parameters', () => {
  const session = excessmtl({ eta: 1 }).start(2);
  const wide = [new Array<number>(2000).fill(1), new Array<number>(2000).fill(0.1)];
  expectClose(session.weights!(wide), [0.5, 0.5], 1e-12);
  // Equal gradients again: e is 1 / sqrt(2) of the first value for both tasks.
  expectClose(session.weights!(wide), [0.5, 0.5], 1e-12);
  // The first task's doubles: e is 4 / sqrt(6) and 1 / sqrt(3) of the first values.
  const gap = 4 / Math.sqrt(6) - 1 / Math.sqrt(3);
  const larger = 1 / (1 + Math.exp(-gap));
  expectClose(session.weights!([wide[0]!.map((g) => 2 * g), wide[1]!]), [larger, 1 - larger], 1e-9);
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
