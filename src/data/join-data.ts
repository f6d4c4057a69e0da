import { sortNames } from '../cells/cell';
import { DataError } from '../cells/data-error';
import { describeValue } from '../options/describe-value';
import type { Labels } from '../tasks/task';
import { type InputColumn, type InputTensor, isTensor, type TaskData } from './data-types';
import { nearestColumn } from './nearest-column';

/**
 * Puts several data sets with the same inputs together, so that one network learns the tasks of all (as MaChAmp and jiant do): all rows, one
 * source after the other; a row has no label for the tasks that its source lacks.
 *
 * Tasks of one name must be the same task (kind, classes, class weights) and become one with the labels of all; give tasks that only sound
 * alike names of their own (`binary({ column })`). Columns are matched by name and encoded together; categories are united. Groups of
 * different sources are different groups. Declared markers of missing values are united. How often rows of small sources are drawn in
 * training is the setting `taskSampling`.
 * @param sources at least two, each made by `taskData`; the names are for messages
 * @throws TypeError when it is no record of two or more task data
 * @throws DataError when inputs or tasks of one name differ, or only some sources have groups or times; see its `code`
 * @example
 * const data = joinData({
 *   movies: taskData(films, { tasks: { rating: regression() }, inputs: ['length', 'age'] }),
 *   restaurants: taskData(places, { tasks: { stars: multiclass() }, inputs: ['length', 'age'] }),
 * });
 */
export function joinData(sources: Readonly<Record<string, TaskData>>): TaskData {
  const named = readSources(sources);
  const parts = named.map(([, data]) => data);
  const rows = parts.reduce((sum, data) => sum + data.rows, 0);
  const labels = joinLabels(named);
  const groups = joinRows(named, 'groups');
  const time = joinRows(named, 'time');
  const missing = [...new Set(parts.flatMap((data) => data.missing ?? []))];
  const dropped = parts.reduce((sum, { droppedRows = 0 }) => sum + droppedRows, 0);
  return {
    rows,
    tasks: labels.map(({ task }) => task),
    labels,
    inputs: joinInputs(named),
    ...(groups === undefined ? {} : { groups: Int32Array.from(apart(groups)) }),
    ...(time === undefined ? {} : { time: Float64Array.from(time.flatMap((values) => Array.from(values))) }),
    notes: named.flatMap(([name, { notes }]) => notes.map((note) => `${name}: ${note}`)),
    ...(dropped === 0 ? {} : { sourceRows: sourceRows(parts), droppedRows: dropped }),
    ...(missing.length === 0 ? {} : { missing }),
  };
}

type Named = readonly (readonly [name: string, data: TaskData])[];

function readSources(sources: unknown): Named {
  const expected =
    'joinData(sources): expected two or more task data by name, such as { movies: taskData(...), restaurants: taskData(...) }';
  if (typeof sources !== 'object' || sources === null || Array.isArray(sources)) {
    throw new TypeError(`${expected}; got ${describeValue(sources)}`);
  }
  const named = Object.entries(sources as Readonly<Record<string, TaskData>>);
  if (named.length < 2) throw new TypeError(`${expected}; got ${named.length}`);
  for (const [name, data] of named) {
    if (!Array.isArray((data as Partial<TaskData> | null)?.labels)) {
      throw new TypeError(`joinData(sources): "${name}" must be made by taskData(table, options); got ${describeValue(data)}`);
    }
  }
  return named;
}

function joinInputs(named: Named): TaskData['inputs'] {
  const [first, { inputs }] = named[0]!;
  return isTensor(inputs) ? joinTensors(named, first, inputs) : inputs.map((column) => joinColumn(named, first, column));
}

function joinTensors(named: Named, first: string, model: InputTensor): InputTensor {
  const say = (inputs: TaskData['inputs']): string =>
    isTensor(inputs)
      ? `a tensor with rows of shape [${inputs.shape.join(', ')}]${inputs.vocabulary === undefined ? '' : ` and vocabulary ${inputs.vocabulary}`}`
      : `${inputs.length} table columns`;
  const tensors = named.map(([name, { inputs }]) => {
    if (!isTensor(inputs) || say(inputs) !== say(model)) {
      throw new DataError(
        'inputs-differ',
        `Cannot join data: the inputs of "${first}" are ${say(model)}, those of "${name}" ${say(inputs)}; all sources need the same inputs`,
      );
    }
    if (inputs.fingerprint !== model.fingerprint)
      throw new DataError(
        'inputs-differ',
        `Cannot join data: the ids of "${first}" and "${name}" were made by different vocabularies; make both by one, for instance tokenTensor(texts, { like: inputs })`,
      );
    return inputs;
  });
  const values = new Float32Array(tensors.reduce((size, tensor) => size + tensor.values.length, 0));
  let at = 0;
  for (const tensor of tensors) {
    values.set(tensor.values, at);
    at += tensor.values.length;
  }
  return { ...model, values };
}

