import { multiclass } from '../../tasks/kinds/multiclass';
import { regression } from '../../tasks/kinds/regression';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { readNpy } from '../read/read-npy';
import { type FolderOptions, type FolderSet, folderPath } from './folder';
import { imageTensor } from './image-tensor';
import { splitColumn } from './split-column';

const set: FolderSet = {
  loader: 'trafficLights',
  place: 'traffic-lights',
  what: "the traffic light crops of MIT's self-driving car course as a NumPy array (1484, 32, 20, 3) of bytes and their labels id, split, state, orig_width, orig_height",
};

/**
 * Crops of traffic lights: 1,484 pictures, 32 x 20 in color; state (red, yellow, green) and the crop's height in pixels, which stands for
 * the distance. The official split has 1,187 and 297.
 * @throws DataError when the files are not there, saying what to put where
 */
export async function trafficLights(options: FolderOptions = {}): Promise<DataSet> {
  const columns = readCsv(folderPath(set, ['labels.csv'], options));
  return dataSet({
    name: 'trafficLights',
    columns,
    options: {
      tasks: { state: multiclass(), height: regression({ column: 'orig_height' }) },
      inputs: imageTensor(readNpy(folderPath(set, ['lights-32x20x3-u8.npy.gz', 'lights-32x20x3-u8.npy'], options))),
    },
    source: "MIT's self-driving car course, Udacity's traffic light classifier, resized to 32 x 20",
    license: 'CC BY-SA 4.0',
    citation: 'MIT 6.S094: Deep Learning for Self-Driving Cars',
    split: splitColumn(columns.split!),
  });
}
