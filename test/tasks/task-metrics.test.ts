import { expect, test } from 'vitest';
import type { Task } from '../../src/tasks/task';
import { metricsOf, taskMetrics } from '../../src/tasks/task-metrics';
import expected from '../metrics/expected/metrics.json';
import spans from '../metrics/expected/spans.json';

const task = (kind: string, classes: string[] = []): Task => ({
  name: 't',
  column: 't',
  kind,
  classes,
  outputs: Math.max(1, classes.length),
});

function close(got: Readonly<Record<string, number>>, wanted: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(got)) expect(value, name).toBeCloseTo(wanted[name] as number, 12);
}

test('taskMetrics equal the reference for every kind, in the order of metricsOf', () => {
  for (const c of expected.binary) {
    const got = taskMetrics({ ...task('binary', ['no', 'yes']), outputs: 1 }, c.labels, c.probabilities);
    expect(Object.keys(got)).toEqual(metricsOf('binary').map((m) => m.name));
    close(got, c);
  }
  for (const c of expected.multiclass) {
    const kind = task(
      'multiclass',
      Array.from({ length: c.classes }, (_, i) => `c${i}`),
    );
    const got = taskMetrics(kind, c.labels, c.probabilities);
    expect(Object.keys(got)).toEqual(metricsOf(kind).map((m) => m.name));
    close(got, c);
  }
  for (const c of expected.regression) {
    const got = taskMetrics(task('regression'), c.labels, c.predictions, { trainMean: c.trainMean });
    expect(Object.keys(got)).toEqual(metricsOf('regression').map((m) => m.name));
    close(got, c);
  }
});

test('taskMetrics of padded tag sequences equal seqeval', () => {
  const classes = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC'];
  for (const c of spans) {
    const length = Math.max(...c.labels.map((s) => s.length)) + 1;
    const labels = c.labels.flatMap((s) => Array.from({ length }, (_, i) => (i < s.length ? classes.indexOf(s[i]!) : Number.NaN)));
    const predictions = c.predicted.flatMap((s) =>
      Array.from({ length }, (_, i) => classes.map((tag) => (tag === (s[i] ?? 'B-PER') ? 0.6 : 0.1))).flat(),
    );
    const got = taskMetrics(task('tagging', classes), labels, predictions, { length });
    expect(Object.keys(got)).toEqual(metricsOf('tagging').map((m) => m.name));
    expect(got.spanF1).toBeCloseTo(c.f1, 13);
    expect(got.tokenAccuracy).toBeCloseTo(c.accuracy, 13);
    expect(got.logLoss).toBeCloseTo(-c.accuracy * Math.log(0.6) - (1 - c.accuracy) * Math.log(0.1), 12);
  }
});

test('tags that are no spans go by token accuracy', () => {
  const words = task('tagging', ['NOUN', 'VERB']);
  expect(metricsOf(words)[0]).toEqual({ name: 'tokenAccuracy', better: 'higher', primary: true });
  expect(taskMetrics(words, [0, 1], [0.9, 0.1, 0.8, 0.2])).toEqual({ tokenAccuracy: 0.5, logLoss: -Math.log(0.9 * 0.2) / 2 });
});

test('nothing to score is NaN for every metric, never an error', () => {
  const binary = { ...task('binary', ['no', 'yes']), outputs: 1 };
  for (const labels of [[], [Number.NaN, Number.NaN]]) {
    const width = (n: number): number[] => new Array(labels.length * n).fill(0.5);
    for (const [kind, predictions] of [
      [binary, width(1)],
      [task('multiclass', ['a', 'b', 'c']), width(3)],
      [task('regression'), width(1)],
      [task('tagging', ['O', 'B-X', 'I-X']), width(3)],
    ] as const) {
      for (const value of Object.values(taskMetrics(kind, labels, predictions))) expect(value).toBeNaN();
    }
  }
  const one = taskMetrics(binary, [1, 1], [0.9, 0.8]);
  expect(one.rocAuc).toBeNaN();
  expect(one.accuracy).toBe(1);
  expect(taskMetrics(task('regression'), [1, 2], [1, 2]).relativeRmse).toBeNaN();
});

test('every kind has one primary metric, the first', () => {
  expect(
    (['binary', 'multiclass', 'regression', 'tagging'] as const).map((kind) =>
      metricsOf(kind)
        .map((m) => m.primary)
        .indexOf(true),
    ),
  ).toEqual([0, 0, 0, 0]);
  for (const kind of ['binary', 'multiclass', 'regression', 'tagging'] as const)
    expect(metricsOf(kind).filter((m) => m.primary)).toHaveLength(1);
});

test('the better of two predictions is the labels themselves, by every metric', () => {
  const best = (kind: Task, labels: readonly number[], forecast: readonly number[], truth: readonly number[], trainMean = Number.NaN) => {
    const [worse, perfect] = [forecast, truth].map((predictions) => taskMetrics(kind, labels, predictions, { trainMean }));
    for (const { name, better } of metricsOf(kind))
      expect(better === 'higher' ? perfect![name]! - worse![name]! : worse![name]! - perfect![name]!, name).toBeGreaterThan(0);
  };
  for (const c of expected.binary) best({ ...task('binary', ['no', 'yes']), outputs: 1 }, c.labels, c.probabilities, c.labels);
  for (const c of expected.multiclass) {
    const classes = Array.from({ length: c.classes }, (_, i) => `c${i}`);
    const truth = c.labels.flatMap((label) => classes.map((_, i) => (i === label ? 1 : 0)));
    best(task('multiclass', classes), c.labels, c.probabilities, truth);
  }
  for (const c of expected.regression) best(task('regression'), c.labels, c.predictions, c.labels, c.trainMean);
});
