import { expect, test } from 'vitest';
import { mgda } from '../../src/balancing/aggregators/mgda';
import { sdmgrad } from '../../src/balancing/aggregators/sdmgrad';
import { defineGramianBalancer } from '../../src/balancing/define-balancer';
import { weightingThenAggregator } from '../../src/balancing/weighting-then-aggregator';
import { famo } from '../../src/balancing/weightings/famo';
import { fixed } from '../../src/balancing/weightings/fixed';
import { expectClose, normalMatrix } from './matrices';

const paper = { authors: 'nobody', year: 2026, title: 'A composition for the test' };
const composed = (...parts: Parameters<typeof weightingThenAggregator>) =>
  defineGramianBalancer({ name: 'composed', title: 'Composed', paper, options: {}, create: () => weightingThenAggregator(...parts) })();

const weights = [0.5, 2, 3];
const scaled = (jacobian: readonly (readonly number[])[]): number[][] => jacobian.map((row, t) => row.map((value) => weights[t]! * value));

test('the aggregator reads losses and gradients as they are weighted', () => {
  const [jacobian, losses] = [normalMatrix(3, 5, 1), [1, 4, 0.3]];
  // Divides gradients by losses.
  const method = mgda({ norm: 'loss' });
  expectClose(
    composed(fixed({ weights }), method).combine(jacobian, { losses }),
    method.combine(scaled(jacobian), { losses: losses.map((loss, t) => weights[t]! * loss) }),
    1e-10,
  );
});

test('products over independent batches are weighted on both sides', () => {
  const jacobian = normalMatrix(3, 5, 1);
  const [left, right] = [normalMatrix(3, 5, 2), normalMatrix(3, 5, 3)];
  const cross = (a: number[][], b: number[][]): number[][] => a.map((x) => b.map((y) => x.reduce((sum, v, i) => sum + v * y[i]!, 0)));
  const found = composed(fixed({ weights }), sdmgrad()).combine(jacobian, { crossGramian: cross(left, right) });
  expectClose(found, sdmgrad().combine(scaled(jacobian), { crossGramian: cross(scaled(left), scaled(right)) }), 1e-10);
});

test('a weighting that learns from the losses after the step is told them', () => {
  const method = composed(famo(), mgda());
  const input = {
    losses: [1, 2],
    gramian: [
      [1, 0],
      [0, 1],
    ],
    epoch: 0,
    step: 0,
    epochLosses: [],
  };
  const { state } = method.step(input, method.init(2, 0));
  const learned = method.after!({ ...input, nextLosses: [0.5, 2] }, state);
  const alone = famo().after!({ ...input, nextLosses: [0.5, 2] }, famo().step(input, famo().init(2, 0)).state);
  expect(learned).toEqual({ ...state, weighting: alone });
  expect(composed(fixed({ weights: [1, 1] }), mgda()).after).toBeUndefined();
});
