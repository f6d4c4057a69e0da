import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { loadBackend } from '../backend/backend';
import { encoderFromJSON } from '../data/encoder';
import type { FittedTarget } from '../data/targets';
import type { Method } from '../models/method';
import { methodFromJSON, methodToJSON } from '../models/registry';
import type { Task } from '../tasks/task';
import { type Model, type ModelHistory, type ModelParts, makeModel } from './model';

const FORMAT = 'taskloom-model';
const VERSION = 1;
const DESCRIPTION = 'model.json';
const PARAMETERS = 'parameters.bin';

interface SavedModel {
  readonly format: string;
  readonly version: number;
  readonly method: unknown;
  readonly tasks: readonly Task[];
  readonly encoder: unknown;
  readonly targets: readonly FittedTarget[];
  readonly parts: readonly {
    readonly tasks: readonly number[];
    readonly serve: readonly number[];
    readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  }[];
  readonly history: ModelHistory;
  readonly sha256: string;
}

/**
 * Saves a model: `model.json` and `parameters.bin` (float32, little-endian). It is written beside and moved into place, so that a full disk
 * or a kill leaves what was there before.
 * @throws Error when the directory holds something that is no saved model, or cannot be written
 */
export async function saveModel(model: ModelParts, directory: string): Promise<void> {
  const target = resolve(directory);
  if (existsSync(target) && readdirSync(target).length > 0 && !existsSync(join(target, DESCRIPTION))) {
    throw new Error(`Cannot save a model to ${directory}: the directory holds other files; choose a new or empty directory`);
  }
  const blocks = model.parts.flatMap(({ parameters }) =>
    parameters.map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  );
  const bytes = Buffer.concat(blocks);
  const description: SavedModel = {
    format: FORMAT,
    version: VERSION,
    method: methodToJSON(model.method),
    tasks: model.tasks,
    encoder: model.encoder.toJSON(),
    targets: model.targets,
    parts: model.parts.map(({ tasks, serve, network }) => ({
      tasks,
      serve,
      parameters: network.parameters.map(({ name, shape }) => ({ name, shape })),
    })),
    history: model.history,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  let fresh: string | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    fresh = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
    await writeFile(join(fresh, PARAMETERS), bytes);
    await writeFile(join(fresh, DESCRIPTION), `${JSON.stringify(description, null, 1)}\n`);
    const old = `${fresh}-old`;
    if (existsSync(target)) await rename(target, old);
    await rename(fresh, target);
    await rm(old, { recursive: true, force: true });
  } catch (error) {
    if (fresh) await rm(fresh, { recursive: true, force: true });
    throw new Error(`Cannot save the model to ${directory}: ${(error as Error).message}; nothing was changed`, { cause: error });
  }
}

/**
 * Loads a model that `save` wrote.
 * @param options.method needed only where the model has an encoder of your own: the method it was trained with
 * @throws Error when the directory is missing, truncated, changed, foreign or of a newer version
 */
export async function load(directory: string, options: { readonly method?: Method } = {}): Promise<Model> {
  await loadBackend();
  const wrong = (what: string): Error => new Error(`Cannot load a model from ${directory}: ${what}`);
  let text: string;
  let bytes: Buffer;
  try {
    text = readFileSync(join(directory, DESCRIPTION), 'utf8');
    bytes = readFileSync(join(directory, PARAMETERS));
  } catch (error) {
    throw wrong(`${(error as Error).message}; a saved model holds ${DESCRIPTION} and ${PARAMETERS}`);
  }
  let saved: SavedModel;
  try {
    saved = JSON.parse(text) as SavedModel;
  } catch (error) {
    throw wrong(`${DESCRIPTION} is not complete JSON (${(error as Error).message}); the file is damaged, save the model again`);
  }
  if (saved.format !== FORMAT)
    throw wrong(`${DESCRIPTION} is not a Taskloom model (format ${JSON.stringify(saved.format)}, expected "${FORMAT}")`);
  if (saved.version !== VERSION) throw wrong(`its format version is ${saved.version}, this Taskloom reads version ${VERSION}`);
  const expected =
    saved.parts.reduce((sum, { parameters }) => sum + parameters.reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0), 0) * 4;
  if (bytes.length !== expected)
    throw wrong(`${PARAMETERS} has ${bytes.length} bytes, expected ${expected}; the file is truncated or foreign`);
  if (createHash('sha256').update(bytes).digest('hex') !== saved.sha256)
    throw wrong(`${PARAMETERS} does not match the checksum in ${DESCRIPTION}; the file is damaged`);
  const encoder = encoderFromJSON(saved.encoder);
  const method = options.method ?? methodFromJSON(saved.method);
  const input = { shape: encoder.shape, ...(encoder.vocabulary === undefined ? {} : { vocabulary: encoder.vocabulary }) };
  let offset = 0;
  const parts = saved.parts.map((part) => {
    const network = method.architecture.build({ input, tasks: part.tasks.map((t) => saved.tasks[t]!) });
    const built = network.parameters.map(({ name, shape }) => ({ name, shape }));
    if (JSON.stringify(built) !== JSON.stringify(part.parameters))
      throw wrong('its parameters do not fit the method; give the method it was trained with');
    const parameters = network.parameters.map(({ shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + size * 4));
      offset += size * 4;
      return values;
    });
    return { tasks: part.tasks, serve: part.serve, network, parameters };
  });
  return makeModel({ method, tasks: saved.tasks, encoder, targets: saved.targets, parts, history: saved.history }, saveModel);
}
