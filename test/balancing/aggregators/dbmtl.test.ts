import { expect, test } from 'vitest';
import { dbmtl } from '../../../src/balancing/aggregators/dbmtl';
import { base, expectClose, norm, scaleMatrix } from '../matrices';

test('first step without running mean, rows as gradients of log losses', () => {
  expectClose(dbmtl({ beta: 0 }).combine(base), [0.1881, 2.453, 2.453]);
});

test('losses divide their gradients, which the stretching takes back but for the longest', () => {
  const losses = [2, 0.5];
  const logGradients = base.map((row, t) => row.map((value) => value / losses[t]!));
  expectClose(dbmtl({ beta: 0 }).combine(base, { losses }), dbmtl({ beta: 0 }).combine(logGradients), 1e-6);
});

test('the running mean starts at 0 and keeps beta of itself', () => {
  const session = dbmtl({ beta: 0.9 }).start(2);
  expectClose(session.combine(base), scaleMatrix([dbmtl({ beta: 0 }).combine(base)], 0.1)[0]!, 1e-8);
  // After two equal steps the mean is 0.1 * 0.9 + 0.1 = 0.19 of the gradients.
  expectClose(session.combine(base), scaleMatrix([dbmtl({ beta: 0 }).combine(base)], 0.19)[0]!, 1e-8);
  const resumed = dbmtl({ beta: 0.9 }).start(2);
  resumed.restore(JSON.parse(JSON.stringify(session.state())));
  expect(resumed.combine(base)).toEqual(session.combine(base));
});

test('sigma lets beta decay with the step', () => {
  const session = dbmtl({ beta: 0.9, sigma: 1 }).start(2);
  session.combine(base);
  // Second step: beta 0.45, mean = 0.45 * 0.1 + 0.55.
  expectClose(session.combine(base), scaleMatrix([dbmtl({ beta: 0 }).combine(base)], 0.595)[0]!, 1e-8);
});

test('orthogonal gradients are stretched to the longest', () => {
  const update = dbmtl({ beta: 0 }).combine([
    [3, 0],
    [0, 0.001],
  ]);
  expectClose(update, [3, 3], 1e-6);
  expect(norm(update)).toBeGreaterThan(4);
});
