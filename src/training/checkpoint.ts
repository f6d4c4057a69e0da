import { constants } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { loadBackend } from '../backend/backend';
import type { Method } from '../models/method';
import { methodFromJSON, methodToJSON } from '../models/registry';
import { readRegularFile } from '../regular-file';
import { type Model, type ModelParts, makeModel } from './model';
import { DESCRIPTION, describeModel, isDescription, type ModelDescription, parametersFile, readDescription } from './model-description';

/** What the parameters of a first save into a folder are called; later ones have a number. */
const PARAMETERS = 'parameters.bin';
const TEMPORARY = /^\.model-[0-9a-f]{16}\.json$/;

/** Leftovers of a process that was killed while it saved: older than this they belong to nobody. */
const STALE_MILLISECONDS = 10 * 60_000;

const code = (error: unknown): unknown => (error as NodeJS.ErrnoException).code;

/** Saves into one folder, one after the other. */
const saving = new Map<string, Promise<void>>();

/**
 * Saves a model into a folder: `model.json`, and its numbers (float32, little-endian) in the file that this names.
 *
 * A model that is there already is replaced by the renaming of one file, so that a full disk or a kill at any moment leaves the one or the
 * other, whole. Other files in the folder are never touched.
 * @throws Error when the folder has no model of ours but other files, or cannot be written; the model that was there is then as it was
 */
export async function saveModel(model: ModelParts, directory: string): Promise<void> {
  const target = resolve(directory);
  const before = saving.get(target) ?? Promise.resolve();
  const mine = before.catch(() => {}).then(() => saveNow(model, directory, target));
  saving.set(target, mine);
  try {
    await mine;
  } finally {
    if (saving.get(target) === mine) saving.delete(target);
  }
}

async function saveNow(model: ModelParts, directory: string, target: string): Promise<void> {
  const first = await isFirst(directory, target);
  const id = randomBytes(8).toString('hex');
  const bytes = Buffer.concat(
    model.parts.flatMap(({ parameters }) => parameters.map((values) => Buffer.from(values.buffer, values.byteOffset, values.byteLength))),
  );
  const description = join(target, DESCRIPTION);
  const temporary = join(target, `.model-${id}.json`);
  const made = [temporary];
  let previous: string | undefined;
  let file: string;
  try {
    file = await writeParameters(target, first ? PARAMETERS : undefined, `parameters-${id}.bin`, bytes, made);
    await writeFile(temporary, describeModel(model, file, bytes), { flag: 'wx', flush: true });
    previous = parametersOf(description);
    await rename(temporary, description);
  } catch (error) {
    for (const path of made) await rm(path, { force: true });
    throw cannotSave(directory, error);
  }
  // The new model is there; what cannot be tidied up now can be next time.
  await removeOld(target, file, previous).catch(() => {});
}

function cannotSave(directory: string, error: unknown): Error {
  return new Error(`Cannot save the model to ${directory}: ${(error as Error).message}; what was saved there before is as it was`, {
    cause: error,
  });
}

/** Makes the folder; tells whether it is without a model. */
async function isFirst(directory: string, target: string): Promise<boolean> {
  let names: string[];
  try {
    await mkdir(target, { recursive: true });
    names = await readdir(target);
  } catch (error) {
    throw cannotSave(directory, error);
  }
  const refused = (what: string): Error => new Error(`Cannot save a model to ${directory}: ${what}; choose a new or empty directory`);
  if (names.includes(DESCRIPTION)) {
    if (!isDescription(described(join(target, DESCRIPTION)))) throw refused(`its ${DESCRIPTION} is not that of a Taskloom model`);
    return false;
  }
  if (!names.every((name) => parametersFile.test(name) || TEMPORARY.test(name))) throw refused('the directory holds other files');
  return true;
}

/** Content of a description in the way; empty where it cannot be one. */
function described(path: string): Buffer {
  try {
    return readRegularFile(path, constants.MAX_STRING_LENGTH);
  } catch {
    return Buffer.alloc(0);
  }
}

/** Writes the parameters under the first of the two names that is free; returns it. */
async function writeParameters(target: string, wanted: string | undefined, other: string, bytes: Buffer, made: string[]): Promise<string> {
  for (const name of wanted === undefined ? [other] : [wanted, other]) {
    const path = join(target, name);
    try {
      await writeFile(path, bytes, { flag: 'wx', flush: true });
    } catch (error) {
      if (code(error) === 'EEXIST' && name !== other) continue;
      if (code(error) !== 'EEXIST') made.push(path);
      throw error;
    }
    made.push(path);
    return name;
  }
  throw new Error('unreachable');
}

