import { binary } from '../../tasks/kinds/binary';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { shippedPath } from './shipped';

/** Functions of yeast genes: 2,417 genes, 103 features, 14 binary labels (4.24 a gene); the usual split is the first 1,500 and the last 917. */
export async function yeast(): Promise<DataSet> {
  const columns = readCsv(shippedPath('yeast.csv.gz'));
  const names = Object.keys(columns).filter((name) => name.startsWith('Class'));
  const rows = Array.from({ length: 2417 }, (_, row) => row);
  return dataSet({
    name: 'yeast',
    columns,
    options: { tasks: Object.fromEntries(names.map((name) => [name, binary()])) },
    source: 'PyPI river 0.26.1, yeast.csv.gz, unchanged (the Mulan version)',
    license: 'BSD-3-Clause (the package)',
    citation: 'Elisseeff, Weston (2001) A kernel method for multi-labeled classification, NIPS 14',
    split: { train: rows.slice(0, 1500), test: rows.slice(1500) },
  });
}
