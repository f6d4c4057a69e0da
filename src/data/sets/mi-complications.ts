import { type CallSpecs, choiceOption, readCall } from '../../options/spec';
import { binary } from '../../tasks/kinds/binary';
import { multiclass } from '../../tasks/kinds/multiclass';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { type FolderOptions, type FolderSet, folderPath, folderSpecs } from './folder';

/** Options of `datasets.miComplications`. */
export interface MiComplicationsOptions extends FolderOptions {
  /** Which inputs are known: `'admission'` (102) or the `'third day'` in hospital (all 111). @default 'admission' */
  readonly until?: 'admission' | 'third day';
}

const specs: CallSpecs<MiComplicationsOptions, 'folder'> = {
  ...folderSpecs,
  until: choiceOption('admission', ['admission', 'third day'], 'until when inputs are known'),
};

const set: FolderSet = {
  loader: 'miComplications',
  place: 'mi-complications',
  what: 'Myocardial infarction complications, UCI 579, as a CSV file with the header ID, AGE, SEX, ..., LET_IS and missing values empty or ?',
};

const complications = [
  'FIBR_PREDS',
  'PREDS_TAH',
  'JELUD_TAH',
  'FIBR_JELUD',
  'A_V_BLOK',
  'OTEK_LANC',
  'RAZRIV',
  'DRESSLER',
  'ZSN',
  'REC_IM',
  'P_IM_STEN',
];
/** Measured on the first three days, not at admission (the data's own description). */
const later = ['R_AB_1_n', 'R_AB_2_n', 'R_AB_3_n', 'NA_R_1_n', 'NA_R_2_n', 'NA_R_3_n', 'NOT_NA_1_n', 'NOT_NA_2_n', 'NOT_NA_3_n'];

/**
 * Complications of myocardial infarction: 1,700 patients, 111 inputs (15,974 empty cells in the table), 11 binary complications and the cause
 * of death (`LET_IS`: 0 = alive, 7 causes).
 * @throws DataError when the file is not there, saying what to put where
 */
export async function miComplications(options: MiComplicationsOptions = {}): Promise<DataSet> {
  const { until, ...place } = readCall<MiComplicationsOptions, 'folder'>('datasets.miComplications(options)', specs, options);
  return dataSet({
    name: 'miComplications',
    columns: readCsv(folderPath(set, ['mi.csv'], place)),
    options: {
      tasks: { ...Object.fromEntries(complications.map((name) => [name, binary()])), LET_IS: multiclass() },
      ignore: until === 'admission' ? ['ID', ...later] : ['ID'],
    },
    source: 'Myocardial infarction complications (2020), UCI Machine Learning Repository 579',
    license: 'CC BY 4.0',
    citation: 'Golovenkin et al. (2020) Trajectories, bifurcations, and pseudo-time in large clinical datasets, GigaScience 9(11)',
  });
}
