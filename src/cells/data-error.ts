import { remember, withOptionNames } from '../options/option-error';

/** What is wrong with a table, a file or a split. */
export type DataErrorCode =
  | 'unknown-column'
  | 'duplicate-column'
  | 'unequal-lengths'
  | 'empty-table'
  | 'no-inputs'
  | 'not-a-number'
  | 'not-finite'
  | 'wrong-classes'
  | 'no-label'
  | 'too-many-categories'
  | 'missing-value'
  | 'column-used-twice'
  | 'inputs-differ'
  | 'tasks-differ'
  | 'bad-split'
  | 'bad-file'
  | 'file-not-found';

/** Where in a table the problem is. */
export interface DataErrorPlace {
  /** The column at fault. */
  readonly column?: string;
  /** The row at fault, counted from 0. */
  readonly row?: number;
}

/** A problem with a table, a data file or a split; `code` tells programs which, the message tells people what to do. */
export class DataError extends RangeError {
  override readonly name: string = 'DataError';
  readonly code: DataErrorCode;
  /** The column at fault, where there is one. */
  readonly column: string | undefined;
  /** The row at fault, counted from 0, where there is one. */
  readonly row: number | undefined;

  constructor(code: DataErrorCode, message: string, place: DataErrorPlace = {}) {
    super(withOptionNames(message));
    remember(this, '', message);
    this.code = code;
    this.column = place.column;
    this.row = place.row;
  }
}
