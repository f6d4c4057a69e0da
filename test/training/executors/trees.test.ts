import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { leavesLike, leavesOf, mapLeaves, treeOf } from '../../../src/training/executors/trees';

const tree = { losses: 'a', held: { jacobian: ['b', 'c'], own: [] as string[] }, heads: undefined };

describe('trees', () => {
  it('have leaves in the order of their names, and take them back', () => {
    expect(leavesOf(tree)).toEqual(['a', 'b', 'c']);
    expect(treeOf(tree, [1, 2, 3])).toEqual({ losses: 1, held: { jacobian: [2, 3], own: [] }, heads: undefined });
    expect(mapLeaves(tree, (leaf: string) => leaf.toUpperCase())).toEqual({
      losses: 'A',
      held: { jacobian: ['B', 'C'], own: [] },
      heads: undefined,
    });
  });

  it('have tensors and numbers as leaves, one by itself too', () => {
    const t = tf.tensor1d([1, 2]);
    expect(leavesOf<tf.Tensor>({ t, values: Float32Array.of(1) })).toEqual([t, Float32Array.of(1)]);
    expect(leavesOf(t)).toEqual([t]);
    expect(treeOf('done', [7])).toBe(7);
    t.dispose();
  });

  it('are read by name, whatever their own order; what is more is not read', () => {
    expect(leavesLike(tree, { more: 'z', held: { own: [], jacobian: ['y', 'x'] }, losses: 'w' })).toEqual(['w', 'y', 'x']);
  });

  it('that lack a name or an entry are refused with its place', () => {
    expect(() => leavesLike(tree, { held: tree.held }, 'step')).toThrow('step.losses must be one value');
    expect(() => leavesLike(tree, { losses: 'a', held: { jacobian: ['b'], own: [] } }, 'step')).toThrow(
      'step.held.jacobian must be a list of 2, got 1',
    );
    expect(() => leavesLike(tree, { losses: 'a' }, 'step')).toThrow('step.held.jacobian must be a list of 2, got undefined');
  });
});
