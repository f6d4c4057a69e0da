import { DataError } from '../../cells/data-error';
import { multiclass } from '../../tasks/kinds/multiclass';
import { tagging } from '../../tasks/kinds/tagging';
import { type DataSet, dataSet } from '../data-set';
import { readContent } from '../read/file';
import type { Cell } from '../read/read-csv';
import { tokenTensor } from '../tokens';
import { type FolderOptions, type FolderSet, folderPath } from './folder';

const set: FolderSet = {
  loader: 'ewtPosNer',
  place: 'ewt-pos-ner',
  what: 'Universal Dependencies EWT with Universal NER: a line "# id<tab>genre" and then a line form, UPOS, XPOS, deprel, NER a word, tab-separated, a blank line after each sentence',
};

const layers = ['form', 'upos', 'xpos', 'deprel', 'ner'] as const;

/**
 * English web text: 4,072 sentences with part of speech (17), named entities (PER, ORG, LOC in IOB2) and genre (5). Inputs are word ids; the
 * dev file is the training part, whose vocabulary it is (what is there once stands for unknown words), the test file the test part.
 * @throws DataError when the files are not there, saying what to put where
 */
export async function ewtPosNer(options: FolderOptions = {}): Promise<DataSet> {
  const [dev, test] = [readSentences('dev.tsv', options), readSentences('test.tsv', options)];
  const columns = Object.fromEntries(['id', 'genre', ...layers].map((name) => [name, [...dev[name]!, ...test[name]!]]));
  const rows = Array.from(columns.id!.keys());
  const split = { train: rows.slice(0, dev.id!.length), test: rows.slice(dev.id!.length) };
  return dataSet({
    name: 'ewtPosNer',
    columns,
    options: {
      tasks: { upos: tagging(), ner: tagging(), genre: multiclass() },
      inputs: tokenTensor(
        columns.form!.map((text) => String(text).toLowerCase().split(' ')),
        { vocabularyRows: split.train },
      ),
    },
    source: 'Universal Dependencies English EWT joined with Universal NER v1, development and test parts',
    license: 'CC BY-SA 4.0',
    citation: 'Silveira et al. (2014) A gold standard dependency corpus for English, LREC; Mayhew et al. (2024) Universal NER, NAACL',
    split,
  });
}

/** Sentences with each layer's tags as text with blanks between; blanks inside a word become `_`. */
function readSentences(file: string, options: FolderOptions): Record<string, Cell[]> {
  const { bytes } = readContent(folderPath(set, [file], options));
  const columns: Record<string, Cell[]> = Object.fromEntries(['id', 'genre', ...layers].map((name) => [name, []]));
  let words: string[][] = [];
  const finish = (): void => {
    if (words.length > 0)
      layers.forEach((layer, i) => void columns[layer]!.push(words.map((word) => word[i]!.replaceAll(' ', '_')).join(' ')));
    words = [];
  };
  bytes
    .toString('utf8')
    .split(/\r?\n/)
    .forEach((line, i) => {
      const fields = line.split('\t');
      if (line === '') finish();
      else if (fields.length === layers.length) words.push(fields);
      else if (line.startsWith('# ') && fields.length === 2) {
        columns.id!.push(fields[0]!.slice(2));
        columns.genre!.push(fields[1]!);
      } else if (!line.startsWith('#')) {
        throw new DataError(
          'bad-file',
          `Cannot load ewtPosNer: line ${i + 1} of ${file} has ${fields.length} fields; expected ${layers.length}`,
        );
      }
    });
  finish();
  return columns;
}
