import { regression } from '../../tasks/kinds/regression';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { type FolderOptions, type FolderSet, folderPath } from './folder';

const set: FolderSet = {
  loader: 'parkinsons',
  place: 'parkinsons',
  what: 'Parkinsons Telemonitoring, UCI 189, parkinsons_updrs.data with its header',
};

/**
 * Parkinson's telemonitoring: 5,875 voice recordings of 42 patients, 19 inputs, motor and total UPDRS score. Rows are grouped by patient:
 * random splits leak the patient through age.
 * @throws DataError when the file is not there, saying what to put where
 */
export async function parkinsons(options: FolderOptions = {}): Promise<DataSet> {
  return dataSet({
    name: 'parkinsons',
    columns: readCsv(folderPath(set, ['parkinsons_updrs.data', 'parkinsons_updrs.csv'], options)),
    options: { tasks: { motor_UPDRS: regression(), total_UPDRS: regression() }, groups: 'subject#' },
    source: 'Parkinsons Telemonitoring (2009), UCI Machine Learning Repository 189',
    license: 'CC BY 4.0',
    citation:
      "Tsanas, Little, McSharry, Ramig (2010) Accurate telemonitoring of Parkinson's disease progression by noninvasive speech tests, IEEE Transactions on Biomedical Engineering 57(4)",
  });
}