/** The file of the parameters of the model that is there; undefined where there is none that can be read. */
function parametersOf(description: string): string | undefined {
  try {
    return readDescription(described(description)).parameters.file;
  } catch {
    return undefined;
  }
}

/** Removes the parameters that were replaced, and what killed processes left: files with names of ours that no model refers to. */
async function removeOld(target: string, current: string, previous: string | undefined): Promise<void> {
  for (const name of await readdir(target)) {
    if (name === current || !(parametersFile.test(name) || TEMPORARY.test(name))) continue;
    const path = join(target, name);
    const stale = name !== PARAMETERS && Date.now() - (await stat(path)).mtimeMs > STALE_MILLISECONDS;
    if (name === previous || stale) await rm(path, { force: true });
  }
}

/**
 * Loads a model that `save` wrote. All of it is checked: every byte by a checksum, every field of the description by itself.
 * @param options.method needed only where the model has code of your own, for instance an encoder: the method it was trained with
 * @throws Error that begins with "Cannot load a model from" when the directory is missing, cut, changed, foreign or of another version, or
 *   the method given is not the one it was trained with
 */
export async function load(directory: string, options: { readonly method?: Method } = {}): Promise<Model> {
  await loadBackend();
  try {
    const { description, bytes } = readSaved(directory);
    return rebuilt(description, bytes, options.method);
  } catch (error) {
    throw new Error(`Cannot load a model from ${directory}: ${(error as Error).message}`, { cause: error });
  }
}

/** The description and the parameters that belong to it, also while another process saves. */
function readSaved(directory: string): { readonly description: ModelDescription; readonly bytes: Buffer } {
  const read = (file: string): Buffer => {
    try {
      return readRegularFile(join(directory, file), file === DESCRIPTION ? constants.MAX_STRING_LENGTH : constants.MAX_LENGTH);
    } catch (error) {
      throw new Error(`${(error as Error).message}; a saved model holds ${DESCRIPTION} and ${PARAMETERS}`, { cause: error });
    }
  };
  for (let text = read(DESCRIPTION); ; ) {
    const description = readDescription(text);
    const { file, bytes: expected, sha256 } = description.parameters;
    let bytes: Buffer;
    try {
      bytes = read(file);
    } catch (error) {
      const now = read(DESCRIPTION);
      if (now.equals(text)) throw error;
      text = now;
      continue;
    }
    if (bytes.length !== expected)
      throw new Error(`${file} has ${bytes.length} bytes, expected ${expected}; the file is truncated or foreign`);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new Error(`${file} does not match the checksum in ${DESCRIPTION}; the file is damaged`);
    return { description, bytes };
  }
}

function rebuilt({ encoder, tasks, targets, history, ...saved }: ModelDescription, bytes: Buffer, given: Method | undefined): Model {
  if (given) checkSame(given, saved.method);
  const method = given ?? methodFromJSON(saved.method);
  const input = { shape: encoder.shape, ...(encoder.vocabulary === undefined ? {} : { vocabulary: encoder.vocabulary }) };
  let offset = 0;
  const parts = saved.parts.map((part) => {
    const own = part.method === undefined ? method : methodFromJSON(part.method);
    const network = own.architecture.build({ input, tasks: part.tasks.map((t) => tasks[t]!) });
    const built = network.parameters.map(({ name, shape }) => ({ name, shape }));
    if (!isDeepStrictEqual(built, part.parameters))
      throw new Error('its parameters do not fit the method; give the method it was trained with');
    const parameters = network.parameters.map(({ shape }) => {
      const size = shape.reduce((a, b) => a * b, 1);
      const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + size * 4));
      offset += size * 4;
      return values;
    });
    return { tasks: part.tasks, serve: part.serve, network, parameters, method: own };
  });
  return makeModel({ method, tasks, encoder, targets, parts, history }, saveModel);
}

/** Refuses another method than that of training: with parameters of the same shapes it would predict otherwise. */
function checkSame(given: Method, saved: ModelDescription['method']): void {
  // Balancing plays no part in predicting.
  const core = ({ balancing, update, ...rest }: ModelDescription['method']): unknown => rest;
  const [mine, trained] = [
    JSON.parse(JSON.stringify(core(methodToJSON(given) as ModelDescription['method']))),
    JSON.parse(JSON.stringify(core(saved))),
  ];
  if (!isDeepStrictEqual(mine, trained))
    throw new Error(
      `the method given is not the one it was trained with: it is ${JSON.stringify(mine)}, trained was ${JSON.stringify(trained)}`,
    );
}
