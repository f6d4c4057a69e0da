import { describe, expect, it } from 'vitest';
import { splitWords, tokenTensor } from '../../src/data/tokens';

describe('tokenTensor', () => {
  const sequences = [
    ['the', 'cat', 'sat'],
    ['the', 'dog'],
    ['a', 'cat', 'the', 'end'],
  ];

  it('numbers tokens by frequency, then in order of code points, from 2; 0 pads', () => {
    const { tokens, vocabulary, shape, values } = tokenTensor(sequences, { leastCount: 1 });
    expect(tokens).toEqual(['', '', 'the', 'cat', 'a', 'dog', 'end', 'sat']);
    expect([vocabulary, shape]).toEqual([8, [4]]);
    expect(Array.from(values)).toEqual([2, 3, 7, 0, 2, 5, 0, 0, 4, 3, 2, 6]);
  });

  it('cuts long rows and gives rare tokens, and those of other rows, the id 1', () => {
    const rare = tokenTensor(sequences, { length: 2, leastCount: 2 });
    expect(rare.tokens).toEqual(['', '', 'the', 'cat']);
    expect(Array.from(rare.values)).toEqual([2, 3, 2, 1, 1, 3]);
    const first = tokenTensor(sequences, { vocabularyRows: [1], leastCount: 1 });
    expect(first.tokens).toEqual(['', '', 'dog', 'the']);
    expect(Array.from(first.values)).toEqual([3, 1, 1, 0, 3, 2, 0, 0, 1, 1, 3, 1]);
  });

  it('reads new rows with the vocabulary and length of an earlier tensor', () => {
    const inputs = tokenTensor(sequences, { leastCount: 1 });
    const fresh = tokenTensor(
      [
        ['end', 'of', 'the'],
        ['a', 'cat', 'sat', 'the', 'end'],
      ],
      { like: inputs },
    );
    expect(fresh.tokens).toBe(inputs.tokens);
    expect([fresh.vocabulary, fresh.shape]).toEqual([8, [4]]);
    expect(Array.from(fresh.values)).toEqual([6, 1, 2, 0, 4, 3, 7, 2]);
    expect(() => tokenTensor(sequences, { like: inputs, length: 3 })).toThrow('like takes the place of length; leave one out');
  });

  it('takes tokens that are there once for unknown ones, which trains those, unless none is there twice', () => {
    const { tokens, values } = tokenTensor(sequences);
    expect(tokens).toEqual(['', '', 'the', 'cat']);
    expect(Array.from(values)).toEqual([2, 3, 1, 0, 2, 1, 0, 0, 1, 3, 2, 1]);
    // What is counted are the rows of the vocabulary: "cat" is there once in them.
    expect(tokenTensor(sequences, { vocabularyRows: [0, 1] }).tokens).toEqual(['', '', 'the']);
    expect(tokenTensor([['b', 'a']]).tokens).toEqual(['', '', 'a', 'b']);
    expect(tokenTensor([['b', 'a']], { leastCount: 2 }).tokens).toEqual(['', '']);
  });

  it('refuses a length that is none', () => {
    expect(() => tokenTensor(sequences, { length: 0 })).toThrow('length must be an integer of at least 1, got 0');
  });
});

describe('splitWords', () => {
  it('splits words, numbers and marks, keeps apostrophes inside words', () => {
    expect(splitWords("I'm NOT happy :( it’s 2nd-best, señor!")).toEqual([
      "i'm",
      'not',
      'happy',
      ':',
      '(',
      'it’s',
      '2',
      'nd',
      '-',
      'best',
      ',',
      'señor',
      '!',
    ]);
    expect(splitWords('  ')).toEqual([]);
  });
});
