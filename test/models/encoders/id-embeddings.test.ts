import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { idEmbeddings } from '../../../src/models/encoders/id-embeddings';
import { expectClose, list, runEncoder } from '../support';

test('the vectors side by side, then the sum of the products of all pairs', () => {
  tf.tidy(() => {
    const input = { shape: [3], vocabulary: 7 };
    const ids = [0, 4, 6, 2, 2, 1];
    const { out, values } = runEncoder(idEmbeddings(2), input, tf.tensor(ids, [1, 2, 3]));
    const table = list(values['e/table']!);
    const expected = [0, 1].flatMap((row) => {
      const v = [0, 1, 2].map((f) => table.slice(2 * ids[3 * row + f]!, 2 * ids[3 * row + f]! + 2));
      const pairs = [0, 1].map((i) => v[0]![i]! * v[1]![i]! + v[0]![i]! * v[2]![i]! + v[1]![i]! * v[2]![i]!);
      return [...v.flat(), ...pairs];
    });
    expectClose(list(out), expected);
    expect(runEncoder(idEmbeddings(2, { interactions: false }), input, tf.tensor(ids, [1, 2, 3])).out.shape).toEqual([1, 2, 6]);
  });
});

test('refuses what are no ids', () => {
  expect(() => idEmbeddings(2).build({ shape: [3] }, 'e')).toThrow(/idEmbeddings: inputs must be ids/);
  // @ts-expect-error no such option
  expect(() => idEmbeddings(2, { interaction: true })).toThrow(/unknown option 'interaction'; did you mean 'interactions'/);
});
