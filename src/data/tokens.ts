import { createHash } from 'node:crypto';
import { type CallSpecs, COUNT, numberOption, optional, optionalOption, readCall } from '../options/spec';
import type { InputTensor } from './data-types';

/** Options of {@link tokenTensor}. */
export interface TokenOptions {
  /** Positions a row: longer sequences are cut, shorter ones padded with id 0. @default the longest sequence */
  readonly length?: number;
  /**
   * Tokens that are there less often have the id 1 of unknown tokens. With 1 no row of the vocabulary has an unknown token, so that a model
   * learns nothing of what to do with one; 2 teaches it by the tokens that are there once, as new texts bring new words.
   * @default 2, or 1 where no token is there twice
   */
  readonly leastCount?: number;
  /** Rows whose tokens make the vocabulary. @default all rows */
  readonly vocabularyRows?: readonly number[];
  /** An earlier tensor whose vocabulary and length are taken, so that a model trained on it can read new rows. Stands alone. */
  readonly like?: TokenTensor;
}

/** Input ids with the tokens that they stand for. */
export interface TokenTensor extends InputTensor {
  readonly vocabulary: number;
  /** Token of each id; `''` for padding (0) and for unknown tokens (1). */
  readonly tokens: readonly string[];
}

/**
 * Token ids as an input: 0 pads, 1 is any token outside the vocabulary, 2 and up are tokens, the most frequent first. Tokens that are there
 * once are outside, unless `leastCount` is 1: they train the unknown one.
 * @returns values of shape `[rows, length]`
 * @throws RangeError when `length` or `leastCount` is no integer of at least 1; TypeError for another option beside `like`
 * @example
 * const inputs = tokenTensor([['the', 'cat'], ['the', 'dog']]); // cat and dog are unknown tokens
 * const fresh = tokenTensor([['the', 'cow']], { like: inputs });
 */
export function tokenTensor(sequences: readonly (readonly string[])[], options: TokenOptions = {}): TokenTensor {
  const where = 'tokenTensor(sequences, options)';
  const { like } = options;
  const beside = Object.keys(options).filter((name) => name !== 'like');
  if (like && beside.length > 0) throw new TypeError(`${where}: like takes the place of ${beside.join(', ')}; leave one out`);
  const { length, tokens } = like ? { length: like.shape[0]!, tokens: like.tokens } : vocabularyOf(where, sequences, options);
  const ids = new Map(tokens.map((token, id) => [token, id] as const).slice(2));
  const values = new Float32Array(sequences.length * length);
  const cutRow = sequences.findIndex((sequence) => sequence.length > length);
  sequences.forEach((sequence, row) => {
    sequence.slice(0, length).forEach((token, i) => {
      values[row * length + i] = ids.get(token) ?? 1;
    });
  });
  const fingerprint = createHash('sha256').update(JSON.stringify(tokens)).digest('hex').slice(0, 16);
  return { kind: 'tensor', shape: [length], values, vocabulary: tokens.length, tokens, fingerprint, ...(cutRow >= 0 && { cutRow }) };
}

type VocabularyOptions = Omit<TokenOptions, 'like'>;

const specs: CallSpecs<VocabularyOptions, keyof VocabularyOptions> = {
  length: optional(numberOption(1, 'positions a row', COUNT), 'the longest sequence'),
  leastCount: optional(numberOption(2, 'tokens that are there less often are unknown', COUNT), '2, or 1 where no token is there twice'),
  vocabularyRows: optionalOption('array of row indices', 'rows whose tokens make the vocabulary', (value) =>
    Array.isArray(value) || ArrayBuffer.isView(value) ? undefined : 'type',
  ),
};

function vocabularyOf(
  where: string,
  sequences: readonly (readonly string[])[],
  options: TokenOptions,
): { length: number; tokens: string[] } {
  const {
    length = sequences.reduce((most, sequence) => Math.max(most, sequence.length), 1),
    leastCount,
    vocabularyRows = Array.from(sequences.keys()),
  } = readCall<VocabularyOptions, keyof VocabularyOptions>(where, specs, options);
  const counts = new Map<string, number>();
  for (const row of vocabularyRows) for (const token of sequences[row] ?? []) counts.set(token, (counts.get(token) ?? 0) + 1);
  const repeated = [...counts].filter(([, count]) => count >= (leastCount ?? 2));
  const known = leastCount === undefined && repeated.length === 0 ? [...counts] : repeated;
  known.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return { length, tokens: ['', '', ...known.map(([token]) => token)] };
}

/** Words in lower case, numbers, and single marks of punctuation. */
export function splitWords(text: string): string[] {
  return text.toLowerCase().match(/\p{L}+(?:['’]\p{L}+)*|\p{N}+|[^\s\p{L}\p{N}]/gu) ?? [];
}
