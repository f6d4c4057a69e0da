import { expect, test } from 'vitest';
import { mean } from '../../../src/balancing/aggregators/mean';
import { mgda } from '../../../src/balancing/aggregators/mgda';
import { sdmgrad } from '../../../src/balancing/aggregators/sdmgrad';
import { base, expectClose, normalMatrix, reference } from '../matrices';

const any = normalMatrix(3, 4, 0);
const diagonal = (a: number, b: number, c: number): number[][] => [
  [a, 0, 0],
  [0, b, 0],
  [0, 0, c],
];

test('published state machine', () => {
  const options = { iterations: 1, learningRate: 10, lambda: 0.3 };
  const session = sdmgrad(options).start(3);
  expectClose(session.weights(any, { crossGramian: diagonal(1, 0.25, 0) }), [1 / 13, 1 / 13, 11 / 13], 1e-12);
  expectClose(session.weights(any, { crossGramian: diagonal(1, 1, 1) }), [6 / 13, 6 / 13, 1 / 13], 1e-12);
  const preferring = sdmgrad({ ...options, preference: [0, 0, 1] });
  expectClose(preferring.weights(any, { crossGramian: diagonal(1, 0.25, 0) }), [0, 0, 1], 1e-12);
});

test('agrees with TorchJD over four steps', () => {
  const session = sdmgrad().start(3);
  const { cross, weights } = reference.sequences.sdmgrad;
  cross.forEach((crossGramian, i) => {
    expectClose(session.weights(any, { crossGramian }), weights[i]!, 1e-6);
  });
});

test('a strong pull is the mean, none the shortest combination', () => {
  expectClose(sdmgrad({ lambda: 1e9 }).combine(base), mean().combine(base), 1e-7);
  const shortest = sdmgrad({ lambda: 0, iterations: 2000, learningRate: 0.1 });
  expectClose(shortest.combine(base), mgda().combine(base), 1e-6);
  expect(shortest.independentBatches).toBe(true);
});
