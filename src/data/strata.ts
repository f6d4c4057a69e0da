import { kindOf } from '../tasks/registry';
import type { TaskData } from './data-types';

/**
 * The strata of the labels, one for each thing that a split should divide evenly, as the tasks' kinds say: each class of a classification, each
 * quantile bin of a number, the positives of a binary task.
 * @returns for each stratum its rows
 */
export function labelStrata(data: TaskData): number[][] {
  return data.labels.flatMap((labels) => kindOf(labels.task).strata(labels, data.rows)).filter((stratum) => stratum.length > 0);
}
