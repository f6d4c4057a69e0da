/** The rows of a task that carry a label, side by side with what was predicted for them. */
export interface Observed {
  /** `[observed]`, all finite. */
  readonly labels: Float64Array;
  /** `[observed, width]`. */
  readonly predictions: Float64Array;
  /** False where no metric can be computed: no label at all, or a prediction that is not a finite number. */
  readonly defined: boolean;
}

/** Drops the rows whose label is missing (NaN) and checks the shapes; `width` is the number of predictions per row. */
export function observed(metric: string, labels: ArrayLike<number>, predictions: ArrayLike<number>, width = 1): Observed {
  const rows = labels.length;
  if (predictions.length !== rows * width) {
    const shape = width === 1 ? '[rows]' : `[rows, ${width}]`;
    throw new TypeError(
      `${metric}: predictions must be ${shape}, ${rows * width} numbers for ${rows} labels; got ${predictions.length}. Pass one label per row, NaN where it is missing.`,
    );
  }
  const kept: number[] = [];
  for (let row = 0; row < rows; row++) if (!Number.isNaN(labels[row]!)) kept.push(row);
  const values = new Float64Array(kept.length);
  const predicted = new Float64Array(kept.length * width);
  let defined = kept.length > 0;
  kept.forEach((row, i) => {
    values[i] = labels[row]!;
    defined &&= Number.isFinite(values[i]!);
    for (let c = 0; c < width; c++) {
      const value = predictions[row * width + c]!;
      predicted[i * width + c] = value;
      defined &&= Number.isFinite(value);
    }
  });
  return { labels: values, predictions: predicted, defined };
}

/** As `observed`, and checks that every label is a class code from 0 to `classes` - 1. */
export function observedClasses(
  metric: string,
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
  width: number,
): Observed {
  if (!Number.isInteger(classes) || classes < 2)
    throw new RangeError(`${metric}: classes must be an integer of at least 2, got ${classes}.`);
  const result = observed(metric, labels, predictions, width);
  for (const label of result.labels) {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new RangeError(
        `${metric}: labels must be class codes from 0 to ${classes - 1} or NaN where missing; got ${label}. Encode the classes first.`,
      );
    }
  }
  return result;
}
