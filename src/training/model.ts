import * as tf from '@tensorflow/tfjs-core';
import { loadBackend } from '../backend/backend';
import { DataError } from '../cells/data-error';
import { isTensor } from '../data/data-types';
import { type Frame, frameOf } from '../data/frame';
import type { Preprocessing } from '../data/preprocessing';
import type { TableLike } from '../data/table';
import type { InputTensor, TaskData } from '../data/task-data';
import { inferenceContext } from '../models/forward-context';
import type { Method } from '../models/method';
import { countParameters } from '../models/network/network';
import { kindOf } from '../tasks/registry';
import type { FittedTarget, Task } from '../tasks/task';
import { predictionsOf } from './predictions';
import type { TrainedPart } from './runs';

/** How a model came about. */
export interface ModelHistory {
  /**
   * Per part: the names of the tasks it learned and of those it predicts, mean losses per epoch and task, and the epoch whose parameters were
   * kept (from 1). A part is a network, or with `stopping: 'perTask'` a network at the best epoch of the tasks it predicts.
   */
  readonly parts: readonly {
    readonly tasks: readonly string[];
    readonly serve: readonly string[];
    readonly trainLosses: readonly (readonly number[])[];
    readonly validationLosses: readonly (readonly number[])[];
    readonly bestEpoch: number;
    readonly epochs: number;
  }[];
  readonly seconds: number;
  /** True where training was stopped before its end. */
  readonly interrupted: boolean;
}

/** What a model consists of. */
export interface ModelParts {
  readonly method: Method;
  readonly tasks: readonly Task[];
  readonly encoder: Preprocessing;
  readonly targets: readonly FittedTarget[];
  /** Each with its method, where that is not the model's. */
  readonly parts: readonly (Pick<TrainedPart, 'tasks' | 'serve' | 'network' | 'parameters'> & { readonly method?: Method })[];
  readonly history: ModelHistory;
}

/** A trained model: predicts new rows, can be saved. Made by `fit` and `load`. */
export interface Model {
  readonly tasks: readonly Task[];
  /** Of a plan of several methods the first. */
  readonly method: Method;
  readonly history: ModelHistory;
  /** Learned numbers, of all parts. */
  readonly parameters: number;
  /**
   * Predicts rows. Binary: a column with the probability of the positive class, named after the task; multiclass: the most probable class
   * under the task's name and `task=class` columns with probabilities; regression: the value in the label's unit; tagging: the tags of a row
   * with blanks between, one a token, none for padding.
   * @param table any table with the input columns of training; further columns are ignored
   * @throws DataError when an input column is missing or holds what it cannot, when ids are out of range or were made by another vocabulary,
   *   and where a text that is to be tagged is longer than those of training
   */
  predict(table: TableLike | TaskData | InputTensor): Frame;
  /** The same as plain arrays per task: `[rows]`, or `[rows, classes]` row-major; of tagging `[rows, positions, classes]`, NaN at padding. */
  predictValues(table: TableLike | TaskData | InputTensor): Readonly<Record<string, Float64Array>>;
  /**
   * What the architecture lets one look at, on these rows: the gates' mean weights `[tasks, experts]` (mmoe, cgc, ple, dselectk), the stitches
   * `[tasks, tasks]` of each layer (crossStitch), and the like; empty where there is nothing. Matrices by name, further axes one below the other.
   * Averages are over the first 1,024 rows. Of several parts, each name is followed by the tasks that the part predicts: `gates (a, b)`.
   * @throws DataError as `predict`
   */
  diagnose(table: TableLike | TaskData | InputTensor): Readonly<Record<string, readonly (readonly number[])[]>>;
  /**
   * Saves the model to a directory: `model.json` and a file of its numbers, whole or not at all. A model that is there is replaced; a kill or a
   * full disk leaves the one or the other. Nothing else in the directory is touched.
   * @throws Error when the directory cannot be written, or has no model of ours but other files
   */
  save(directory: string): Promise<void>;
}

/** Rows that are computed at a time; `diagnose` looks at the first of them only. */
const CHUNK = 1024;

