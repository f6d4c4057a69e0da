import { createHash } from 'node:crypto';
import { type Preprocessing, preprocessingFromJSON } from '../data/preprocessing';
import { anyRecord, fields, flag, integer, listOf, number, numberOrNaN, oneOf, type Shape, type Shaped, text } from '../json-shape';
import { methodToJSON } from '../models/registry';
import { kindNames, kindOf } from '../tasks/registry';
import type { FittedTarget, Task } from '../tasks/task';
import type { ModelHistory, ModelParts } from './model';

/*
 * `model.json`: what a saved model is, in words and numbers. Its first lines are always the same, and hold a checksum of the whole file as it
 * is with zeros in the checksum's place, so that no byte can change unseen.
 */

/** The name of the file that describes a saved model. */
export const DESCRIPTION: string = 'model.json';

const FORMAT = 'taskloom-model';
const VERSION = 1;
const BLANK = '0'.repeat(64);
const MARK = `{\n "format": "${FORMAT}",\n "version": `;
const HEAD = new RegExp(`^\\{\\n "format": "${FORMAT}",\\n "version": ${VERSION},\\n "sha256": "([0-9a-f]{64})",\\n`);

/** Names of the files that hold the parameters of saved models. */
export const parametersFile: RegExp = /^parameters(-[0-9a-f]{16})?\.bin$/;

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const weightsShape: Shape<NonNullable<Task['classWeights']>> = (value, at) => (value === 'balanced' ? value : listOf(number(0))(value, at));

const descriptionShape = fields({
  parameters: fields({ file: text, bytes: integer(0), sha256: text }),
  method: anyRecord,
  tasks: listOf(
    fields(
      {
        name: text,
        kind: oneOf(kindNames),
        column: text,
        classes: listOf(text),
        outputs: integer(1, 2 ** 31),
      },
      { classWeights: weightsShape, lossWeight: number(Number.MIN_VALUE), metric: text, otherColumns: listOf(text), options: anyRecord },
    ),
  ),
  encoder: anyRecord,
  targets: listOf(
    fields(
      { name: text, count: integer(0), mean: number(), sd: number(Number.MIN_VALUE), classCounts: listOf(integer(0)) },
      { classWeights: listOf(number(0)) },
    ),
  ),
  parts: listOf(
    fields(
      {
        tasks: listOf(integer(0)),
        serve: listOf(integer(0)),
        parameters: listOf(fields({ name: text, shape: listOf(integer(0, 2 ** 31)) })),
      },
      { method: anyRecord },
    ),
  ),
  history: fields({
    parts: listOf(
      fields({
        tasks: listOf(text),
        serve: listOf(text),
        trainLosses: listOf(listOf(numberOrNaN)),
        validationLosses: listOf(listOf(numberOrNaN)),
        bestEpoch: integer(0),
        epochs: integer(0),
      }),
    ),
    seconds: number(0),
    interrupted: flag,
  }),
});

/** A saved model without its numbers. */
export interface ModelDescription {
  /** Where the numbers are: float32, little-endian, the parts' parameters one after the other. */
  readonly parameters: { readonly file: string; readonly bytes: number; readonly sha256: string };
  readonly method: Readonly<Record<string, unknown>>;
  readonly tasks: readonly Task[];
  readonly encoder: Preprocessing;
  readonly targets: readonly FittedTarget[];
  readonly parts: readonly {
    readonly tasks: readonly number[];
    readonly serve: readonly number[];
    readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
    /** Where it is not the model's. */
    readonly method?: Readonly<Record<string, unknown>>;
  }[];
  readonly history: ModelHistory;
}

/** The content of `model.json` for a model whose parameters, `bytes`, are in `file`. */
export function describeModel(model: ModelParts, file: string, bytes: Uint8Array): Buffer {
  const content = {
    format: FORMAT,
    version: VERSION,
    sha256: BLANK,
    parameters: { file, bytes: bytes.length, sha256: sha256(bytes) },
    method: methodToJSON(model.method),
    tasks: model.tasks,
    encoder: model.encoder.toJSON(),
    targets: model.targets,
    parts: model.parts.map(({ tasks, serve, network, method }) => ({
      tasks,
      serve,
      ...(method === undefined || method === model.method ? {} : { method: methodToJSON(method) }),
      parameters: network.parameters.map(({ name, shape }) => ({ name, shape })),
    })),
    history: model.history,
  };
  const blank = `${JSON.stringify(content, null, 1)}\n`;
  return Buffer.from(blank.replace(BLANK, sha256(Buffer.from(blank))));
}

