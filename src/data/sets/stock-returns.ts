import { type CallSpecs, COUNT, numberOption, readCall } from '../../options/spec';
import { binary } from '../../tasks/kinds/binary';
import { type DataSet, dataSet } from '../data-set';
import { type Cell, readCsv } from '../read/read-csv';
import { shippedPath } from './shipped';

/** Options of `datasets.stockReturns`. */
export interface StockReturnsOptions {
  /** Days of returns that are inputs, today included. @default 5 */
  readonly days?: number;
}

const specs: CallSpecs<StockReturnsOptions> = { days: numberOption(5, 'days that are inputs, today included', COUNT) };

/**
 * Daily returns of 10 stocks of the S&P 500, 2013 to 2018 (1,257 days, in percent): will each rise on the next day?
 *
 * Inputs are the returns of the last days of all stocks (`AAPL`, `AAPL -1`, ...); labels `AAPL up` and so on are 1 where the next day's
 * return is above 0; `AAPL next` holds that return. Rows are in order of time and split by it.
 * @throws RangeError when `days` is no integer of at least 1
 */
export async function stockReturns(options: StockReturnsOptions = {}): Promise<DataSet> {
  const { days } = readCall<StockReturnsOptions>('datasets.stockReturns(options)', specs, options);
  const raw = readCsv(shippedPath('sp500-10stocks.csv.gz'));
  const stocks = Object.keys(raw).filter((name) => name !== 'date' && name !== 'next_day_return');
  const total = raw.date!.length;
  if (days >= total) throw new RangeError(`datasets.stockReturns(options): days must be below the ${total} days there are, got ${days}`);
  const today = Array.from({ length: total - days }, (_, i) => i + days - 1);
  const at = (name: string, shift: number): Cell[] => today.map((day) => raw[name]![day + shift]!);
  const inputs: string[] = [];
  const columns: Record<string, Cell[]> = { date: at('date', 0) };
  for (const stock of stocks) {
    for (let lag = 0; lag < days; lag++) {
      const name = lag === 0 ? stock : `${stock} -${lag}`;
      inputs.push(name);
      columns[name] = at(stock, -lag);
    }
  }
  for (const stock of stocks) {
    columns[`${stock} next`] = at(stock, 1);
    columns[`${stock} up`] = at(stock, 1).map((value) => Number(Number(value) > 0));
  }
  return dataSet({
    name: 'stockReturns',
    columns,
    options: { tasks: Object.fromEntries(stocks.map((stock) => [`${stock} up`, binary()])), inputs, time: 'date' },
    source: 'PyPI river 0.26.1, sp500.csv.gz; past and next days put beside each day when it is loaded',
    license: 'BSD-3-Clause (the package)',
    citation: 'Nugent (2018) S&P 500 stock data, Kaggle',
  });
}
