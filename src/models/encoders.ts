import { conv2d } from './conv2d';
import { embedding } from './embedding';
import { gru } from './gru';
import { idEmbeddings } from './id-embeddings';
import { mlp } from './mlp';
import type { Encoder } from './network';
import { sequential } from './sequential';
import { textConv } from './text-conv';
import { transformer } from './transformer';

/** Makes each of this package's encoders from one record of options, as in `encoder.options`. */
export const encoders: Readonly<Record<string, (options: Readonly<Record<string, unknown>>) => Encoder>> = {
  mlp: ({ sizes, ...rest }) => mlp(sizes as number[], rest),
  conv2d: ({ channels, ...rest }) => conv2d(channels as number[], rest),
  embedding: ({ size }) => embedding(size as number),
  idEmbeddings: ({ size, ...rest }) => idEmbeddings(size as number, rest),
  textConv: (options) => textConv(options),
  gru: ({ size, ...rest }) => gru(size as number, rest),
  transformer: ({ size, ...rest }) => transformer(size as number, rest),
  sequential: ({ encoders: parts }) => sequential(...(parts as Encoder[])),
};
