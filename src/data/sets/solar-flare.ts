import { regression } from '../../tasks/kinds/regression';
import { type DataSet, dataSet } from '../data-set';
import { readCsv } from '../read/read-csv';
import { shippedPath } from './shipped';

/** Solar flares: 1,066 regions of the sun, 10 inputs, counts of 3 classes of flares in the next day; hardly predictable, a negative control. */
export async function solarFlare(): Promise<DataSet> {
  return dataSet({
    name: 'solarFlare',
    columns: readCsv(shippedPath('solar-flare.csv')),
    options: { tasks: { 'c-class-flares': regression(), 'm-class-flares': regression(), 'x-class-flares': regression() } },
    source: 'PyPI river 0.26.1, solar-flare.csv.zip, unzipped',
    license: 'BSD-3-Clause (the package); UCI Machine Learning Repository 89: CC BY 4.0',
    citation: 'Bradshaw (1989) Solar Flare, UCI Machine Learning Repository',
  });
}
