import { DataError } from '../../cells/data-error';
import { binary } from '../../tasks/kinds/binary';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { type FolderOptions, type FolderSet, folderPath } from './folder';

const set: FolderSet = {
  loader: 'drugConsumption',
  place: 'drug-consumption',
  what: 'Drug consumption (quantified), UCI 373: drug_consumption.data as it comes (no header), or with the header id, age, gender, ..., vsa as drug_consumption.csv',
};

const inputs = ['age', 'gender', 'education', 'country', 'ethnicity', 'nscore', 'escore', 'oscore', 'ascore', 'cscore', 'impulsive', 'ss'];
const drugs =
  'alcohol amphet amyl benzos caff cannabis choc coke crack ecstasy heroin ketamine legalh lsd meth mushrooms nicotine semer vsa'.split(
    ' ',
  );

/**
 * Drug consumption: 1,885 people, 12 inputs (demography and personality, already quantified), 18 binary tasks "used in the last year"
 * (levels CL3 to CL6 of 7), columns `cannabis year` and so on. The fictitious drug `semer`, a control, is no task.
 * @throws DataError when the file is not there, saying what to put where
 */
export async function drugConsumption(options: FolderOptions = {}): Promise<DataSet> {
  const path = folderPath(set, ['drug_consumption.data', 'drug_consumption.csv'], options);
  const raw = readCsv(path, path.endsWith('.data') ? { header: ['id', ...inputs, ...drugs] } : {});
  const year = Object.fromEntries(
    drugs.map((drug) => [
      `${drug} year`,
      raw[drug]!.map((level, row) => {
        if (!/^CL[0-6]$/.test(String(level))) {
          throw new DataError('bad-file', `Cannot load drugConsumption: "${drug}" holds "${level}" in row ${row}; expected CL0 to CL6`, {
            column: drug,
            row,
          });
        }
        return Number(Number(String(level)[2]) >= 3);
      }),
    ]),
  );
  return dataSet({
    name: 'drugConsumption',
    columns: { ...raw, ...year },
    options: {
      tasks: Object.fromEntries(drugs.filter((drug) => drug !== 'semer').map((drug) => [drug, binary({ column: `${drug} year` })])),
      inputs,
    },
    source: 'Drug consumption (quantified) (2016), UCI Machine Learning Repository 373',
    license: 'CC BY 4.0',
    citation:
      'Fehrman, Muhammad, Mirkes, Egan, Gorban (2017) The five factor model of personality and evaluation of drug consumption risk, Data Science, Springer',
  });
}
