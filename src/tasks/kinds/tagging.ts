import { toName } from '../../cells/cell';
import { DataError } from '../../cells/data-error';
import { accuracy } from '../../metrics/accuracy';
import { ratioContributions } from '../../metrics/contributions';
import { rowLogLosses } from '../../metrics/log-loss';
import { isIob2, spanCounts, spanScores } from '../../metrics/span-scores';
import { describeValue } from '../../options/describe-value';
import { bestClass } from '../class-columns';
import { classesOf } from '../class-labels';
import { classMasses } from '../class-masses';
import { classLogLoss, predictedOf, rightOf } from '../class-metrics';
import { defineKind } from '../define-kind';
import type { KindFactory, Reading, ReadLabels, Scored, TaskOptions } from '../kind';
import { type ClassWeights, classWeightsOption, columnOption, lossWeightOption } from '../label-options';
import { softmaxLoss, softmaxProbabilities } from '../softmax';
import { classStrata } from '../strata';

/** Options of {@link tagging}. */
export interface TaggingOptions extends TaskOptions {
  /** Loss weight of each tag. @default every tag weighs 1 */
  readonly classWeights?: ClassWeights;
}

/** The tags of a cell: an array of tags, or text with blanks between them; undefined for anything else. */
function tagsOf(value: unknown): ArrayLike<unknown> | undefined {
  if (typeof value === 'string') return value.trim().split(/\s+/);
  if (Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))) return value as unknown as ArrayLike<unknown>;
  return undefined;
}

/** @throws DataError for a cell that holds no tags, more of them than positions, another number than the row has tokens, or a tag of blanks */
function checkedTags({ where, column, cells, missing, length, tokens }: Reading<TaggingOptions>, row: number): ArrayLike<unknown> {
  const place = { column, row };
  const at = `${where}: row ${row} (counted from 0)`;
  const tags = missing(cells[row]) ? [] : tagsOf(cells[row]);
  if (tags === undefined) {
    throw new DataError(
      'wrong-classes',
      `${where}: expected an array of tags or text with blanks between the tags; row ${row} (counted from 0) holds ${describeValue(cells[row])}`,
      place,
    );
  }
  if (length !== undefined && tags.length > length) {
    throw new DataError(
      'unequal-lengths',
      `${at} has ${tags.length} tags, but the input has ${length} positions; give the inputs a length of at least ${tags.length}, or cut the tags as the inputs were cut`,
      place,
    );
  }
  if (tokens !== undefined && tags.length > 0) {
    // Missing tags may fill an array up, as padding fills the tokens.
    let count = tags.length;
    while (count > tokens[row]! && missing(tags[count - 1])) count--;
    if (count !== tokens[row])
      throw new DataError(
        'unequal-lengths',
        `${at} has ${count} tags, but its text has ${tokens[row]} tokens, and each tag is of the token in its place; give every token one, in an array null where it is missing`,
        place,
      );
  }
  const blank = Array.from(tags).findIndex((tag) => typeof tag === 'string' && tag !== '' && tag.trim() === '');
  if (blank >= 0) {
    throw new DataError(
      'wrong-classes',
      `${at} has a tag of blanks, ${JSON.stringify(tags[blank])}, at position ${blank}; give the tag a name, such as "space", or null where it is missing`,
      place,
    );
  }
  return tags;
}

function read(reading: Reading<TaggingOptions>): ReadLabels {
  const { where, column, cells, missing, length } = reading;
  const rows = cells.length;
  const sequences = Array.from({ length: rows }, (_, row) => checkedTags(reading, row));
  const counts = new Map<string, number>();
  let longest = 0;
  for (const tags of sequences) {
    longest = Math.max(longest, tags.length);
    for (let i = 0; i < tags.length; i++) if (!missing(tags[i])) counts.set(toName(tags[i]), (counts.get(toName(tags[i])) ?? 0) + 1);
  }
  if (counts.size === 0) {
    throw new DataError('no-label', `${where}: all labels of its ${rows} rows are missing; a task needs labels, or leave it out`, {
      column,
    });
  }
  const classes = classesOf(where, column, counts);
  const code = new Map(classes.map((label, i) => [label, i]));
  const positions = length ?? longest;
  const values = new Float64Array(rows * positions).fill(Number.NaN);
  sequences.forEach((tags, row) => {
    for (let i = 0; i < tags.length; i++) if (!missing(tags[i])) values[row * positions + i] = code.get(toName(tags[i]))!;
  });
  return { classes, outputs: positions * classes.length, values, length: positions };
}

