import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { embedding } from '../../../src/models/encoders/embedding';
import { gru } from '../../../src/models/encoders/gru';
import { mlp } from '../../../src/models/encoders/mlp';
import { sequential } from '../../../src/models/encoders/sequential';
import { expectClose, runEncoder } from '../support';

test('what follows reads what came before, and knows its padding', () => {
  tf.tidy(() => {
    const words = { shape: [3], vocabulary: 9 };
    const x = tf.tensor([4, 8, 0], [1, 1, 3]);
    const apart = runEncoder(gru(3, { embedding: 2 }), words, x);
    const renamed = Object.fromEntries(
      Object.entries(apart.values).map(([name, v]) => [name.replace('e/embedding/', 'e/0/').replace('e/forward', 'e/1/forward'), v]),
    );
    expectClose(runEncoder(sequential(embedding(2), gru(3)), words, x, () => renamed).out, apart.out);
  });
});

test('can be scaled where all its parts can; refuses what is no encoder', () => {
  const both = sequential(mlp([4]), mlp([8, 2]));
  expect(
    both.scaled!(2)
      .build({ shape: [3] }, 'e')
      .map(({ outputShape }) => outputShape),
  ).toEqual([[8], [16], [4]]);
  expect(() => sequential()).toThrow(TypeError);
  // @ts-expect-error no encoder
  expect(() => sequential(mlp([4]), [8])).toThrow(/argument 2 must be an encoder/);
});
