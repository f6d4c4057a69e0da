import { toNumber } from '../cells/cell';
import { DataError } from '../cells/data-error';
import { describeValue } from '../options/describe-value';
import { countNames, MANY_CLASSES } from './class-labels';

/**
 * Labels that are numbers, NaN where missing.
 * @param refuse says what is wrong with a number that the kind does not take, or undefined
 * @throws DataError for a cell that is no number, infinite, or refused
 */
export function numberLabels(
  where: string,
  column: string,
  cells: ArrayLike<unknown>,
  missing: (cell: unknown) => boolean,
  refuse?: (value: number) => string | undefined,
): Float64Array {
  const numbers = new Float64Array(cells.length).fill(Number.NaN);
  for (let row = 0; row < cells.length; row++) {
    if (missing(cells[row])) continue;
    const number = toNumber(cells[row]);
    const place = { column, row };
    if (number === undefined) {
      const classes = countNames(cells, missing).size;
      const advice =
        classes <= 2 ? 'binary()' : classes <= MANY_CLASSES ? 'multiclass()' : 'a column of numbers, or declare the text as missing';
      throw new DataError(
        'not-a-number',
        `${where}: expected numbers; row ${row} (counted from 0) holds ${describeValue(cells[row])}; use ${advice}`,
        place,
      );
    }
    if (!Number.isFinite(number)) {
      throw new DataError(
        'not-finite',
        `${where}: expected finite numbers; row ${row} (counted from 0) holds ${number}; clear the cell if the value is missing`,
        place,
      );
    }
    const wrong = refuse?.(number);
    if (wrong !== undefined) throw new DataError('not-a-number', `${where}: row ${row} (counted from 0) holds ${number}; ${wrong}`, place);
    numbers[row] = number;
  }
  return numbers;
}
