import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { InputShape } from '../../../src/models/network/network';
import { encoders } from '../../../src/models/registry';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { binaryTask, buildOf, expectGradientsOfDifferences, problemOf, regressionTask, taggingTask } from '../support';
import { type EncoderExample, encoderExamples } from './every-encoder';

const shapes: Readonly<Record<EncoderExample['input'], InputShape>> = {
  numbers: { shape: [3] },
  image: { shape: [4, 5, 2] },
  words: { shape: [4], vocabulary: 7 },
  series: { shape: [3, 2] },
};
/** Rows of `words`, some with padding at their end. */
const sentences = [3, 1, 6, 2, 5, 5, 0, 0, 2, 0, 0, 0, 6, 1, 4, 0, 1, 2, 3, 4, 4, 4, 0, 0];
/** Of the values: both sides of the rectifiers are there, none of them near its kink. */
const SEED = 5;

test('every encoder is here', () => {
  expect([...new Set(encoderExamples.map(({ encoder }) => encoder.name))].sort()).toEqual(Object.keys(encoders).sort());
});

test.each(encoderExamples)("$name: each parameter's gradient is that of finite differences", ({ encoder, input, tags }) => {
  tf.tidy(() => {
    const first = tags ? taggingTask('a', 4, 2) : binaryTask('a');
    const problem = problemOf(shapes[input], [first, regressionTask('b')]);
    const rows = input === 'words' ? tf.tensor2d(sentences, [6, 4]) : undefined;
    expectGradientsOfDifferences(problem, buildOf(hardSharing(encoder), problem), SEED, (parameter) => parameter, rows);
  });
});