/** Whether a file is a description of ours, whole or not: only such a file may be replaced. */
export function isDescription(bytes: Buffer): boolean {
  return bytes.subarray(0, MARK.length).toString('latin1') === MARK;
}

/**
 * Reads the content of `model.json`: every byte is covered by its checksum, every field is checked.
 * @throws Error that says what is wrong
 */
export function readDescription(bytes: Buffer): ModelDescription {
  const content = parsed(bytes);
  const read = descriptionShape(content, DESCRIPTION);
  checkTogether(read);
  return { ...read, encoder: preprocessingFromJSON(read.encoder) };
}

function parsed(bytes: Buffer): unknown {
  const start = bytes.subarray(0, 256).toString('latin1');
  const head = HEAD.exec(start);
  if (head) {
    const at = start.indexOf(head[1]!);
    const blank = Buffer.from(bytes);
    blank.write(BLANK, at, 'latin1');
    if (sha256(blank) === head[1]) return JSON.parse(bytes.toString('utf8'));
  }
  let content: { readonly format?: unknown; readonly version?: unknown; readonly sha256?: unknown } | null;
  try {
    content = JSON.parse(bytes.toString('utf8')) as typeof content;
  } catch (error) {
    throw new Error(`${DESCRIPTION} is not complete JSON (${(error as Error).message}); the file is damaged, save the model again`);
  }
  if (content?.format !== FORMAT)
    throw new Error(`${DESCRIPTION} is not a Taskloom model (format ${JSON.stringify(content?.format)}, expected "${FORMAT}")`);
  if (content.version !== VERSION)
    throw new Error(`its format version is ${JSON.stringify(content.version)}, this Taskloom reads version ${VERSION}`);
  throw new Error(`${DESCRIPTION} does not match its checksum; the file is damaged or was changed, save the model again`);
}

/** Checks what one field cannot tell. */
function checkTogether({ parameters, tasks, targets, parts, history }: Shaped<typeof descriptionShape>): void {
  const wrong = (what: string): Error => new Error(`${DESCRIPTION} does not fit together: ${what}`);
  if (!parametersFile.test(parameters.file)) throw wrong(`its parameters cannot be in ${JSON.stringify(parameters.file)}`);
  if (tasks.length === 0) throw wrong('it has no task');
  if (new Set(tasks.map(({ name }) => name)).size < tasks.length) throw wrong('two tasks have one name');
  if (targets.length !== tasks.length) throw wrong(`${targets.length} targets for ${tasks.length} tasks`);
  for (const [t, task] of tasks.entries()) {
    const { name, kind, classes, outputs, classWeights } = task;
    if (!kindOf(task).fits(task)) throw wrong(`task "${name}" (${kind}) has ${classes.length} classes and ${outputs} outputs`);
    if (new Set(classes).size < classes.length) throw wrong(`task "${name}" has a class twice`);
    const target = targets[t]!;
    if (target.name !== name) throw wrong(`the target of task "${name}" is called "${target.name}"`);
    for (const list of [classWeights, target.classCounts, target.classWeights]) {
      if (Array.isArray(list) && list.length !== classes.length)
        throw wrong(`task "${name}" has ${classes.length} classes and ${list.length} weights or counts of them`);
    }
  }
  const served = parts.flatMap(({ serve }) => serve).sort((a, b) => a - b);
  if (served.join() !== [...tasks.keys()].join()) throw wrong('a task is predicted by no part or by several');
  for (const own of parts) {
    const known = new Set(own.tasks);
    if (known.size < own.tasks.length || own.tasks.some((t) => t >= tasks.length) || own.serve.some((t) => !known.has(t)))
      throw wrong('a part predicts a task that it does not learn');
  }
  const count = parts.reduce((sum, part) => sum + part.parameters.reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0), 0);
  if (4 * count !== parameters.bytes) throw wrong(`${parameters.bytes} bytes of parameters for ${count} numbers`);
  if (history.parts.length !== parts.length) throw wrong(`${history.parts.length} histories for ${parts.length} parts`);
}
