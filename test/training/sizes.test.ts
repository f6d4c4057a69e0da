import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { frameOf } from '../../src/data/frame';
import { encoder } from '../../src/models/encoder';
import { gru } from '../../src/models/encoders/gru';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { mmoe } from '../../src/models/sharing/mmoe';
import { compare } from '../../src/study/compare';
import { fit as train } from '../../src/training/fit';
import { tinyData } from '../study/support/tiny-study';

const data = tinyData();

describe('sizes that cannot be are refused before they are tried', () => {
  it.each([
    ['one layer', mlp([1_000_000_000])],
    ['a product of two', mlp([1_000_000, 1_000_000])],
  ])('a network of %s', async (_, trunk) => {
    const message = /a network of [\d,]+ parameters with batches of \d+ rows needs about [\d,]+ GiB to train, and there are [\d,]+ GiB/;
    await expect(train(data, hardSharing(trunk), { epochs: 1 })).rejects.toThrow(message);
    await expect(compare(data, { methods: { wide: hardSharing(trunk) }, seeds: 1, epochs: 1 })).rejects.toThrow(message);
  });

  it('seeds and experts without number', async () => {
    const methods = { hard: hardSharing(mlp([3])) };
    await expect(compare(data, { methods, seeds: 1e9 })).rejects.toThrow(
      /seeds must be an integer of at least 1 and at most 100000, got 1000000000/,
    );
    expect(() => mmoe({ expert: mlp([3]), experts: 1e9 })).toThrow(RangeError);
    expect(() => gru(1e9)).not.toThrow();
  });
});

describe('an encoder that throws', () => {
  it.each(['init', 'initial', 'apply'])('in %s leaves no tensor behind', async (where) => {
    const raise = (here: string): void => {
      if (where === here) throw new Error(`my ${here}`);
    };
    const own = encoder('own', {
      init({ shape }) {
        raise('init');
        const initial = (): Float32Array => {
          raise('initial');
          return new Float32Array(3);
        };
        return { parameters: { w: { shape, initial } }, outputShape: shape };
      },
      apply(_, x) {
        raise('apply');
        return x;
      },
    });
    for (const mode of ['auto', 'eager'] as const) {
      const before = tf.memory().numTensors;
      await expect(train(data, hardSharing(own), { epochs: 1, mode })).rejects.toThrow(`my ${where}`);
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});

it('a frame of no rows has its columns', () => {
  const frame = frameOf({ method: [], task: [] });
  expect(frame.columns).toEqual(['method', 'task']);
  expect(frame.shape).toEqual([0, 2]);
});
