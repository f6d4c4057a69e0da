import { describe, expect, it } from 'vitest';
import { MemberProgress } from '../../../src/training/stack/members';
import { Stopping } from '../../../src/training/stack/stopping';

const tasks = [{ name: 'a' }, { name: 'b' }];
const made = (validation: Int32Array = Int32Array.of(1), patience?: number): MemberProgress =>
  new MemberProgress({ label: '"hard" (seed 3)', validation }, tasks, new Stopping(patience, undefined));

describe('a model while it trains', () => {
  it('keeps the loss of the epoch before of a task that no step had a label of', () => {
    const model = made();
    for (const [epoch, seen] of [
      [undefined, 2],
      [1, undefined],
      [undefined, 3],
    ].entries())
      model.endEpoch(epoch, seen, undefined);
    expect(model.trainLosses).toEqual([
      [Number.NaN, 2],
      [1, 2],
      [1, 3],
    ]);
    expect(model.training).toBe(true);
  });

  it('fails at a loss that is not finite, and takes no further step', () => {
    const model = made();
    expect(model.endEpoch(4, [1, Number.POSITIVE_INFINITY], [1, 1])).toBeUndefined();
    expect(model.failure).toBe(
      'Training "hard" (seed 3) diverged in epoch 5: the loss of task "b" (Infinity) is not finite; lower learningRate, set clipNorm, or look for extreme values in the inputs and labels',
    );
    expect([model.training, model.stopped, model.validationLosses.length]).toEqual([false, true, 0]);
  });

  it('names a validation loss that is not finite, but no task without a label', () => {
    const model = made();
    model.endEpoch(0, [1, 1], [Number.NaN, Number.POSITIVE_INFINITY]);
    expect(model.failure).toMatch(/epoch 1: the validation loss of task "b" \(Infinity\) is not finite/);
    expect(model.validationLosses).toEqual([[Number.NaN, Number.POSITIVE_INFINITY]]);
  });

  it('what failed before stays the failure', () => {
    const model = made();
    model.diverged(0, 'first');
    model.endEpoch(1, [Number.NaN, 1], undefined);
    expect(model.failure).toMatch(/epoch 1: first/);
  });

  it('stops by its validation losses; without validation rows of its own none are recorded', () => {
    const model = made(new Int32Array(0), 1);
    expect(model.endEpoch(0, [1, 1], [1, 1])).toMatchObject({ improved: true, stops: false });
    expect(model.endEpoch(1, [1, 1], [2, 2])).toMatchObject({ improved: false, stops: true });
    expect([model.stopped, model.validationLosses]).toEqual([true, []]);
    const result = model.result({ validates: true, interrupted: true }, { weights: [], gradients: [] });
    // It had stopped by itself.
    expect(result).toMatchObject({ bestEpoch: 1, epochs: 2, interrupted: false });
    expect(made().result({ validates: false, interrupted: true }, { weights: [], gradients: [] }).interrupted).toBe(true);
  });
});
