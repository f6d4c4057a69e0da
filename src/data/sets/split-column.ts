import type { Cell } from '../read/read-csv';

/** Row indices of the parts that a column names `train` and `test`. */
export function splitColumn(column: readonly Cell[]): { readonly train: readonly number[]; readonly test: readonly number[] } {
  const rows = Array.from(column.keys());
  return { train: rows.filter((row) => column[row] === 'train'), test: rows.filter((row) => column[row] === 'test') };
}
