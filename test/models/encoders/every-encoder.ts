import { conv2d } from '../../../src/models/encoders/conv2d';
import { embedding } from '../../../src/models/encoders/embedding';
import { gru } from '../../../src/models/encoders/gru';
import { idEmbeddings } from '../../../src/models/encoders/id-embeddings';
import { mlp } from '../../../src/models/encoders/mlp';
import { sequential } from '../../../src/models/encoders/sequential';
import { textConv } from '../../../src/models/encoders/text-conv';
import { transformer } from '../../../src/models/encoders/transformer';
import { activationNames } from '../../../src/models/network/activation';
import type { Encoder } from '../../../src/models/network/network';

/** An encoder, small, with what it reads. */
export interface EncoderExample {
  /** The registered name, and what is special. */
  readonly name: string;
  readonly encoder: Encoder;
  /** `[features]`, `[height, width, channels]`, `[length]` ids with padding, `[length, features]`. */
  readonly input: 'numbers' | 'image' | 'words' | 'series';
  /** Whether tagging tasks read it. @default false */
  readonly tags?: boolean;
}

const tanh = { activation: 'tanh' } as const;

/**
 * Every encoder, and those of its options that compute something else: a new one needs its entry. Gradients (`encoder-gradients.test.ts`),
 * start (`test/training/start.test.ts`) and the code that repeats a study (`test/study/method-text.test.ts`) are tested on each.
 */
export const encoderExamples: readonly EncoderExample[] = [
  ...activationNames.map((activation) => ({ name: `mlp ${activation}`, encoder: mlp([4, 3], { activation }), input: 'numbers' as const })),
  { name: 'mlp dropout', encoder: mlp([6, 4], { ...tanh, dropout: 0.3 }), input: 'numbers' },
  { name: 'conv2d', encoder: conv2d([2, 3], tanh), input: 'image' },
  {
    name: 'conv2d cells',
    encoder: conv2d([2], { ...tanh, kernel: 2, pool: false, output: 'cells', dropout: 0.3 }),
    input: 'image',
  },
  { name: 'conv2d residual norm', encoder: conv2d([3, 3], { ...tanh, residual: true, norm: 'layer' }), input: 'image' },
  { name: 'embedding', encoder: embedding(3), input: 'words', tags: true },
  { name: 'idEmbeddings', encoder: idEmbeddings(2), input: 'words' },
  { name: 'idEmbeddings alone', encoder: idEmbeddings(2, { interactions: false }), input: 'words' },
  { name: 'textConv', encoder: textConv({ embedding: 2, windows: [2, 3], filters: 2 }), input: 'words' },
  { name: 'textConv numbers', encoder: textConv({ windows: [2], filters: 2 }), input: 'series' },
  { name: 'textConv per token', encoder: textConv({ embedding: 2, windows: [2], filters: 2, perToken: true }), input: 'words', tags: true },
  { name: 'gru', encoder: gru(3, { embedding: 2 }), input: 'words' },
  { name: 'gru numbers', encoder: gru(3, { bidirectional: false }), input: 'series' },
  { name: 'gru per token', encoder: gru(2, { embedding: 2, perToken: true, dropout: 0.3 }), input: 'words', tags: true },
  { name: 'transformer', encoder: transformer(4, { blocks: 1, heads: 2, inner: 2 }), input: 'words' },
  {
    name: 'transformer per token',
    encoder: transformer(4, { blocks: 1, inner: 2, perToken: true, dropout: 0.3 }),
    input: 'words',
    tags: true,
  },
  { name: 'sequential', encoder: sequential(embedding(3), mlp([3], tanh)), input: 'words' },
];
