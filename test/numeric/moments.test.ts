import { describe, expect, it } from 'vitest';
import { moments } from '../../src/numeric/moments';

describe('moments', () => {
  it('are exact where cancellation would spoil a one-pass formula', () => {
    // numpy.std([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]) = 4.743416490252569
    const { mean, sd, known } = moments([1e9 + 4, 1e9 + 7, Number.NaN, 1e9 + 13, 1e9 + 16], [0, 1, 2, 3, 4]);
    expect([mean, known]).toEqual([1e9 + 10, 4]);
    expect(sd).toBeCloseTo(4.743416490252569, 12);
  });

  it('have a deviation of exactly 0 for equal values whose sum rounds', () => {
    expect(moments([0.1, 0.1, 0.1, 0.1, 0.1, 0.1], [0, 1, 2, 3, 4, 5])).toEqual({ mean: 0.1, sd: 0, known: 6 });
    expect(moments([1, Number.NaN], [1])).toEqual({ mean: 0, sd: 0, known: 0 });
  });
});
