import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describe as report } from '../../../src/data/data-report';
import { datasets } from '../../../src/data/datasets';
import { givenSplits } from '../../../src/data/given-splits';
import { fitPreprocessing } from '../../../src/data/preprocessing';
import { shippedPath } from '../../../src/data/sets/shipped';
import { splitData } from '../../../src/data/split';
import { taskData } from '../../../src/data/task-data';

// Facts: the data sets' own descriptions, counted with Python on the packages' files.

const readme = readFileSync(shippedPath('README.md'), 'utf8');
/** Files and loaders, as the README's table has them. */
const shipped = [...readme.matchAll(/^\| `([\w.-]+)` \| `(\w+)` \|/gm)].map(([, file, name]) => ({
  file: file!,
  name: name as keyof typeof datasets,
}));

describe('datasets that the package ships', () => {
  it('take less than 5 MB', () => {
    const folder = shippedPath('');
    expect(readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0)).toBeLessThan(5e6);
  });

  it('yeast: 2,417 genes, 103 features, 14 labels, 4.24 a gene, split 1,500 and 917', async () => {
    const set = await datasets.yeast();
    const data = taskData(set.columns, set.options);
    expect([data.rows, data.tasks.length, data.notes.length]).toEqual([2417, 14, 0]);
    expect(data.inputs).toHaveLength(103);
    expect(report(data).positivesPerRow!.toFixed(2)).toBe('4.24');
    const split = givenSplits({ 0: set.split }, data).get(0)!;
    expect([split.train.length, split.test.length]).toEqual([1500, 917]);
  });

  it('actg175: 2,139 patients, 521 events, 797 without cd496, start-of-trial inputs only', async () => {
    const set = await datasets.actg175();
    const data = taskData(set.columns, set.options);
    const { rows, tasks, notes, inputs, missingPatterns } = report(data);
    expect(rows).toBe(2139);
    expect(tasks.map((task) => [task.name, task.kind, task.missing])).toEqual([
      ['event', 'binary', 0],
      ['offtrt', 'binary', 0],
      ['cd420', 'regression', 0],
      ['cd820', 'regression', 0],
      ['cd496', 'regression', 797],
    ]);
    expect(tasks[0]!.classes[1]!.count).toBe(521);
    expect(missingPatterns).toEqual([
      { missing: [], rows: 1342 },
      { missing: ['cd496'], rows: 797 },
    ]);
    const names = inputs.map((input) => input.name);
    expect(names).toHaveLength(19);
    for (const late of ['pidnum', 'days', 'r', 'cens', 'offtrt', 'cd420', 'cd496', 'cd820']) expect(names).not.toContain(late);
    expect(notes).toEqual(['Input column "zprior" is constant (1 wherever it is known): kept, but it tells nothing']);
    expect(Object.keys(set.columns)).toHaveLength(27);
  });

  it('vowel: nearest neighbor on the official split gets 260 of 462 (Robinson 1989: 56 %)', async () => {
    const set = await datasets.vowel();
    const data = taskData(set.columns, set.options);
    const { train, test } = givenSplits({ 0: set.split }, data).get(0)!;
    expect([train.length, test.length, data.tasks[0]!.classes.length, data.tasks[1]!.kind]).toEqual([528, 462, 11, 'binary']);
    const columns = Array.from({ length: 10 }, (_, i) => set.columns[`f${i}`] as number[]);
    const distance = (a: number, b: number): number => columns.reduce((sum, column) => sum + (column[a]! - column[b]!) ** 2, 0);
    const vowels = data.labels[0]!.values;
    const right = test.filter((row) => {
      const nearest = train.reduce((best, other) => (distance(row, other) < distance(row, best) ? other : best), train[0]!);
      return vowels[nearest] === vowels[row];
    });
    expect(right.length).toBe(260);
    expect(new Set(data.groups).size).toBe(15);
  });

  it('solarFlare: 1,066 regions, 10 inputs, 3 counts', async () => {
    const set = await datasets.solarFlare();
    const data = taskData(set.columns, set.options);
    expect([data.rows, data.tasks.length]).toEqual([1066, 3]);
    expect(data.inputs).toHaveLength(10);
    expect(data.notes).toEqual(['Input column "largest-spot-area" is constant (1 wherever it is known): kept, but it tells nothing']);
  });

  it('movies: 17,472 films with the label counts of the package', async () => {
    const set = await datasets.movies();
    const data = taskData(set.columns, set.options);
    const { tasks, inputs } = report(data);
    const labeled = Object.fromEntries(tasks.map((task) => [task.name, task.labeled]));
    expect(set.columns.id).toHaveLength(17472);
    expect(tasks.filter((task) => task.name.startsWith('genre '))).toHaveLength(21);
    expect([labeled['genre Drama'], labeled.rt_meter, labeled.metacritic, labeled.log10_box_office]).toEqual([17029, 17453, 6811, 2760]);
    // 2,568 ratings, of them 11 M/PG, 10 GP, 6 M and 1 X that are too few.
    expect(labeled.rating).toBe(2568 - 28);
    expect(tasks.find((task) => task.name === 'genre Western')!.classes[1]!.count).toBe(311);
    expect(inputs.map((input) => input.kind)).toEqual(['numeric', 'numeric', 'categorical', 'categorical', 'numeric', 'numeric']);
    expect(inputs[2]!.categories).toBeLessThan(20);
  });

  it('vader: 23,703 sentences, one label each, in 4 domains', async () => {
    const set = await datasets.vader();
    const data = taskData(set.columns, set.options);
    expect(data.rows).toBe(23703);
    expect(report(data).tasks.map((task) => [task.name, task.labeled])).toEqual([
      ['tweet', 4200],
      ['movie', 10605],
      ['product', 3708],
      ['news', 5190],
    ]);
    expect(report(data).inputShape).toEqual([40]);
    expect(set.columns.rater_sd!.every((value) => typeof value === 'number')).toBe(true);
    for (const task of report(data).tasks) {
      expect(task.numbers!.min).toBeGreaterThanOrEqual(-4);
      expect(task.numbers!.max).toBeLessThanOrEqual(4);
    }
  });

  it('stockReturns: 1,257 days, labels from the next day only, near-even directions', async () => {
    const set = await datasets.stockReturns({ days: 3 });
    const data = taskData(set.columns, set.options);
    // Two days have no full past, the last has no next day.
    expect([data.rows, data.tasks.length]).toEqual([1257 - 3, 10]);
    expect(data.inputs).toHaveLength(30);
    const { columns } = set;
    for (let row = 0; row + 1 < data.rows; row++) {
      expect(columns['IBM next']![row]).toBe(columns.IBM![row + 1]);
      expect(columns['IBM -1']![row + 1]).toBe(columns.IBM![row]);
    }
    for (const task of report(data).tasks) {
      expect(task.classes[1]!.rate).toBeGreaterThan(0.47);
      expect(task.classes[1]!.rate).toBeLessThan(0.56);
    }
    const split = splitData(data, { seed: 0 });
    expect(Math.max(...split.train)).toBeLessThan(Math.min(...split.test));
    await expect(datasets.stockReturns({ days: 0 })).rejects.toThrow('days must be an integer of at least 1, got 0');
    await expect(datasets.stockReturns({ day: 3 } as never)).rejects.toThrow('unknown option "day" (did you mean "days"?)');
    await expect(datasets.stockReturns({ days: 2000 })).rejects.toThrow('days must be below the 1257 days there are');
  });

  it('stockPrices: every ticker loses its first days and its last, no day of another ticker leaks in', async () => {
    const set = await datasets.stockPrices({ days: 4 });
    const data = taskData(set.columns, set.options);
    // 3,270 records of AAPL, IBM and MSFT, 2,148 of GOOG, 196 of FB.
    expect(data.rows).toBe(3 * 3270 + 2148 + 196 - 5 * (4 + 1));
    expect(data.inputs).toHaveLength(1 + 3 * 4);
    const { columns } = set;
    const apple = Array.from(columns.ticker!.keys()).filter((row) => columns.ticker![row] === 'AAPL');
    for (let i = 0; i + 1 < apple.length; i++) {
      expect(columns['next return']![apple[i]!]).toBe(columns.return![apple[i + 1]!]);
      expect(columns['volume -3']![apple[i + 1]!]).toBe(columns['volume -2']![apple[i]!]);
    }
    // Across two tickers the price changes by far more than on any day of one.
    expect(columns.return!.every((value) => Math.abs(Number(value)) < Math.log(3.5))).toBe(true);
    expect(columns.date!.every((date, row) => row === 0 || String(columns.date![row - 1]) <= String(date))).toBe(true);
    expect(splitData(data, { seed: 0 }).test.length).toBeGreaterThan(3500);
  });

  it('are the files of the folder, each with its loader in data/README.md, which names the others, too', () => {
    const files = readdirSync(shippedPath('')).filter((file) => /\.(csv|tsv)(\.gz)?$/.test(file));
    expect([...new Set(shipped.map(({ file }) => file))].sort()).toEqual(files.sort());
    const [, others = ''] = readme.split('## Data sets that are not shipped');
    const elsewhere = [...others.matchAll(/`(\w+)`/g)].map(([, name]) => name!).filter((name) => name !== 'TASKLOOM_DATA');
    expect([...shipped.map(({ name }) => name), ...elsewhere].sort()).toEqual(Object.keys(datasets).sort());
    for (const file of files) expect(readme).toContain(`\n## ${file.replace(/\..*/, '')}\n`);
  });

  it.each(shipped)('$name: encodes without NaN, under its own name', async ({ name }) => {
    const set = await datasets[name]();
    expect(set.name).toBe(name);
    const data = taskData(set.columns, set.options);
    const x = fitPreprocessing(data, splitData(data, { seed: 1 }).train).encode(data);
    expect(x.every(Number.isFinite)).toBe(true);
  });
});
