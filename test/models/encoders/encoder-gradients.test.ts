import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { conv2d } from '../../../src/models/encoders/conv2d';
import { embedding } from '../../../src/models/encoders/embedding';
import { gru } from '../../../src/models/encoders/gru';
import { idEmbeddings } from '../../../src/models/encoders/id-embeddings';
import { mlp } from '../../../src/models/encoders/mlp';
import { sequential } from '../../../src/models/encoders/sequential';
import { textConv } from '../../../src/models/encoders/text-conv';
import { transformer } from '../../../src/models/encoders/transformer';
import { activationNames } from '../../../src/models/network/activation';
import type { Encoder, InputShape } from '../../../src/models/network/network';
import { encoders } from '../../../src/models/registry';
import { hardSharing } from '../../../src/models/sharing/hard-sharing';
import { binaryTask, buildOf, expectGradientsOfDifferences, problemOf, regressionTask, taggingTask } from '../support';

const numbers = { shape: [3] };
const image = { shape: [4, 5, 2] };
const words = { shape: [4], vocabulary: 7 };
/** Rows of `words`, some with padding at their end. */
const sentences = [3, 1, 6, 2, 5, 5, 0, 0, 2, 0, 0, 0, 6, 1, 4, 0, 1, 2, 3, 4, 4, 4, 0, 0];
/** Sequences of three vectors. */
const series = { shape: [3, 2] };

interface Case {
  readonly name: string;
  readonly encoder: Encoder;
  readonly input: InputShape;
}
const of = (name: string, encoder: Encoder, input: InputShape): Case => ({ name, encoder, input });
/** Of the values: both sides of the rectifiers are there, none of them near its kink. */
const SEED = 5;
const tanh = { activation: 'tanh' } as const;
const cases: readonly Case[] = [
  ...activationNames.map((activation) => of(`mlp ${activation}`, mlp([4, 3], { activation }), numbers)),
  of('mlp dropout', mlp([6, 4], { ...tanh, dropout: 0.3 }), numbers),
  of('conv2d', conv2d([2, 3], tanh), image),
  of('conv2d cells', conv2d([2], { ...tanh, kernel: 2, pool: false, output: 'cells', dropout: 0.3 }), image),
  of('conv2d residual norm', conv2d([3, 3], { ...tanh, residual: true, norm: 'layer' }), image),
  of('embedding', embedding(3), words),
  of('idEmbeddings', idEmbeddings(2), words),
  of('textConv', textConv({ embedding: 2, windows: [2, 3], filters: 2 }), words),
  of('textConv numbers', textConv({ windows: [2], filters: 2 }), series),
  of('textConv per token', textConv({ embedding: 2, windows: [2], filters: 2, perToken: true }), words),
  of('gru', gru(3, { embedding: 2 }), words),
  of('gru numbers', gru(3, { bidirectional: false }), series),
  of('gru per token', gru(2, { embedding: 2, perToken: true, dropout: 0.3 }), words),
  of('transformer', transformer(4, { blocks: 1, heads: 2, inner: 2 }), words),
  of('transformer per token', transformer(4, { blocks: 1, inner: 2, perToken: true, dropout: 0.3 }), words),
  of('sequential', sequential(embedding(3), mlp([3], tanh)), words),
];

test('every encoder is here', () => {
  expect([...new Set(cases.map(({ name }) => name.replace(/ .*/, '')))].sort()).toEqual(Object.keys(encoders).sort());
});

test.each(cases)("$name: each parameter's gradient is that of finite differences", ({ name, encoder, input }) => {
  tf.tidy(() => {
    const first = name.endsWith('per token') ? taggingTask('a', 4, 2) : binaryTask('a');
    const problem = problemOf(input, [first, regressionTask('b')]);
    const rows = input === words ? tf.tensor2d(sentences, [6, 4]) : undefined;
    expectGradientsOfDifferences(problem, buildOf(hardSharing(encoder), problem), SEED, (parameter) => parameter, rows);
  });
});
