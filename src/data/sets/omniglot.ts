import { multiclass } from '../../tasks/kinds/multiclass';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { readNpy } from '../read/read-npy';
import { type FolderOptions, type FolderSet, folderPath } from './folder';
import { imageTensor } from './image-tensor';

const set: FolderSet = {
  loader: 'omniglot',
  place: 'omniglot-small1',
  what: 'Omniglot images_background_small1 as a NumPy array (2720, 28, 28) of bytes and its labels id, alphabet, character, drawer',
};

/**
 * Omniglot, first small background set: 2,720 drawings, 28 x 28; alphabet (5), character (136) and drawer (20).
 * @throws DataError when the files are not there, saying what to put where
 */
export async function omniglot(options: FolderOptions = {}): Promise<DataSet> {
  const raw = readCsv(folderPath(set, ['labels.csv'], options));
  return dataSet({
    name: 'omniglot',
    columns: { ...raw, character: raw.character!.map((character, row) => `${raw.alphabet![row]} ${character}`) },
    options: {
      tasks: { alphabet: multiclass(), character: multiclass(), drawer: multiclass() },
      inputs: imageTensor(readNpy(folderPath(set, ['omniglot-28x28-u8.npy.gz', 'omniglot-28x28-u8.npy'], options))),
    },
    source: 'Omniglot, images_background_small1, averaged to 28 x 28',
    license: 'MIT',
    citation:
      'Lake, Salakhutdinov, Tenenbaum (2015) Human-level concept learning through probabilistic program induction, Science 350(6266)',
  });
}
