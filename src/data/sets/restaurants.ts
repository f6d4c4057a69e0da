import { regression } from '../../tasks/kinds/regression';
import { type DataSet, dataSet } from '../data-set';
import { type Cell, readCsv } from '../read/read-csv';
import { type FolderOptions, type FolderSet, folderPath } from './folder';

const set: FolderSet = {
  loader: 'restaurants',
  place: 'restaurants',
  what: 'Restaurant & consumer data, UCI 232: ratings.csv, users.csv and places.csv (its rating_final.csv, userprofile.csv and geoplaces2.csv)',
};

const userColumns =
  'smoker drink_level dress_preference ambience transport marital_status hijos birth_year interest personality religion activity color weight budget height'.split(
    ' ',
  );
const placeColumns = 'alcohol smoking_area dress_code accessibility price Rambience franchise area other_services'.split(' ');

/**
 * Restaurant ratings: 1,161 ratings (0 to 2) by 138 users of 130 places; overall, food and service rating. Inputs are the ids and what is
 * known of user (16 columns; 3 users have none) and place (9 columns).
 * @throws DataError when the files are not there, saying what to put where
 */
export async function restaurants(options: FolderOptions = {}): Promise<DataSet> {
  const ratings = readCsv(folderPath(set, ['ratings.csv', 'rating_final.csv'], options));
  const users = readCsv(folderPath(set, ['users.csv', 'userprofile.csv'], options));
  const places = readCsv(folderPath(set, ['places.csv', 'geoplaces2.csv'], options), { encoding: placesEncoding(options) });
  const columns = {
    ...ratings,
    ...lookUp(ratings.userID!, users, 'userID', userColumns),
    ...lookUp(ratings.placeID!, places, 'placeID', placeColumns),
  };
  return dataSet({
    name: 'restaurants',
    columns,
    options: {
      tasks: { rating: regression(), food_rating: regression(), service_rating: regression() },
      categorical: ['userID', 'placeID'],
    },
    source: 'Restaurant & consumer data (2012), UCI Machine Learning Repository 232, three tables joined',
    license: 'CC BY 4.0',
    citation:
      'Vargas-Govea, González-Serna, Ponce-Medellín (2011) Effects of relevant contextual features in the performance of a restaurant recommender system, RecSys workshop CARS',
  });
}

/** The official file is in Latin-1. */
function placesEncoding(options: FolderOptions): 'utf8' | 'latin1' {
  return folderPath(set, ['places.csv', 'geoplaces2.csv'], options).endsWith('geoplaces2.csv') ? 'latin1' : 'utf8';
}

/** Columns of `table` for each key; null where the table lacks the key. */
function lookUp(
  keys: readonly Cell[],
  table: Readonly<Record<string, Cell[]>>,
  key: string,
  names: readonly string[],
): Record<string, Cell[]> {
  const rowOf = new Map(table[key]!.map((value, row) => [value, row]));
  return Object.fromEntries(
    names.map((name) => [
      name,
      keys.map((value) => {
        const row = rowOf.get(value);
        return row === undefined ? null : table[name]![row]!;
      }),
    ]),
  );
}
