import { sortNames, toName } from '../cells/cell';
import { DataError } from '../cells/data-error';
import type { Reading, ReadLabels } from './kind';

/** A classification task with more classes than this, all of them numbers with decimals, is taken for a regression by mistake. */
export const MANY_CLASSES = 20;

/** How often each name is among the cells that are not missing. */
export function countNames(cells: ArrayLike<unknown>, missing: (cell: unknown) => boolean): Map<string, number> {
  const counts = new Map<string, number>();
  for (let row = 0; row < cells.length; row++) {
    const cell = cells[row];
    if (!missing(cell)) counts.set(toName(cell), (counts.get(toName(cell)) ?? 0) + 1);
  }
  return counts;
}

/** Names with their counts, for a message. */
export function listCounts(counts: ReadonlyMap<string, number>): string {
  const names = sortNames(counts.keys());
  const shown = names.slice(0, 5).map((label) => `"${label}" (${counts.get(label)} ${counts.get(label) === 1 ? 'row' : 'rows'})`);
  return shown.join(', ') + (names.length > 5 ? ', ...' : '');
}

/**
 * The classes of exclusive labels in ascending order.
 * @throws DataError for a single class, or numbers with decimals that can hardly be classes
 */
export function classesOf(where: string, column: string, counts: ReadonlyMap<string, number>): string[] {
  const classes = sortNames(counts.keys());
  if (classes.length < 2) {
    throw new DataError('wrong-classes', `${where}: expected at least 2 classes, found 1: ${listCounts(counts)}; leave the task out`, {
      column,
    });
  }
  if (
    classes.length > MANY_CLASSES &&
    classes.every((label) => !Number.isNaN(Number(label))) &&
    classes.some((label) => label.includes('.'))
  ) {
    throw new DataError(
      'wrong-classes',
      `${where}: expected classes, found ${classes.length} distinct numbers with decimals (${classes.slice(0, 3).join(', ')}, ...); use regression()`,
      { column },
    );
  }
  return classes;
}

/** Labels as codes of these classes, NaN where missing: one a row. */
export function classCodes(
  { cells, missing }: Pick<Reading<unknown>, 'cells' | 'missing'>,
  classes: readonly string[],
  outputs: number,
): ReadLabels {
  const code = new Map(classes.map((label, i) => [label, i]));
  const values = Float64Array.from({ length: cells.length }, (_, row) =>
    missing(cells[row]) ? Number.NaN : code.get(toName(cells[row]))!,
  );
  return { classes, outputs, values, length: 1 };
}
