import { beforeAll, expect, test } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { tokenTensor } from '../../src/data';
import { taskData } from '../../src/data/task-data';
import { gru } from '../../src/models/gru';
import { hardSharing } from '../../src/models/hard-sharing';
import { random } from '../../src/random/random';
import { compare } from '../../src/study/compare';
import { binary, tagging } from '../../src/tasks';
import { fit as train } from '../../src/training/fit';

beforeAll(async () => {
  await loadBackend();
});

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

test('new sentences get their tags as text', async () => {
  const model = await train(data, method, settings);
  const fresh = [sentences[3]!, sentences[0]!];
  const predicted = await model.predict(tokenTensor(fresh, { like: inputs }));
  const columns = predicted as unknown as Record<string, { values: string[] }>;
  for (const [i, sentence] of fresh.entries()) {
    const tags = columns.part!.values[i]!.split(' ').slice(0, sentence.length);
    expect(tags).toEqual(sentence.map((word) => partOf[word]!));
  }
});
