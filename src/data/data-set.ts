import { type Frame, frameOf } from './frame';
import type { Cell } from './read/read-csv';
import type { TaskDataOptions } from './task-data';

/** A data set with where it comes from and how to read it for multi-task learning. */
export interface DataSet {
  readonly name: string;
  /** The table as a danfojs `DataFrame`, made on first use. */
  readonly frame: Frame;
  /** The table by columns; null where a cell is missing. */
  readonly columns: Readonly<Record<string, Cell[]>>;
  /** Suggested tasks by name. */
  readonly tasks: TaskDataOptions['tasks'];
  /** Suggested options of `taskData`: the tasks, and what must not be an input (identifiers, results known too late), groups and times. */
  readonly options: TaskDataOptions;
  /** Where the data comes from and what was changed. */
  readonly source: string;
  readonly license: string;
  /** What to cite. */
  readonly citation: string;
  /** The split that the literature uses, by row index; undefined where there is none. */
  readonly split?: { readonly train: readonly number[]; readonly test: readonly number[] };
}

/** A data set of these columns; its frame is made when it is first read. */
export function dataSet(parts: Omit<DataSet, 'frame' | 'tasks'>): DataSet {
  let frame: Frame | undefined;
  return {
    ...parts,
    tasks: parts.options.tasks,
    get frame(): Frame {
      frame ??= frameOf(parts.columns);
      return frame;
    },
  };
}
