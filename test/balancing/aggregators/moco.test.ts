import { expect, test } from 'vitest';
import { moco } from '../../../src/balancing/aggregators/moco';
import { expectClose } from '../matrices';

const j = [
  [3, 4],
  [0, 2],
];

/** The rule written out for two tasks and two parameters, from its statement. */
function byHand(steps: readonly { losses: readonly [number, number] }[], rho: number): number[] {
  let y = [
    [0, 0],
    [0, 0],
  ];
  let w = [0.5, 0.5];
  let update: number[] = [];
  steps.forEach(({ losses }, k) => {
    const unit = [
      [0.6, 0.8],
      [0, 1],
    ];
    const beta = 0.5 / Math.sqrt(k + 1);
    const gamma = 0.1 / Math.sqrt(k + 1);
    y = y.map((row, t) => row.map((value, p) => value - beta * (value - unit[t]![p]! * losses[t]!)));
    const g = [0, 1].map((a) => [0, 1].map((b) => y[a]![0]! * y[b]![0]! + y[a]![1]! * y[b]![1]! + (a === b ? rho : 0)));
    const logits = w.map((value, t) => value - gamma * (g[t]![0]! * w[0]! + g[t]![1]! * w[1]!));
    const powers = logits.map(Math.exp);
    w = powers.map((power) => power / (powers[0]! + powers[1]!));
    update = [0, 1].map((p) => w[0]! * y[0]![p]! + w[1]! * y[1]![p]!);
  });
  return update;
}

test('three steps by hand', () => {
  const steps = [{ losses: [2, 1] as const }, { losses: [1.5, 0.7] as const }, { losses: [1, 0.9] as const }];
  for (const rho of [0, 0.5]) {
    const session = moco({ rho }).start(2);
    steps.forEach((step, k) => {
      expectClose(session.combine(j, { losses: step.losses }), byHand(steps.slice(0, k + 1), rho), 1e-12);
    });
  }
});

test('state is saved and restored', () => {
  const session = moco().start(2);
  session.combine(j);
  const resumed = moco().start(2);
  resumed.restore(JSON.parse(JSON.stringify(session.state())));
  expect(resumed.combine(j)).toEqual(session.combine(j));
});

test('a state of another shape is refused', () => {
  const session = moco().start(2);
  session.combine(j);
  expect(() => session.combine([[1], [2]])).toThrow(/start anew when tasks or parameters change/);
});
