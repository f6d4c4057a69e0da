import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackendKind } from '../backend/backend';
import { isTensor, type Split, type TaskData } from '../data/data-types';
import type { Method } from '../models/method';
import { methodToJSON, unversionedParts } from '../models/registry';
import { isOfThisPackage } from '../provenance';
import { kindOf } from '../tasks/registry';
import type { Optimizer } from './optimizer';
import { type CheckedSettings, identityOf } from './settings';

/** This package's version. */
export const packageVersion: string = (JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as { version: string })
  .version;

/** All that a run's numbers depend on. */
export interface RunIngredients {
  /** Of the data, see `dataFingerprint`. */
  readonly data: string;
  /** Revisions of the kinds of its tasks that have one, by name. */
  readonly kinds: Readonly<Record<string, number>>;
  readonly method: Method;
  readonly split: Split;
  readonly trainingSeed: number;
  /** Those of this run, its own optimizer, learning rate and epochs included. */
  readonly settings: CheckedSettings;
  readonly backend: BackendKind;
}

type NumberArray = Float64Array | Float32Array | Int32Array;

/** Revisions of the kinds of tasks that have one, by name. */
export function kindRevisions({ tasks }: Pick<TaskData, 'tasks'>): Readonly<Record<string, number>> {
  const names = [...new Set(tasks.map(({ kind }) => kind))].sort();
  return Object.fromEntries(
    names.flatMap((kind) => {
      const { revision } = kindOf({ kind });
      return revision === undefined ? [] : [[kind, revision]];
    }),
  );
}

/** A hash of a table: tasks, labels and inputs. */
export function dataFingerprint(data: TaskData): string {
  const hash = createHash('sha256');
  const add = (about: unknown, values: NumberArray): void => {
    hash.update(JSON.stringify([about, values.length]));
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  };
  for (const { task, values, length } of data.labels) add([task, length], values);
  if (isTensor(data.inputs)) add([data.inputs.shape, data.inputs.vocabulary], data.inputs.values);
  else {
    for (const column of data.inputs) {
      if (column.kind === 'numeric') add(column.name, column.values);
      else add([column.name, column.categories], column.codes);
    }
  }
  return hash.digest('hex');
}

/**
 * The parts of a run that are the user's own code without a version, in words: a run with any is not to be kept under a key, because a
 * function's text does not tell what it closes over.
 */
export function unversioned({ method, optimizer }: { readonly method: Method; readonly optimizer: Optimizer }): string[] {
  const known = isOfThisPackage(optimizer) || optimizer.version !== undefined;
  return [...unversionedParts(method), ...(known ? [] : [`optimizer "${optimizer.name}"`])];
}

/** JSON has one text, null, for all numbers that are not finite. */
const exactly = (_: string, value: unknown): unknown => (typeof value === 'number' && !Number.isFinite(value) ? String(value) : value);

/** The name under which a run is kept: equal for runs that give the same numbers, where nothing in them is `unversioned`. */
export function runKey({ data, kinds, method, split, trainingSeed, settings, backend }: RunIngredients): string {
  const { name, options, version } = settings.optimizer;
  const hash = createHash('sha256');
  hash.update(
    JSON.stringify(
      {
        version: packageVersion,
        data,
        // Absent where all losses are as they first were, so that the names of runs kept before stay.
        ...(Object.keys(kinds).length > 0 && { kinds }),
        method: methodToJSON(method),
        optimizer: [name, options, version],
        trainingSeed,
        ...identityOf(settings),
        backend,
      },
      exactly,
    ),
  );
  for (const part of ['train', 'validation', 'test'] as const) {
    hash.update(`${part} ${split[part].length}`);
    hash.update(new Uint8Array(split[part].buffer, split[part].byteOffset, split[part].byteLength));
  }
  return hash.digest('hex').slice(0, 40);
}
