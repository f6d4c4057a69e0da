import { expect, test } from 'vitest';
import { pcgrad } from '../../../src/balancing/aggregators/pcgrad';
import { base, expectClose, five, normalMatrix, opposed, parallel, scaled, three } from '../matrices';

test('published and independently derived values', () => {
  expectClose(pcgrad().combine(base), [0.5848, 3.8012, 3.8012]);
  expectClose(pcgrad().weights(base), [2.2222, 1.5789]);
  expectClose(pcgrad().combine(opposed), [0.2, 1.4], 1e-12);
  expectClose(pcgrad().combine(parallel), [9, 12.5], 1e-12);
  expectClose(pcgrad().combine(scaled), [2, 4.5], 1e-12);
  expectClose(pcgrad().weights(five), [4 / 3, 1, 4 / 3], 1e-12);
  expectClose(pcgrad().combine(five), [0, 3.6667, 3.6667, 1]);
});

test('the order of the tasks matters from three on', () => {
  expectClose(pcgrad({ order: 'index' }).combine(three), [0.4, 1.96, 3.72], 1e-12);
  expectClose(pcgrad({ order: 'reverse' }).combine(three), [0.8, 2, 3.6], 1e-12);
});

test('the mean is the sum over the number of tasks', () => {
  const mean = pcgrad({ order: 'index', reduction: 'mean' }).combine(three);
  expectClose(mean, [0.4 / 3, 1.96 / 3, 3.72 / 3], 1e-12);
});

test('random orders follow the seed, differ from step to step, and resume from a saved state', () => {
  const j = normalMatrix(5, 4, 3);
  const run = (seed: number): number[][] => {
    const session = pcgrad().start(5, { seed });
    return [session.combine(j), session.combine(j), session.combine(j), session.combine(j)];
  };
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
  expect(new Set(run(1).map(String)).size).toBeGreaterThan(1);
  const first = pcgrad().start(5, { seed: 1 });
  first.combine(j);
  first.combine(j);
  const resumed = pcgrad().start(5);
  resumed.restore(JSON.parse(JSON.stringify(first.state())));
  expect(resumed.combine(j)).toEqual(run(1)[2]);
});
