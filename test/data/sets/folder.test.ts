import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DataError } from '../../../src/cells/data-error';
import { describe as report } from '../../../src/data/data-report';
import type { DataSet } from '../../../src/data/data-set';
import { datasets } from '../../../src/data/datasets';
import { givenSplits } from '../../../src/data/given-splits';
import { kFold, splitData } from '../../../src/data/split';
import { type TaskData, taskData } from '../../../src/data/task-data';
import type { TokenTensor } from '../../../src/data/tokens';
import { sharedFolder } from './shared';

const read = (set: DataSet): TaskData => taskData(set.columns, set.options);
const classes = (data: TaskData): number[] => data.tasks.map((task) => task.classes.length);

describe('datasets that lie in a folder', () => {
  const before = process.env.TASKLOOM_DATA;
  afterEach(() => {
    if (before === undefined) delete process.env.TASKLOOM_DATA;
    else process.env.TASKLOOM_DATA = before;
  });

  it('say what to put where when nothing names a folder, or it lacks the files', async () => {
    delete process.env.TASKLOOM_DATA;
    await expect(datasets.parkinsons()).rejects.toThrow(
      new DataError(
        'file-not-found',
        `Cannot load parkinsons: the package does not ship it; put ${join('parkinsons', 'parkinsons_updrs.data')} or ${join('parkinsons', 'parkinsons_updrs.csv')} (Parkinsons Telemonitoring, UCI 189, parkinsons_updrs.data with its header) into a folder and name that folder in the option "folder" or in TASKLOOM_DATA`,
      ),
    );
    await expect(datasets.enb({ folder: 'nowhere' })).rejects.toThrow(
      `Cannot load enb: ${resolve('nowhere')} has no ${join('mulan-small', 'enb.arff')}; put there: Energy efficiency, UCI 242`,
    );
    process.env.TASKLOOM_DATA = 'elsewhere';
    await expect(datasets.snips()).rejects.toThrow(`Cannot load snips: ${resolve('elsewhere')} has no`);
    await expect(datasets.slump({ foldre: 'x' } as never)).rejects.toThrow(
      'datasets.slump(options): unknown option "foldre" (did you mean "folder"?)',
    );
    await expect(datasets.emodb({ features: 'mfcc' as never })).rejects.toThrow(`features must be 'logmel' or 'statistics', got "mfcc"`);
    await expect(datasets.miComplications({ until: 'discharge' as never })).rejects.toThrow("until must be 'admission' or 'third day'");
    await expect(datasets.fsdd({ length: 0 })).rejects.toThrow('length must be an integer of at least 1, got 0');
  });
});

