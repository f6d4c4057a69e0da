export { type Conv2dOptions, conv2d } from './conv2d';
export { embedding } from './embedding';
export { type GruOptions, gru } from './gru';
export { type IdEmbeddingsOptions, idEmbeddings } from './id-embeddings';
export { type MlpOptions, mlp } from './mlp';
export { sequential } from './sequential';
export { type TextConvOptions, textConv } from './text-conv';
export { type TransformerOptions, transformer } from './transformer';
