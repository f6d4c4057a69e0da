import { binary } from '../../tasks/kinds/binary';
import { regression } from '../../tasks/kinds/regression';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { shippedPath } from './shipped';

/**
 * AIDS Clinical Trials Group study 175: 2,139 patients, 19 inputs known at the start, 5 outcomes of mixed kinds; the CD4 count after 96
 * weeks is missing for 797. The patient number, `days` (known only at the end) and `r` (whether cd496 is known) are no inputs.
 */
export async function actg175(): Promise<DataSet> {
  return dataSet({
    name: 'actg175',
    columns: readCsv(shippedPath('actg175.csv')),
    options: {
      tasks: {
        event: binary({ column: 'cens' }),
        offtrt: binary(),
        cd420: regression(),
        cd820: regression(),
        cd496: regression(),
      },
      ignore: ['pidnum', 'days', 'r'],
    },
    source: 'PyPI lifelines 0.30.3, ACTG175.csv, without its unnamed first column (row numbers)',
    license: 'MIT (the package); UCI Machine Learning Repository 890: CC BY 4.0',
    citation:
      'Hammer et al. (1996) A trial comparing nucleoside monotherapy with combination therapy in HIV-infected adults with CD4 cell counts from 200 to 500 per cubic millimeter, New England Journal of Medicine 335(15)',
  });
}
