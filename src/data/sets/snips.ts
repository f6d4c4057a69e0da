import { multiclass } from '../../tasks/kinds/multiclass';
import { tagging } from '../../tasks/kinds/tagging';
import { type DataSet, dataSet } from '../data-set';
import { type Cell, readCsv } from '../read/read-csv';
import { tokenTensor } from '../tokens';
import { type FolderOptions, type FolderSet, folderPath } from './folder';

const set: FolderSet = {
  loader: 'snips',
  place: 'snips',
  what: 'the Snips benchmark of 2017-06 as tab-separated lines intent, tokens, slots (tokens and IOB tags with blanks between)',
};

/**
 * Snips: 13,784 training and 700 test requests; intent (7) and a slot tag for each word (39 slot types in IOB). Inputs are word ids, the
 * vocabulary is that of the training part: what is there once stands for unknown words.
 * @throws DataError when the files are not there, saying what to put where
 */
export async function snips(options: FolderOptions = {}): Promise<DataSet> {
  const read = (file: string): Record<string, Cell[]> =>
    readCsv(folderPath(set, [file], options), { separator: '\t', quotes: false, missing: [], text: ['intent', 'tokens', 'slots'] });
  const [train, test] = [read('train.tsv'), read('valid.tsv')];
  const columns = Object.fromEntries(Object.keys(train).map((name) => [name, [...train[name]!, ...test[name]!]]));
  const rows = Array.from(columns.intent!.keys());
  const split = { train: rows.slice(0, train.intent!.length), test: rows.slice(train.intent!.length) };
  return dataSet({
    name: 'snips',
    columns,
    options: {
      tasks: { intent: multiclass(), slots: tagging() },
      inputs: tokenTensor(
        columns.tokens!.map((text) => String(text).toLowerCase().split(' ')),
        { vocabularyRows: split.train },
      ),
    },
    source: 'Snips custom-intent benchmark (2017-06), tokenized; the 700 validation requests are the test part, as in the literature',
    license: 'CC0-1.0',
    citation:
      'Coucke et al. (2018) Snips Voice Platform: an embedded spoken language understanding system for private-by-design voice interfaces, arXiv:1805.10190',
    split,
  });
}