/** Puts a model together. */
export function makeModel(parts: ModelParts, save: (model: ModelParts, directory: string) => Promise<void>): Model {
  const { tasks, encoder, targets } = parts;
  const predictValues = (table: TableLike | TaskData | InputTensor): Record<string, Float64Array> => {
    const inputs = encoder.encode(table);
    if (isTensor(table)) checkWhole(tasks, table);
    const rows = inputs.length / encoder.features;
    const result = new Map<string, Float64Array>();
    const padded = encoder.vocabulary === undefined ? undefined : inputs;
    for (const { tasks: own, serve, network, parameters } of parts.parts) {
      const width = own.reduce((n, t) => n + tasks[t]!.outputs, 0);
      const outputs = new Float32Array(rows * width);
      tf.tidy(() => {
        const values = Object.fromEntries(network.parameters.map(({ name, shape }, i) => [name, tf.tensor(parameters[i]!, [1, ...shape])]));
        for (let start = 0; start < rows; start += CHUNK) {
          const count = Math.min(CHUNK, rows - start);
          const chunk = inputs.subarray(start * encoder.features, (start + count) * encoder.features);
          const x = tf.tensor(chunk, [1, count, ...encoder.shape]);
          outputs.set(tf.tidy(() => network.forward(values, x, inferenceContext)).dataSync(), start * width);
        }
      });
      let offset = 0;
      for (const t of own) {
        if (serve.includes(t)) {
          const values = predictionsOf(tasks[t]!, targets[t]!, outputs, width, offset);
          if (padded && kindOf(tasks[t]!).perPosition) blankPadding(tasks[t]!, values, padded);
          result.set(tasks[t]!.name, values);
        }
        offset += tasks[t]!.outputs;
      }
    }
    return Object.fromEntries(result);
  };
  return {
    tasks,
    method: parts.method,
    history: parts.history,
    parameters: parts.parts.reduce((n, { network }) => n + countParameters(network.parameters), 0),
    predictValues,
    predict: (table) => frameOf(predictionColumns(tasks, predictValues(table))),
    diagnose(table) {
      const inputs = encoder.encode(table);
      const rows = Math.min(CHUNK, inputs.length / encoder.features);
      return Object.assign(
        {},
        ...parts.parts.map(({ network, parameters, serve }) =>
          tf.tidy(() => {
            if (!network.diagnose) return {};
            const values = Object.fromEntries(
              network.parameters.map(({ name, shape }, i) => [name, tf.tensor(parameters[i]!, [1, ...shape])]),
            );
            const x = tf.tensor(inputs.subarray(0, rows * encoder.features), [1, rows, ...encoder.shape]);
            const seen = Object.entries(network.diagnose(values, x, inferenceContext));
            const of = parts.parts.length > 1 ? ` (${serve.map((t) => tasks[t]!.name).join(', ')})` : '';
            return Object.fromEntries(
              seen.map(([name, t]) => [name + of, tf.reshape(t, [-1, t.shape[t.rank - 1]!]).arraySync() as number[][]]),
            );
          }),
        ),
      ) as Record<string, number[][]>;
    },
    async save(directory) {
      await loadBackend();
      await save(parts, directory);
    },
  };
}

/** @throws DataError for texts that lost their ends where every token is to be tagged */
function checkWhole(tasks: readonly Task[], { cutRow, shape }: InputTensor): void {
  const tagging = tasks.find((task) => kindOf(task).perPosition);
  if (cutRow === undefined || !tagging) return;
  throw new DataError(
    'unequal-lengths',
    `Cannot predict task "${tagging.name}": row ${cutRow} (counted from 0) has more tokens than the ${shape[0]} positions that the model was trained with, and those beyond them would get no tag; split the text, or train with a larger length`,
    { row: cutRow },
  );
}

/** Makes a tagging task's probabilities NaN where the input is padding (id 0), `[rows, positions, classes]`. */
function blankPadding({ classes }: Task, values: Float64Array, ids: Float32Array): void {
  for (const [position, id] of ids.entries())
    if (id === 0) values.fill(Number.NaN, position * classes.length, (position + 1) * classes.length);
}

/** Columns of a prediction table. */
function predictionColumns(tasks: readonly Task[], values: Readonly<Record<string, Float64Array>>): Record<string, (number | string)[]> {
  return Object.fromEntries(
    tasks.flatMap((task) => {
      const own = values[task.name]!;
      return kindOf(task).columns?.(task, own) ?? [[task.name, Array.from(own)] as const];
    }),
  );
}
