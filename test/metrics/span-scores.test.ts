import { expect, test } from 'vitest';
import { spanScores, tagSpans } from '../../src/metrics/span-scores';
import expected from './expected/spans.json';

test('spans and their scores equal seqeval, on sequences that are no clean IOB2', () => {
  for (const c of expected) {
    const scores = spanScores(c.labels, c.predicted);
    expect(scores.precision).toBeCloseTo(c.precision, 14);
    expect(scores.recall).toBeCloseTo(c.recall, 14);
    expect(scores.f1).toBeCloseTo(c.f1, 14);
    expect(tagSpans(c.labels[0]!).map((span) => [span.type, span.start, span.end])).toEqual(c.first);
  }
});

test('spanScores: NaN without spans, 0 when all are missed, unequal lengths refused', () => {
  expect(spanScores([['O']], [['O']]).f1).toBeNaN();
  expect(spanScores([['B-A', 'I-A']], [['O', 'O']])).toEqual({ precision: Number.NaN, recall: 0, f1: 0 });
  expect(() => spanScores([['O', 'O']], [['O']])).toThrow(/sequence 0 has 2 labels but 1/);
  expect(() => spanScores([['O']], [])).toThrow(TypeError);
});