it('texts in a folder teach the unknown token by the words that the training part has once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'texts-'));
  try {
    mkdirSync(join(folder, 'snips'));
    mkdirSync(join(folder, 'ewt-pos-ner'));
    const lines = (rows: string[]): string => `${['intent\ttokens\tslots', ...rows].join('\n')}\n`;
    writeFileSync(join(folder, 'snips', 'train.tsv'), lines(['a\tplay once\tO X', 'b\tplay play\tO O']));
    writeFileSync(join(folder, 'snips', 'valid.tsv'), lines(['a\tnew play\tX O']));
    const sentence = (id: string, genre: string, words: string[]): string =>
      `# ${id}\t${genre}\n${words.map((word) => `${word}\tNOUN\tNN\troot\tO`).join('\n')}\n\n`;
    const header = '# columns: form, UPOS, XPOS, deprel, NER (IOB2); sentence header: id, genre\n\n';
    writeFileSync(join(folder, 'ewt-pos-ner', 'dev.tsv'), header + sentence('d-1', 'x', ['play', 'once']) + sentence('d-2', 'y', ['play']));
    writeFileSync(join(folder, 'ewt-pos-ner', 'test.tsv'), header + sentence('t-1', 'x', ['new', 'play']));
    for (const set of [await datasets.snips({ folder }), await datasets.ewtPosNer({ folder })]) {
      const { values, tokens } = set.options.inputs as TokenTensor;
      expect(tokens).toEqual(['', '', 'play']);
      expect(Array.from(values)).toEqual(set.name === 'snips' ? [2, 1, 2, 2, 1, 2] : [2, 1, 2, 0, 1, 2]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

// Facts: the data sets' own descriptions, counted with Python on the files.
describe.skipIf(sharedFolder === undefined)('datasets in a folder that is there', () => {
  const folder = sharedFolder!;

  it('cmuFaces: 624 pictures of 30 x 32, 20 people kept together', async () => {
    const data = read(await datasets.cmuFaces({ folder }));
    expect([data.rows, classes(data), report(data).inputShape, report(data).groups]).toEqual([624, [4, 4, 2], [30, 32, 1], 20]);
  });

  it('omniglot: 2,720 drawings, 5 alphabets, 136 characters, 20 drawers', async () => {
    const data = read(await datasets.omniglot({ folder }));
    expect([data.rows, classes(data), report(data).inputShape]).toEqual([2720, [5, 136, 20], [28, 28, 1]]);
    expect(report(data).tasks[2]!.classes.every(({ count }) => count === 136)).toBe(true);
  });

  it('trafficLights: 1,484 crops, 904 red, 44 yellow, 536 green, split 1,187 and 297', async () => {
    const set = await datasets.trafficLights({ folder });
    const data = read(set);
    expect(report(data).inputShape).toEqual([32, 20, 3]);
    const counts = Object.fromEntries(report(data).tasks[0]!.classes.map(({ name, count }) => [name, count]));
    expect(counts).toEqual({ red: 904, green: 536, yellow: 44 });
    const split = givenSplits({ 0: set.split }, data).get(0)!;
    expect([split.train.length, split.test.length]).toEqual([1187, 297]);
  });

  it('fsdd: 900 clips of 6 speakers, 90 a digit, takes 0 to 4 as the test part', async () => {
    const set = await datasets.fsdd({ folder, length: 4000 });
    const data = read(set);
    expect([data.rows, classes(data), report(data).inputShape]).toEqual([900, [10, 6], [4000, 1]]);
    expect(report(data).tasks[0]!.classes.every(({ count }) => count === 90)).toBe(true);
    const split = givenSplits({ 0: set.split }, data).get(0)!;
    expect([split.train.length, split.test.length]).toEqual([600, 300]);
    expect(split.test.every((row) => Number(set.columns.take![row]) <= 4)).toBe(true);
  });

  it("emodb: 535 utterances with Burkhardt's counts of emotions, 10 speakers kept together", async () => {
    const set = await datasets.emodb({ folder });
    const data = read(set);
    expect([data.rows, classes(data), report(data).inputShape, report(data).groups]).toEqual([535, [7, 2, 10], [99, 40, 1], 10]);
    // Burkhardt et al. 2005: anger 127, boredom 81, disgust 46, fear 69, happiness 71, sadness 62, neutral 79.
    expect(report(data).tasks[0]!.classes.map(({ count }) => count)).toEqual([127, 81, 46, 69, 71, 79, 62]);
    expect(read(await datasets.emodb({ folder, features: 'statistics' })).inputs).toHaveLength(50);
    expect(set.columns.speaker![0]).toBe('03');
    expect(kFold(data, 10, 0)).toHaveLength(10);
  });

  it('snips: 13,784 and 700 requests, 7 intents, 39 types of slots, a tag for each word', async () => {
    const set = await datasets.snips({ folder });
    const data = read(set);
    expect([set.split!.train.length, set.split!.test.length, data.tasks[0]!.classes.length]).toEqual([13784, 700, 7]);
    const types = new Set(data.tasks[1]!.classes.filter((tag) => tag !== 'O').map((tag) => tag.slice(2)));
    expect(types.size).toBe(39);
    expect(data.labels[1]!.length).toBe(37);
    const inputs = set.options.inputs as { values: Float32Array };
    const tags = data.labels[1]!.values;
    for (let i = 0; i < tags.length; i++)
      if (Number.isNaN(tags[i]) !== (inputs.values[i] === 0)) throw new Error(`position ${i} has no tag or no word`);
  });

  it('ewtPosNer: 25,093 and 25,058 words in 1,998 and 2,074 sentences, 17 parts of speech, 5 genres', async () => {
    const set = await datasets.ewtPosNer({ folder });
    const data = read(set);
    expect([set.split!.train.length, set.split!.test.length]).toEqual([1998, 2074]);
    expect(classes(data)).toEqual([17, 7, 5]);
    const { length, values } = data.labels[0]!;
    const words = (rows: readonly number[]): number =>
      rows.reduce((sum, row) => sum + values.subarray(row * length, (row + 1) * length).filter((tag) => !Number.isNaN(tag)).length, 0);
    expect([words(set.split!.train), words(set.split!.test)]).toEqual([25093, 25058]);
  });

  it('miComplications: 1,700 patients, 111 inputs or 102 at admission, 271 deaths', async () => {
    const set = await datasets.miComplications({ folder, until: 'third day' });
    const data = read(set);
    expect([data.rows, data.tasks.length]).toEqual([1700, 12]);
    expect(data.inputs).toHaveLength(111);
    expect(read(await datasets.miComplications({ folder })).inputs).toHaveLength(102);
    const empty = Object.values(set.columns).reduce((sum, column) => sum + column.filter((cell) => cell === null).length, 0);
    expect(empty).toBe(15974);
    const deaths = report(data).tasks.at(-1)!.classes;
    expect([deaths.length, 1700 - deaths[0]!.count]).toEqual([8, 271]);
    const positives = report(data)
      .tasks.slice(0, -1)
      .map((task) => task.classes[1]!.count);
    expect([Math.min(...positives), Math.max(...positives)]).toEqual([20, 394]);
  });

  it('parkinsons: 5,875 recordings of 42 patients that splits keep together, 19 inputs', async () => {
    const data = read(await datasets.parkinsons({ folder }));
    expect([data.rows, report(data).groups]).toEqual([5875, 42]);
    expect(data.inputs).toHaveLength(19);
    const { train, test } = splitData(data, { seed: 0 });
    const tested = new Set(Array.from(test, (row) => data.groups![row]));
    expect(train.some((row) => tested.has(data.groups![row]!))).toBe(false);
    expect(Math.abs(test.length / 5875 - 0.3)).toBeLessThan(0.05);
  });

  it('drugConsumption: 1,885 people, 12 inputs, 18 drugs, the control left out', async () => {
    const set = await datasets.drugConsumption({ folder });
    const data = read(set);
    expect([data.rows, data.tasks.length]).toEqual([1885, 18]);
    expect(data.inputs).toHaveLength(12);
    expect(set.columns['semer year']!.filter((value) => value === 1)).toHaveLength(3);
    // Rows with CL3 to CL6 in the file's cannabis column.
    expect(report(data).tasks.find((task) => task.name === 'cannabis')!.classes[1]!.count).toBe(999);
  });

  it('restaurants: 1,161 ratings by 138 users of 130 places, 3 users without a profile', async () => {
    const set = await datasets.restaurants({ folder });
    const data = read(set);
    expect([data.rows, data.tasks.length]).toEqual([1161, 3]);
    const inputs = report(data).inputs;
    expect(inputs).toHaveLength(2 + 16 + 9);
    expect([inputs[0]!.categories, inputs[1]!.categories]).toEqual([138, 130]);
    const unknown = new Set(set.columns.userID!.filter((_, row) => set.columns.weight![row] === null));
    expect(unknown.size).toBe(3);
    // The mean predictor's RMSE; it was .790, .790 and .812 on a random fifth of the ratings.
    expect(report(data).tasks.map((task) => task.numbers!.sd.toFixed(1))).toEqual(['0.8', '0.8', '0.8']);
  });

  it('enb and slump: 768 and 103 rows without a missing value', async () => {
    const [energy, concrete] = [read(await datasets.enb({ folder })), read(await datasets.slump({ folder }))];
    expect([energy.rows, energy.tasks.length, concrete.rows, concrete.tasks.length]).toEqual([768, 2, 103, 3]);
    expect(energy.inputs).toHaveLength(8);
    expect(concrete.inputs).toHaveLength(7);
    expect([...report(energy).inputs, ...report(concrete).inputs].every((input) => input.missing === 0)).toBe(true);
    // Least and largest Y1 in the file.
    expect(report(energy).tasks[0]!.numbers).toMatchObject({ min: 6.01, max: 43.1 });
  });
});
