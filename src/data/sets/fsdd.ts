import { DataError } from '../../cells/data-error';
import { type CallSpecs, COUNT, numberOption, readCall } from '../../options/spec';
import { multiclass } from '../../tasks/kinds/multiclass';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { readWav, type Sound } from '../read/read-wav';
import { type FolderOptions, type FolderSet, folderPath, folderSpecs } from './folder';
import { splitColumn } from './split-column';

/** Options of `datasets.fsdd`. */
export interface FsddOptions extends FolderOptions {
  /** Samples a clip, at 8 kHz: longer clips are cut, shorter ones padded with silence. @default 8000 */
  readonly length?: number;
}

const specs: CallSpecs<FsddOptions, 'folder'> = { ...folderSpecs, length: numberOption(8000, 'samples a clip', COUNT) };

const set: FolderSet = {
  loader: 'fsdd',
  place: 'fsdd',
  what: 'the Free Spoken Digit Dataset, takes 0-14, one 8 kHz WAV file a speaker and index.csv with clip, wav, first_sample, samples, digit, speaker, take, split, accent',
};

/**
 * Spoken digits: 900 clips of 6 speakers as raw sound, `[length, 1]` from -1 to 1; digit (10) and speaker (6). The official test split is
 * takes 0 to 4 (300 clips).
 * @throws DataError when the files are not there, saying what to put where
 */
export async function fsdd(options: FsddOptions = {}): Promise<DataSet> {
  const { length, ...place } = readCall<FsddOptions, 'folder'>('datasets.fsdd(options)', specs, options);
  const columns = readCsv(folderPath(set, ['index.csv'], place));
  const files = new Map<string, Sound>();
  const values = new Float32Array(columns.wav!.length * length);
  columns.wav!.forEach((file, row) => {
    const name = String(file);
    let sound = files.get(name);
    if (sound === undefined) {
      sound = readWav(folderPath(set, [name], place));
      files.set(name, sound);
    }
    const first = Number(columns.first_sample![row]);
    const samples = Number(columns.samples![row]);
    if (first + samples > sound.samples.length) {
      throw new DataError(
        'bad-file',
        `Cannot load fsdd: clip "${columns.clip![row]}" ends after the ${sound.samples.length} samples of ${name}`,
        { row },
      );
    }
    values.set(sound.samples.subarray(first, first + Math.min(samples, length)), row * length);
  });
  return dataSet({
    name: 'fsdd',
    columns,
    options: { tasks: { digit: multiclass(), speaker: multiclass() }, inputs: { kind: 'tensor', shape: [length, 1], values } },
    source: 'Free Spoken Digit Dataset, takes 0 to 14 of each digit and speaker',
    license: 'CC BY-SA 4.0',
    citation: 'Jackson, Souza, Flaks, Pan, Nicolas, Thite (2018) Free Spoken Digit Dataset v1.0.8, Zenodo',
    split: splitColumn(columns.split!),
  });
}
