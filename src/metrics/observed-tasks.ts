/** Checks that labels and predictions over tasks have the same tasks and rows; returns the number of rows. */
export function checkTasks(metric: string, labels: readonly ArrayLike<number>[], predicted: readonly ArrayLike<number>[]): number {
  if (labels.length !== predicted.length) {
    throw new TypeError(
      `${metric}: labels and predictions must have one column per task; got ${labels.length} and ${predicted.length} columns.`,
    );
  }
  const rows = labels[0]?.length ?? 0;
  for (const column of [...labels, ...predicted]) {
    if (column.length !== rows)
      throw new TypeError(
        `${metric}: every task must have ${rows} rows (as the first has), NaN where a label is missing; got ${column.length}.`,
      );
  }
  return rows;
}

/** Whether some labeled cell has no prediction, which leaves a metric over tasks undefined. */
export function hasBrokenPrediction(labels: readonly ArrayLike<number>[], predicted: readonly ArrayLike<number>[]): boolean {
  return labels.some((column, t) =>
    Array.prototype.some.call(column, (label, i) => !Number.isNaN(label) && !Number.isFinite(predicted[t]![i]!)),
  );
}
