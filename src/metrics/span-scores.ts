/** A labeled stretch of a sequence. */
export interface TagSpan {
  readonly type: string;
  /** First position. */
  readonly start: number;
  /** Position after the last. */
  readonly end: number;
}

/** Spans counted over sequences (micro): exact matches of type, start and end. */
export interface SpanScores {
  /** Share of predicted spans that are right; NaN when none is predicted. */
  readonly precision: number;
  /** Share of labeled spans that are found; NaN when none is labeled. */
  readonly recall: number;
  /** 2 x correct / (labeled + predicted); NaN when there is no span at all. */
  readonly f1: number;
}

/** The two parts of an IOB2 tag; anything that is no `B-` or `I-` tag is outside every span. */
function tagParts(tag: string): { prefix: 'B' | 'I' | 'O'; type: string } {
  const found = /^([BI])-(.*)$/.exec(tag);
  return found ? { prefix: found[1] as 'B' | 'I', type: found[2]! } : { prefix: 'O', type: '' };
}

/** Whether these tags are IOB2: `O` and tags that start with `B-` or `I-`. */
export function isIob2(tags: readonly string[]): boolean {
  return tags.some((tag) => tag.startsWith('B-')) && tags.every((tag) => tag === 'O' || tagParts(tag).prefix !== 'O');
}

/**
 * The spans of one sequence of IOB2 tags. As seqeval (and conlleval) read it, an `I-` tag that continues nothing starts a span.
 * @param tags `[length]`, for instance `['B-PER', 'I-PER', 'O']`
 */
export function tagSpans(tags: readonly string[]): TagSpan[] {
  const spans: TagSpan[] = [];
  let open: { type: string; start: number } | undefined;
  tags.forEach((tag, i) => {
    const { prefix, type } = tagParts(tag);
    if (prefix === 'I' && open?.type === type) return;
    if (open) spans.push({ ...open, end: i });
    open = prefix === 'O' ? undefined : { type, start: i };
  });
  if (open) spans.push({ type: open.type, start: open.start, end: tags.length });
  return spans;
}

/** Spans of one sequence. */
export interface SpanCounts {
  /** Predicted with the right type, start and end. */
  readonly correct: number;
  readonly labeled: number;
  readonly predicted: number;
}

/** Counts the spans of one sequence of IOB2 tags and those of its predicted tags. */
export function spanCounts(tags: readonly string[], guess: readonly string[]): SpanCounts {
  const key = ({ type, start, end }: TagSpan): string => `${start} ${end} ${type}`;
  const wanted = new Set(tagSpans(tags).map(key));
  const got = tagSpans(guess).map(key);
  return { correct: got.filter((span) => wanted.has(span)).length, labeled: wanted.size, predicted: got.length };
}

/**
 * Precision, recall and F1 of spans over sequences of IOB2 tags, counted as seqeval counts them by default (micro average).
 * @param labels per sequence its tags
 * @param predicted per sequence its predicted tags, of the same lengths
 * @throws TypeError when the numbers of sequences or tags differ
 */
export function spanScores(labels: readonly (readonly string[])[], predicted: readonly (readonly string[])[]): SpanScores {
  if (labels.length !== predicted.length)
    throw new TypeError(
      `spanScores: labels and predictions must have the same number of sequences; got ${labels.length} and ${predicted.length}.`,
    );
  let [correct, total, said] = [0, 0, 0];
  labels.forEach((tags, s) => {
    const guess = predicted[s]!;
    if (guess.length !== tags.length)
      throw new TypeError(
        `spanScores: sequence ${s} has ${tags.length} labels but ${guess.length} predicted tags; give one tag per token.`,
      );
    const counts = spanCounts(tags, guess);
    total += counts.labeled;
    said += counts.predicted;
    correct += counts.correct;
  });
  return { precision: correct / said, recall: correct / total, f1: (2 * correct) / (total + said) };
}
