import { type CallSpecs, COUNT, numberOption, readCall } from '../../options/spec';
import { binary } from '../../tasks/kinds/binary';
import { regression } from '../../tasks/kinds/regression';
import { type DataSet, dataSet } from '../data-set';
import { type Cell, readCsv } from '../read/read-csv';
import { shippedPath } from './shipped';

/** Options of `datasets.stockPrices`. */
export interface StockPricesOptions {
  /** Days that are inputs, today included. @default 5 */
  readonly days?: number;
}

const specs: CallSpecs<StockPricesOptions> = { days: numberOption(5, 'days that are inputs, today included', COUNT) };

/** What is derived from one day's record of a ticker, all as natural logarithms. */
const measures = ['return', 'range', 'volume'] as const;

/**
 * Daily prices of AAPL, FB, GOOG, IBM and MSFT, 2000 to 2013 (12,154 records): the next day's return, range, volume and direction.
 *
 * `return` = log of adjusted close over the day before's, `range` = log of high over low, `volume` = log of volume over the day before's.
 * Inputs are the three on each of the last days, and the ticker; labels are `next return`, `next range`, `next volume` and `up` (next
 * return above 0). Rows are in order of time and split by it.
 * @throws RangeError when `days` is no integer of at least 1
 */
export async function stockPrices(options: StockPricesOptions = {}): Promise<DataSet> {
  const { days } = readCall<StockPricesOptions>('datasets.stockPrices(options)', specs, options);
  const raw = readCsv(shippedPath('stocks-ohlcv.csv.gz'));
  const number = (name: string, row: number): number => Number(raw[name]![row]);
  const tickers = raw.Ticker!;
  const measure = (name: (typeof measures)[number], row: number): number =>
    name === 'return'
      ? Math.log(number('Adj Close', row) / number('Adj Close', row - 1))
      : name === 'range'
        ? Math.log(number('High', row) / number('Low', row))
        : Math.log(number('Volume', row) / number('Volume', row - 1));
  // A row needs its own ticker on every day from `days` before it (for the first day's change) to the day after it.
  const rows = Array.from(tickers.keys())
    .filter((row) => row >= days && row + 1 < tickers.length && tickers[row - days] === tickers[row] && tickers[row + 1] === tickers[row])
    .sort((a, b) => (raw.Date![a]! < raw.Date![b]! ? -1 : raw.Date![a]! > raw.Date![b]! ? 1 : a - b));
  if (rows.length === 0) throw new RangeError(`datasets.stockPrices(options): no ticker has more than ${days} days; ask for fewer`);
  const columns: Record<string, Cell[]> = { date: rows.map((row) => raw.Date![row]!), ticker: rows.map((row) => tickers[row]!) };
  const inputs = ['ticker'];
  for (const name of measures) {
    for (let lag = 0; lag < days; lag++) {
      const column = lag === 0 ? name : `${name} -${lag}`;
      inputs.push(column);
      columns[column] = rows.map((row) => measure(name, row - lag));
    }
  }
  for (const name of measures) columns[`next ${name}`] = rows.map((row) => measure(name, row + 1));
  columns.up = columns['next return']!.map((value) => Number(Number(value) > 0));
  return dataSet({
    name: 'stockPrices',
    columns,
    options: {
      tasks: { 'next return': regression(), 'next range': regression(), 'next volume': regression(), up: binary() },
      inputs,
      time: 'date',
    },
    source: 'PyPI bokeh_sampledata 2026.1, stocks.csv.gz (Quandl WIKI Prices); logarithms of changes taken when it is loaded',
    license: 'Public domain (the license list of the package)',
    citation: 'Quandl WIKI Prices (2013)',
  });
}
