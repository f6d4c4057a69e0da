import { regression } from '../../tasks/kinds/regression';
import { type DataSet, dataSet } from '../data-set';
import { type Cell, readCsv } from '../read/read-csv';
import { splitWords, tokenTensor } from '../tokens';
import { shippedPath } from './shipped';

const domains = ['tweet', 'movie', 'product', 'news'] as const;

/**
 * Sentiment of sentences in 4 domains, the ground truth of VADER: 4,200 tweets, 10,605 film, 3,708 product and 5,190 news sentences, mean
 * rating from -4 to 4. Each domain is a task; a sentence has a label for its own domain only.
 *
 * Inputs are the ids of the first 40 words; words that are there once have id 1.
 */
export async function vader(): Promise<DataSet> {
  const raw = readCsv(shippedPath('vader.tsv.gz'), { separator: '\t', quotes: false, missing: [], text: ['id', 'text'] });
  const columns: Record<string, Cell[]> = { ...raw };
  for (const domain of domains) columns[domain] = raw.sentiment!.map((value, row) => (raw.domain![row] === domain ? value : null));
  return dataSet({
    name: 'vader',
    columns,
    options: {
      tasks: Object.fromEntries(domains.map((domain) => [domain, regression()])),
      inputs: tokenTensor(
        raw.text!.map((text) => splitWords(String(text))),
        { length: 40 },
      ),
    },
    source: 'PyPI vaderSentiment 0.5 (source package), hutto_ICWSM_2014.tar.gz, four domains joined',
    license: 'MIT (the package)',
    citation: 'Hutto, Gilbert (2014) VADER: a parsimonious rule-based model for sentiment analysis of social media text, ICWSM',
  });
}
