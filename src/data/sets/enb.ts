import { DataError } from '../../cells/data-error';
import { regression } from '../../tasks/kinds/regression';
import { type DataSet, dataSet } from '../data-set';
import { readArff } from '../read/read-arff';
import { type FolderOptions, type FolderSet, folderPath } from './folder';

const set: FolderSet = { loader: 'enb', place: 'mulan-small', what: 'Energy efficiency, UCI 242, as the enb.arff of Mulan' };

const names = ['X1', 'X2', 'X3', 'X4', 'X5', 'X6', 'X7', 'X8', 'heating', 'cooling'];

/**
 * Energy efficiency of buildings: 768 simulated buildings, 8 inputs, heating and cooling load. Columns are renamed to X1 to X8, heating and
 * cooling, since two attribute names are odd in Mulan's file.
 * @throws DataError when the file is not there, saying what to put where
 */
export async function enb(options: FolderOptions = {}): Promise<DataSet> {
  const { columns } = readArff(folderPath(set, ['enb.arff'], options));
  const values = Object.values(columns);
  if (values.length !== names.length)
    throw new DataError('bad-file', `Cannot load enb: enb.arff has ${values.length} attributes; expected ${names.length}`);
  return dataSet({
    name: 'enb',
    columns: Object.fromEntries(names.map((name, i) => [name, values[i]!])),
    options: { tasks: { heating: regression(), cooling: regression() } },
    source: 'Energy efficiency (2012), UCI Machine Learning Repository 242, as Mulan has it',
    license: 'CC BY 4.0',
    citation:
      'Tsanas, Xifara (2012) Accurate quantitative estimation of energy performance of residential buildings using statistical machine learning tools, Energy and Buildings 49',
  });
}
