import { expect, test } from 'vitest';
import { modo } from '../../../src/balancing/aggregators/modo';
import { gramianOf } from '../../../src/balancing/solvers/linear-algebra';
import { base, expectClose, normalMatrix, reference } from '../matrices';

test('agrees with TorchJD over four steps', () => {
  const session = modo({ gamma: 0.05, rho: 0.2 }).start(3);
  const { cross, weights } = reference.sequences.modo;
  cross.forEach((crossGramian, i) => {
    expectClose(session.weights(normalMatrix(3, 4, i), { crossGramian }), weights[i]!, 1e-12);
  });
});

test('one step by hand: (.5, .5) - .01 (G w + .1 w) projected on the simplex', () => {
  // G w = (-2, 8): w = (.5195, .4195), whose sum .939 the projection lifts by .0305 each.
  expectClose(modo({ gamma: 0.01, rho: 0.1 }).weights(base), [0.55, 0.45], 1e-12);
});

test('without independent batches the Gramian serves', () => {
  expect(modo().weights(base)).toEqual(modo().weights(base, { crossGramian: gramianOf(base) }));
  expect(modo().independentBatches).toBe(true);
});

test('a cross Gramian of another size is refused', () => {
  expect(() => modo().weights(base, { crossGramian: [[1]] })).toThrow(/must be 2 x 2/);
});
