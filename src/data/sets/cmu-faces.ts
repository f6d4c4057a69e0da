import { binary } from '../../tasks/kinds/binary';
import { multiclass } from '../../tasks/kinds/multiclass';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { readNpy } from '../read/read-npy';
import { type FolderOptions, type FolderSet, folderPath } from './folder';
import { imageTensor } from './image-tensor';

const set: FolderSet = {
  loader: 'cmuFaces',
  place: 'cmu-faces',
  what: 'CMU Face Images, UCI 124, its 624 quarter-size images as a NumPy array (624, 30, 32) of bytes and their labels name, person, pose, expression, eyes',
};

/**
 * CMU face images: 624 pictures of 20 people, 30 x 32 gray; pose (4), expression (4) and eyes (2).
 *
 * Rows are grouped by person: with random splits the same picture with another expression is on both sides. The person is a label column
 * too, for splits that ignore groups.
 * @throws DataError when the files are not there, saying what to put where
 */
export async function cmuFaces(options: FolderOptions = {}): Promise<DataSet> {
  return dataSet({
    name: 'cmuFaces',
    columns: readCsv(folderPath(set, ['labels.csv'], options)),
    options: {
      tasks: { pose: multiclass(), expression: multiclass(), eyes: binary({ positive: 'sunglasses' }) },
      inputs: imageTensor(readNpy(folderPath(set, ['faces-30x32-u8.npy.gz', 'faces-30x32-u8.npy'], options))),
      groups: 'person',
    },
    source: 'CMU Face Images (1999), UCI Machine Learning Repository 124',
    license: 'CC BY 4.0',
    citation: 'Mitchell (1997) Machine Learning, chapter 4, McGraw-Hill',
  });
}
