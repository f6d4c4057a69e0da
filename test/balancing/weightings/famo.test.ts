import { expect, test } from 'vitest';
import { famo } from '../../../src/balancing/weightings/famo';
import { expectClose, reference } from '../matrices';

test('published first call', () => {
  expect(famo().value([1, 2])).toBeCloseTo(0.462098, 6);
  expectClose(famo().weights([1, 2]), [2 / 3, 1 / 3], 1e-7);
});

test('agrees with TorchJD over three steps', () => {
  const session = famo().start(3);
  const { losses, weights } = reference.sequences.famo;
  weights.forEach((expected, i) => {
    expectClose(session.weights(losses[i]!), expected, 1e-7);
    session.after(losses[i + 1]!);
  });
});

test('state is saved and restored', () => {
  const session = famo().start(2);
  session.weights([1, 2]);
  session.after([0.5, 2]);
  const resumed = famo().start(2);
  resumed.restore(JSON.parse(JSON.stringify(session.state())));
  expect(resumed.weights([1, 2])).toEqual(session.weights([1, 2]));
  // The first task fell, so it weighs less now.
  expect(session.weights([1, 2])[0]).toBeLessThan(2 / 3);
});

test('lower bounds shift the losses', () => {
  expectClose(famo({ minLosses: [-1, 1] }).weights([0, 3]), [2 / 3, 1 / 3], 1e-7);
  expect(() => famo().weights([1, -2])).toThrow(
    /the loss of task 1 is -2, below its lower bound 0; give lower bounds with option 'minLosses'/,
  );
});

test('learns only after a step', () => {
  expect(() => famo().start(2).after([1, 2])).toThrow(/must follow weights/);
  const method = famo();
  const input = { losses: [1, 2], epoch: 0, step: 0, epochLosses: [] };
  expect(() => method.after!(input, method.init(2, 0))).toThrow(/nextLosses is missing/);
});
