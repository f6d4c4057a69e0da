import { type CallSpecs, choiceOption, readCall } from '../../options/spec';
import { binary } from '../../tasks/kinds/binary';
import { multiclass } from '../../tasks/kinds/multiclass';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { readNpy } from '../read/read-npy';
import { type FolderOptions, type FolderSet, folderPath, folderSpecs } from './folder';
import { imageTensor } from './image-tensor';

/** Options of `datasets.emodb`. */
export interface EmodbOptions extends FolderOptions {
  /** `'logmel'`: 99 frames of 40 mel bands; `'statistics'`: 50 statistics of energy, pitch and cepstrum. @default 'logmel' */
  readonly features?: 'logmel' | 'statistics';
}

const specs: CallSpecs<EmodbOptions, 'folder'> = {
  ...folderSpecs,
  features: choiceOption('logmel', ['logmel', 'statistics'], 'what is known of a recording'),
};

const set: FolderSet = {
  loader: 'emodb',
  place: 'emodb',
  what: 'the Berlin Database of Emotional Speech: index.csv with file, speaker, gender, age, sentence, emotion, ..., features.csv with 50 statistics a file, and its log-mel spectrograms as a NumPy array (535, 99, 40) of bytes',
};

/**
 * Berlin emotional speech: 535 utterances of 10 speakers; emotion (7), speaker's gender, sentence (10). Rows are grouped by speaker, as the
 * literature tests on new speakers.
 * @throws DataError when the files are not there, saying what to put where
 */
export async function emodb(options: EmodbOptions = {}): Promise<DataSet> {
  const { features, ...place } = readCall<EmodbOptions, 'folder'>('datasets.emodb(options)', specs, options);
  const index = readCsv(folderPath(set, ['index.csv'], place), { text: ['speaker'] });
  const { file: _, ...statistics } = readCsv(folderPath(set, ['features.csv'], place));
  return dataSet({
    name: 'emodb',
    columns: { ...statistics, ...index },
    options: {
      tasks: { emotion: multiclass(), gender: binary(), sentence: multiclass() },
      inputs:
        features === 'statistics'
          ? Object.keys(statistics)
          : imageTensor(readNpy(folderPath(set, ['logmel-99x40-u8.npy.gz', 'logmel-99x40-u8.npy'], place))),
      groups: 'speaker',
    },
    source: 'Berlin Database of Emotional Speech, cut or padded to 2 seconds; 40 mel bands from -80 to 0 dB',
    license: 'CC0-1.0',
    citation: 'Burkhardt, Paeschke, Rolfes, Sendlmeier, Weiss (2005) A database of German emotional speech, Interspeech',
  });
}
