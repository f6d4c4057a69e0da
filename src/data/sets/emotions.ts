import { binary } from '../../tasks/kinds/binary';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { shippedPath } from './shipped';

/** Emotions in music: 593 songs, 72 rhythm and timbre features, 6 binary labels (amazed, happy, relaxing, quiet, sad, angry). */
export async function emotions(): Promise<DataSet> {
  const task = binary();
  return dataSet({
    name: 'emotions',
    columns: readCsv(shippedPath('emotions.csv')),
    options: { tasks: { amazed: task, happy: task, relaxing: task, quiet: task, sad: task, angry: task } },
    source: 'PyPI scikit-multiflow 0.4.1, music.csv (the music set of river); six label columns renamed',
    license: 'BSD-3-Clause (the package)',
    citation:
      'Trohidis, Tsoumakas, Kalliris, Vlahavas (2008) Multi-label classification of music into emotions, Proc. 9th International Conference on Music Information Retrieval',
  });
}
