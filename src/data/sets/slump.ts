import { regression } from '../../tasks/kinds/regression';
import { type DataSet, dataSet } from '../data-set';
import { readArff } from '../read/read-arff';
import { type FolderOptions, type FolderSet, folderPath } from './folder';

const set: FolderSet = { loader: 'slump', place: 'mulan-small', what: 'Concrete slump test, UCI 182, as the slump.arff of Mulan' };

/**
 * Concrete slump test: 103 mixtures, 7 inputs (kg per cubic meter), slump and flow (cm) and compressive strength after 28 days (MPa).
 * @throws DataError when the file is not there, saying what to put where
 */
export async function slump(options: FolderOptions = {}): Promise<DataSet> {
  return dataSet({
    name: 'slump',
    columns: readArff(folderPath(set, ['slump.arff'], options)).columns,
    options: { tasks: { SLUMP_cm: regression(), FLOW_cm: regression(), Compressive_Strength_Mpa: regression() } },
    source: 'Concrete slump test (2009), UCI Machine Learning Repository 182, as Mulan has it',
    license: 'CC BY 4.0',
    citation:
      'Yeh (2007) Modeling slump flow of concrete using second-order regressions and artificial neural networks, Cement and Concrete Composites 29(6)',
  });
}
