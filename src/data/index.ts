export type { MissingMarkers } from '../cells/cell';
export { DataError, type DataErrorCode, type DataErrorPlace } from '../cells/data-error';
export {
  type ClassCount,
  type DataReport,
  describe,
  type InputReport,
  type MissingPattern,
  reportLines,
  type TaskReport,
} from './data-report';
export type { DataSet } from './data-set';
export type { InputColumn, InputTensor, Split, TaskData } from './data-types';
export { datasets } from './datasets';
export { type Frame, type FrameColumn, frameOf } from './frame';
export { givenSplits } from './given-splits';
export { joinData } from './join-data';
export {
  type ColumnEncoding,
  fitPreprocessing,
  type Preprocessing,
  type PreprocessingJson,
  type PreprocessingOptions,
  preprocessingFromJSON,
} from './preprocessing';
export { type ArffFile, readArff } from './read/read-arff';
export { type Cell, type CsvOptions, readCsv } from './read/read-csv';
export { readIdx } from './read/read-idx';
export { type NumberArray, readNpy } from './read/read-npy';
export { readWav, type Sound } from './read/read-wav';
export type { EmodbOptions } from './sets/emodb';
export type { FolderOptions } from './sets/folder';
export type { FsddOptions } from './sets/fsdd';
export type { MiComplicationsOptions } from './sets/mi-complications';
export type { StockPricesOptions } from './sets/stock-prices';
export type { StockReturnsOptions } from './sets/stock-returns';
export { kFold, type SplitBy, type SplitOptions, splitData } from './split';
export type { FrameLike, TableLike } from './table';
export { fitTargets } from './targets';
export { type TaskDataOptions, taskData } from './task-data';
export { splitWords, type TokenOptions, type TokenTensor, tokenTensor } from './tokens';