function joinColumn(named: Named, first: string, model: InputColumn): InputColumn {
  const found = named.map(([name, { inputs }]) => {
    if (isTensor(inputs)) {
      throw new DataError('inputs-differ', `Cannot join data: the inputs of "${first}" are table columns, those of "${name}" a tensor`);
    }
    const own = inputs.map((column) => column.name);
    const column = inputs.find((candidate) => candidate.name === model.name);
    if (column === undefined) throw lacking(name, first, model.name, own);
    const names = (named[0]![1].inputs as readonly InputColumn[]).map((candidate) => candidate.name);
    const extra = own.find((candidate) => !names.includes(candidate));
    if (extra !== undefined) throw lacking(first, name, extra, names);
    if (column.kind !== model.kind) {
      const [numeric, categorical] = column.kind === 'numeric' ? [name, first] : [first, name];
      throw new DataError(
        'inputs-differ',
        `Cannot join data: input column "${model.name}" is numeric in "${numeric}" and categorical in "${categorical}"; if it holds categories, say so there: taskData(table, { categorical: ['${model.name}'] })`,
        { column: model.name },
      );
    }
    return column;
  });
  if (model.kind === 'numeric') {
    const numbers = found.flatMap((column) => (column.kind === 'numeric' ? Array.from(column.values) : []));
    return { ...model, values: Float64Array.from(numbers) };
  }
  const parts = found.flatMap((column) => (column.kind === 'categorical' ? [column] : []));
  const categories = sortNames(parts.flatMap((column) => column.categories));
  const placeOf = new Map(categories.map((category, i) => [category, i]));
  const codes = parts.flatMap((column) => {
    const place = column.categories.map((category) => placeOf.get(category)!);
    return Array.from(column.codes, (code) => place[code] ?? -1);
  });
  return { ...model, categories, codes: Int32Array.from(codes) };
}

function lacking(name: string, other: string, column: string, names: readonly string[]): DataError {
  return new DataError(
    'inputs-differ',
    `Cannot join data: "${name}" lacks input column "${column}", which "${other}" has${nearestColumn(column, names)}; all sources need the same inputs, so name them: taskData(table, { inputs: [...] })`,
    { column },
  );
}

/** What must be equal in tasks of one name, in words. */
function nature({ task, length }: Labels): string {
  const { kind, classes, classWeights, lossWeight, metric } = task;
  const parts = [
    ...(classes.length > 0 ? [`classes ${classes.join(', ')}`] : []),
    ...(classWeights === undefined ? [] : [`class weights ${classWeights === 'balanced' ? classWeights : classWeights.join(', ')}`]),
    ...(lossWeight === undefined ? [] : [`loss weight ${lossWeight}`]),
    ...(metric === undefined ? [] : [`metric ${metric}`]),
    ...(length > 1 ? [`${length} positions`] : []),
  ];
  return parts.length === 0 ? kind : `${kind} (${parts.join('; ')})`;
}

function joinLabels(named: Named): Labels[] {
  const rows = named.reduce((sum, [, data]) => sum + data.rows, 0);
  const joined = new Map<string, { readonly source: string; readonly labels: Labels }>();
  let start = 0;
  for (const [source, data] of named) {
    for (const own of data.labels) {
      const { name } = own.task;
      const known = joined.get(name);
      if (known && nature(known.labels) !== nature(own)) {
        throw new DataError(
          'tasks-differ',
          `Cannot join data: task "${name}" is ${nature(known.labels)} in "${known.source}" and ${nature(own)} in "${source}"; if these are two tasks, give one another name, such as '${source} ${name}': ${own.task.kind}({ column: '${own.task.column}' }); if they are one, put the tables together before taskData`,
          { column: own.task.column },
        );
      }
      const labels = known?.labels ?? { ...own, values: new Float64Array(rows * own.length).fill(Number.NaN) };
      labels.values.set(own.values, start * own.length);
      if (!known) joined.set(name, { source, labels });
    }
    start += data.rows;
  }
  return [...joined.values()].map(({ labels }) => labels);
}

function joinRows<K extends 'groups' | 'time'>(named: Named, key: K): NonNullable<TaskData[K]>[] | undefined {
  const without = named.find(([, data]) => data[key] === undefined);
  const having = named.find(([, data]) => data[key] !== undefined);
  if (without && having) {
    throw new DataError(
      'inputs-differ',
      `Cannot join data: "${having[0]}" has ${key === 'time' ? 'times' : key}, "${without[0]}" has none; name their column in taskData(table, { ${key} }) for all sources or for none`,
    );
  }
  return having ? named.map(([, data]) => data[key]!) : undefined;
}

/** Group codes that no two sources share. */
function apart(groups: readonly Int32Array[]): number[] {
  let next = 0;
  return groups.flatMap((codes) => {
    const own = Array.from(codes, (code) => code + next);
    next = own.reduce((highest, code) => Math.max(highest, code + 1), next);
    return own;
  });
}

/** Rows of the tables laid one after the other, dropped rows included. */
function sourceRows(parts: readonly TaskData[]): Int32Array {
  let start = 0;
  const all = parts.flatMap((data) => {
    const own = Array.from({ length: data.rows }, (_, row) => start + (data.sourceRows?.[row] ?? row));
    start += data.rows + (data.droppedRows ?? 0);
    return own;
  });
  return Int32Array.from(all);
}
