import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DataError } from '../../src/cells/data-error';
import { tokenTensor } from '../../src/data';
import { taskData } from '../../src/data/task-data';
import { gru } from '../../src/models/encoders/gru';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { random } from '../../src/random/random';
import { compare } from '../../src/study/compare';
import { binary, tagging } from '../../src/tasks';
import { load } from '../../src/training/checkpoint';
import { fit as train } from '../../src/training/fit';

const partOf: Record<string, string> = { the: 'DET', a: 'DET', cat: 'NOUN', dog: 'NOUN', runs: 'VERB', Paris: 'PROPN', in: 'ADP' };
const words = Object.keys(partOf);
const entityOf = (word: string): string => (word === 'Paris' ? 'B-LOC' : 'O');
const draws = random(1, 'tagging test');
/** Sentences of 3 to 7 words whose tags depend on the word alone. */
const sentences = Array.from({ length: 160 }, () => Array.from({ length: 3 + draws.below(5) }, () => words[draws.below(words.length)]!));
const inputs = tokenTensor(sentences);
const data = taskData(
  {
    entity: sentences.map((sentence) => sentence.map(entityOf).join(' ')),
    part: sentences.map((sentence) => sentence.map((word) => partOf[word]!)),
    cat: sentences.map((sentence) => (sentence.includes('cat') ? 1 : 0)),
  },
  { tasks: { entity: tagging(), part: tagging(), cat: binary() }, inputs },
);
const method = hardSharing(gru(16, { perToken: true, embedding: 16 }));
const settings = { epochs: 25, learningRate: 0.01, batchSize: 16, onProgress: () => {} };

test('a head of a tagging task has an output per position and class', () => {
  const longest = Math.max(...sentences.map(({ length }) => length));
  expect(data.tasks.map(({ outputs }) => outputs)).toEqual([2 * longest, 5 * longest, 1]);
});

test('tags that depend on the word alone are learned, beside a label of the whole sentence', async () => {
  const result = await compare(data, { ...settings, methods: { hard: method }, baseline: 'hard', seeds: 2 });
  for (const { metrics } of result.data.runs) {
    expect(metrics.entity!.spanF1).toBeGreaterThan(0.99);
    expect(metrics.part!.tokenAccuracy).toBeGreaterThan(0.99);
  }
});

test('padding has no probabilities, tokens have', async () => {
  const model = await train(data, method, { ...settings, epochs: 1 });
  const longest = inputs.shape[0]!;
  const { part } = model.predictValues(tokenTensor([['the', 'cat'], ['dog']], { like: inputs }));
  expect(part!.length).toBe(2 * longest * 5);
  expect(Array.from(part!, (p) => !Number.isNaN(p))).toEqual([
    ...new Array(10).fill(true),
    ...new Array((longest - 2) * 5).fill(false),
    ...new Array(5).fill(true),
    ...new Array((longest - 1) * 5).fill(false),
  ]);
});

test('a model refuses what it cannot read: other vocabularies, no ids, texts longer than it tags', async () => {
  const model = await train(data, method, { ...settings, epochs: 1 });
  const directory = mkdtempSync(join(tmpdir(), 'tagging-'));
  const length = inputs.shape[0]!;
  try {
    await model.save(join(directory, 'model'));
    for (const own of [model, await load(join(directory, 'model'))]) {
      // As many tokens and positions, other words: ids would stand for other words.
      const other = tokenTensor(
        sentences.map((sentence) => sentence.map((word) => `${word}s`)),
        { length },
      );
      expect([other.vocabulary, other.shape]).toEqual([inputs.vocabulary, inputs.shape]);
      expect(() => own.predict(other)).toThrow(
        /made by another vocabulary than those of the training; make them like those: tokenTensor\(texts, \{ like: inputs \}\)/,
      );
      expect(() => own.diagnose(other)).toThrow(/another vocabulary/);
      const more = tokenTensor([...sentences, ['one', 'more']], { leastCount: 1, length });
      expect(() => own.predict(more)).toThrow(`there are ${inputs.vocabulary + 2} ids, in training ${inputs.vocabulary}`);
      expect(own.predictValues(tokenTensor(sentences)).cat).toEqual(own.predictValues(inputs).cat);
      const long = tokenTensor([['the'], new Array(length + 1).fill('cat')], { like: inputs });
      expect(() => own.predict(long)).toThrow(
        `Cannot predict task "entity": row 1 (counted from 0) has more tokens than the ${length} positions that the model was trained with`,
      );
      for (const wrong of [inputs.vocabulary, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        const values = Float32Array.from(inputs.values);
        values[length + 2] = wrong;
        expect(() => own.predict({ ...inputs, values })).toThrow(
          `row 1 (counted from 0) holds ${wrong} at position 2; expected ids, integers from 0 to ${inputs.vocabulary - 1}`,
        );
      }
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('every token has a tag: where one is lost in a text, all after it would be of other tokens', () => {
  const words = [['the', 'cat', 'sat'], ['a', 'dog'], ['it']];
  const ids = tokenTensor(words, { leastCount: 1 });
  const of = (tags: readonly unknown[]) => () => taskData({ tags }, { tasks: { tags: tagging() }, inputs: ids });
  const values = of(['D N V', ['D', null, null], null])().labels[0]!.values;
  expect([...values]).toEqual([0, 1, 2, 0, Number.NaN, Number.NaN]);
  // Between two blanks was a tag that is an empty text.
  const lost = /row 0 \(counted from 0\) has 2 tags, but its text has 3 tokens.*give every token one, in an array null where it is missing/;
  expect(of([['D', '', 'V'].join(' '), 'D N', 'N'])).toThrow(lost);
  expect(of([['D', 'N'], 'D N', 'N'])).toThrow(lost);
  expect(of(['D N V', 'D N V', 'N'])).toThrow('row 1 (counted from 0) has 3 tags, but its text has 2 tokens');
  expect(of(['D N V', ['D', 'N', 'V'], 'N'])).toThrow(DataError);
});

test('a tag of blanks is no missing tag', () => {
  const texts = tokenTensor([
    ['x', 'y'],
    ['y', 'x'],
  ]);
  const read = (first: (string | null)[]) => taskData({ tags: [first, ['B', 'A']] }, { tasks: { tags: tagging() }, inputs: texts });
  expect(() => read(['A', ' '])).toThrow(/row 0 \(counted from 0\) has a tag of blanks, " ", at position 1; give the tag a name/);
  expect(Array.from(read(['A', null]).labels[0]!.values)).toEqual([0, Number.NaN, 1, 0]);
});

test('says where nothing teaches the unknown token', () => {
  const noteOf = (leastCount: number) =>
    taskData(
      { cat: sentences.map((sentence) => (sentence.includes('cat') ? 1 : 0)) },
      { tasks: { cat: binary() }, inputs: tokenTensor([...sentences.slice(1), ['rare']], { leastCount }) },
    ).notes.join();
  expect(noteOf(1)).toMatch(/No row has an unknown token.*leastCount/);
  expect(noteOf(2)).not.toMatch(/unknown token/);
});

test('new sentences get their tags as text', async () => {
  const model = await train(data, method, settings);
  const fresh = [sentences[3]!, sentences[0]!];
  const predicted = await model.predict(tokenTensor(fresh, { like: inputs }));
  const columns = predicted as unknown as Record<string, { values: string[] }>;
  for (const [i, sentence] of fresh.entries()) {
    // As many tags as words: padding has none.
    const tags = columns.part!.values[i]!.split(' ');
    expect(tags).toEqual(sentence.map((word) => partOf[word]!));
  }
});