/** Sequences of tags, the positions without label cut out of both sides. */
function sequences(scored: Scored): [wanted: string[][], said: string[][]] {
  const { task, labels, length } = scored;
  const codes = predictedOf(scored);
  const wanted: string[][] = [];
  const said: string[][] = [];
  for (let start = 0; start < labels.length; start += length) {
    const positions = Array.from({ length }, (_, i) => start + i).filter((i) => !Number.isNaN(labels[i]!));
    wanted.push(positions.map((i) => task.classes[labels[i]!]!));
    said.push(positions.map((i) => task.classes[codes[i]!]!));
  }
  return [wanted, said];
}

/** Contributions of sentences to a mean over their labeled positions. @param values per position, NaN without label */
function bySentence(values: Float64Array, length: number): Float64Array {
  const rows = values.length / length;
  const sums = new Float64Array(rows);
  const counts = new Float64Array(rows);
  for (const [i, value] of values.entries()) {
    if (Number.isNaN(value)) continue;
    sums[Math.floor(i / length)]! += value;
    counts[Math.floor(i / length)]! += 1;
  }
  return ratioContributions(sums, counts);
}

/**
 * A task that gives each position of a sequence a class.
 *
 * A cell of the label column is an array of tags, or one string of tags separated by blanks; positions past its end are masked, and so
 * is a missing tag inside an array (`null`). The loss is the cross entropy in nats at each position; a prediction is a probability for each
 * class at each position, NaN at padding. The primary metric is the F1 of spans where the tags are IOB2, else the token accuracy.
 * @throws TypeError on an unknown option or an option of the wrong type
 * @throws RangeError on a negative or infinite class weight, or a loss weight that is not above 0
 * @example
 * tagging({ column: 'slots' })
 */
export const tagging: KindFactory<TaggingOptions> = defineKind<TaggingOptions>({
  name: 'tagging',
  title: 'a class at each position of a sequence',
  options: { column: columnOption, classWeights: classWeightsOption, lossWeight: lossWeightOption },
  read,
  cells: ({ outputs, classes }) => outputs / classes.length,
  fits: ({ classes, outputs }) => classes.length > 0 && outputs % classes.length === 0,
  perPosition: true,
  scale: 'nominal',
  likelihoodFactor: 1,
  constants({ outputs }, target) {
    const logs = classMasses(target).map(Math.log);
    return Array.from({ length: outputs }, (_, i) => logs[i % logs.length]!);
  },
  strata: classStrata,
  loss: { joins: false, of: softmaxLoss },
  predict: (outputs, { classes }) => softmaxProbabilities(outputs, classes.length),
  columns(task, own) {
    const classes = task.classes.length;
    const text = (row: number): string =>
      Array.from({ length: task.outputs / classes }, (_, j) => row * task.outputs + j * classes)
        .filter((at) => !Number.isNaN(own[at]!))
        .map((at) => bestClass(task, own, at))
        .join(' ');
    return [[task.name, Array.from({ length: own.length / task.outputs }, (_, row) => text(row))]];
  },
  metrics: [
    {
      name: 'spanF1',
      better: 'higher',
      suits: ({ classes }) => isIob2(classes),
      score: (scored) => (Number.isNaN(classLogLoss.score(scored)) ? Number.NaN : spanScores(...sequences(scored)).f1),
      contributions(scored) {
        const [wanted, said] = sequences(scored);
        const counts = wanted.map((tags, s) => spanCounts(tags, said[s]!));
        return ratioContributions(
          counts.map(({ correct }) => 2 * correct),
          counts.map(({ labeled, predicted }) => labeled + predicted),
        );
      },
    },
    {
      name: 'tokenAccuracy',
      better: 'higher',
      score: (scored) => accuracy(scored.labels, predictedOf(scored)),
      contributions: (scored) => bySentence(rightOf(scored), scored.length),
    },
    {
      name: 'logLoss',
      better: 'lower',
      proper: true,
      score: classLogLoss.score,
      contributions: ({ task, labels, predictions, length }) => bySentence(rowLogLosses(labels, predictions, task.classes.length), length),
    },
  ],
});
