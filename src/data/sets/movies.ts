import { binary } from '../../tasks/kinds/binary';
import { multiclass } from '../../tasks/kinds/multiclass';
import { regression } from '../../tasks/kinds/regression';
import { type DataSet, dataSet } from '../data-set';
import { type Cell, readCsv } from '../read/read-csv';
import { shippedPath } from './shipped';

/** Languages and countries of fewer films than this are joined as `other`. */
const fewFilms = 100;
/** Ratings by the Motion Picture Association with enough films to learn. */
const ratings: readonly Cell[] = ['G', 'PG', 'PG-13', 'R', 'NC-17'];

/**
 * Films of Wikidata: 17,472 films; 21 genre labels (17,029 films have them), critics' meter (17,453) and Metacritic score (6,811), box
 * office (2,760, as log10 of US dollars) and MPAA rating (2,568): labels that are missing by nature.
 *
 * Inputs are year, running time, first language and first country, and how many directors and actors are known; the number of reviews
 * (popularity), Oscars and the raw text columns are ignored.
 */
export async function movies(): Promise<DataSet> {
  const raw = readCsv(shippedPath('movies-wikidata.csv.gz'), { missing: [], text: ['title', 'director', 'cast', 'imdb_id'] });
  const lists = (name: string): (readonly string[] | null)[] => raw[name]!.map((cell) => (cell === null ? null : String(cell).split('|')));
  const genres = lists('genres');
  const names = [...new Set(genres.flatMap((list) => list ?? []))].sort();
  const genreColumns = Object.fromEntries(
    names.map((name) => [`genre ${name}`, genres.map((list) => (list === null ? null : Number(list.includes(name))))]),
  );
  const columns: Record<string, Cell[]> = {
    ...raw,
    first_language: mainValues(lists('language')),
    first_country: mainValues(lists('country')),
    directors: lists('director').map((list) => list?.length ?? 0),
    actors: lists('cast').map((list) => list?.length ?? 0),
    ...genreColumns,
    log10_box_office: raw.box_office_usd!.map((value) => (typeof value === 'number' && value > 0 ? Math.log10(value) : null)),
    rating: raw.mpaa!.map((value) => (ratings.includes(value) ? value : null)),
  };
  return dataSet({
    name: 'movies',
    columns,
    options: {
      tasks: {
        ...Object.fromEntries(Object.keys(genreColumns).map((name) => [name, binary()])),
        rt_meter: regression(),
        metacritic: regression(),
        log10_box_office: regression(),
        rating: multiclass(),
      },
      inputs: ['year', 'runtime_min', 'first_language', 'first_country', 'directors', 'actors'],
    },
    source: 'PyPI bokeh_sampledata 2026.1, movies.db (Wikidata, retrieved 2026-10-18), two tables joined',
    license: 'CC0-1.0 (the license list of the package)',
    citation: 'Wikidata contributors (2026) Wikidata',
  });
}

/** The first entry of each list; rare ones as `other`. */
function mainValues(lists: readonly (readonly string[] | null)[]): Cell[] {
  const counts = new Map<string, number>();
  for (const list of lists) if (list !== null) counts.set(list[0]!, (counts.get(list[0]!) ?? 0) + 1);
  return lists.map((list) => (list === null ? null : counts.get(list[0]!)! < fewFilms ? 'other' : list[0]!));
}
