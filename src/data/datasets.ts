import type { DataSet } from './data-set';
import { emotions } from './sets/emotions';

/** The data sets by name. */
export interface Datasets {
  emotions(): Promise<DataSet>;
}

/** Data sets: those that the package ships, and loaders for others from a folder of yours. */
export const datasets: Datasets = { emotions };
