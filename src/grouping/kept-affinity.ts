import { constants } from 'node:buffer';
import { createHash } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { anyRecord, fields, flag, integer, listOf, number, numberOrNaN, oneOf, type Shape, text } from '../json-shape';
import { keptFolder } from '../kept-folder';
import { readRegularFile } from '../regular-file';
import { replaceFile } from '../replace-file';
import type { Affinity } from './affinity';

const FORMAT = 'taskloom-affinity';
const PART_FORMAT = 'taskloom-affinity-part';
const digest = (content: string): string => createHash('sha256').update(content).digest('hex');

const SPECIAL: readonly string[] = ['NaN', 'Infinity', '-Infinity', '-0'];

/** A number as it was, to the last bit; null is NaN in older files. */
export const exactNumber: Shape<number> = (value, at) => (SPECIAL.includes(value as string) ? Number(value) : numberOrNaN(value, at));

const matrix = listOf(listOf(exactNumber));
/** An affinity in a file. */
export const keptShape = fields(
  { kind: text, tasks: listOf(text), values: matrix, directed: flag, neutral: number(), notes: listOf(text) },
  { ceiling: number(), low: matrix, high: matrix, confidence: number(0, 1), runs: integer(1) },
) as Shape<Affinity>;
const fileShape = fields({ format: oneOf([FORMAT]), checksum: text, key: text, affinity: keptShape });
const partShape = fields({ format: oneOf([PART_FORMAT]), checksum: text, key: text, parts: anyRecord });

/** JSON has no name for these numbers. */
const special = (_: string, value: unknown): unknown =>
  typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? (Object.is(value, -0) ? '-0' : String(value)) : value;

/** What the networks trained so far gave, kept until the affinity is there: a call after a kill goes on from them. */
export interface KeptParts {
  /** What was kept under a name; undefined where nothing, or nothing of this shape, was. */
  read<T>(name: string, shape: Shape<T>): T | undefined;
  /** Keeps what belongs together, all or nothing; numbers as {@link exactNumber} reads them. */
  write(parts: Readonly<Record<string, unknown>>): void;
  /** The affinity of this call is not to be kept, nor more of its parts: another call's numbers may differ. */
  leave(because: string): void;
}

/** What a file of this folder is to hold, and what went wrong. */
interface Place {
  readonly folder: string;
  readonly key: string;
  readonly notes: string[];
  left: boolean;
}

/**
 * What a folder has of an affinity, or the affinity measured and kept there, whole or not at all, as `affinities/<key>.json`. Until it is
 * there its parts are files beside it.
 * @param ingredients all that its numbers depend on, as plain JSON
 * @throws Error when the folder cannot be made
 */
export async function keptAffinity(
  directory: string,
  ingredients: unknown,
  measure: (parts: KeptParts) => Promise<Affinity>,
): Promise<Affinity> {
  const folder = keptFolder(directory, 'affinities');
  const key = digest(JSON.stringify(ingredients)).slice(0, 40);
  const path = join(folder, `${key}.json`);
  const place: Place = { folder, key, notes: [], left: false };
  const kept = readChecked(path, place, 'the affinity was measured again', (content) => {
    const file = fileShape(content, 'it');
    return { file, body: { key, affinity: (content as { readonly affinity: unknown }).affinity } };
  })?.affinity;
  if (kept) return kept;
  const affinity = await measure(partsAt(place));
  const checksum = digest(JSON.stringify({ key, affinity }, special));
  if (writeNoting(path, { format: FORMAT, checksum, key, affinity }, place))
    for (const part of partFiles(place)) rmSync(part, { force: true });
  return place.notes.length === 0 ? affinity : { ...affinity, notes: [...affinity.notes, ...place.notes] };
}

const PART = /^\.[0-9a-f]{16}\.part\.json$/;

/** Files with parts of an affinity. */
function partFiles({ folder, key }: Place): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(key) && PART.test(name.slice(key.length)))
    .sort()
    .map((name) => join(folder, name));
}

function partsAt(place: Place): KeptParts {
  const { folder, key } = place;
  const known = new Map<string, unknown>();
  for (const path of partFiles(place)) {
    const file = readChecked(path, place, 'its networks were trained again', (content) => {
      const part = partShape(content, 'it');
      return { file: part, body: { key, parts: part.parts } };
    });
    for (const [name, value] of Object.entries(file?.parts ?? {})) known.set(name, value);
  }
  return {
    read(name, shape) {
      try {
        return known.has(name) ? shape(known.get(name), name) : undefined;
      } catch {
        return undefined;
      }
    },
    write(parts) {
      const name = digest(JSON.stringify(Object.keys(parts))).slice(0, 16);
      const checksum = digest(JSON.stringify({ key, parts }, special));
      writeNoting(join(folder, `${key}.${name}.part.json`), { format: PART_FORMAT, checksum, key, parts }, place);
    },
    leave(because) {
      const note = `the affinity is not kept: ${because}`;
      if (!place.left) place.notes.push(note);
      place.left = true;
    },
  };
}

/** A file of this package with its key and checksum, or undefined; a file that is there but damaged is noted. */
function readChecked<T extends { readonly key: string; readonly checksum: string }>(
  path: string,
  { key, notes }: Place,
  consequence: string,
  parse: (content: unknown) => { readonly file: T; readonly body: unknown },
): T | undefined {
  try {
    const { file, body } = parse(JSON.parse(readRegularFile(path, constants.MAX_STRING_LENGTH).toString('utf8')));
    if (file.key !== key) throw new Error('it is of another key');
    if (digest(JSON.stringify(body)) !== file.checksum) throw new Error('its checksum does not match');
    return file;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      notes.push(`${path} is damaged or not ours (${(error as Error).message}): ${consequence}`);
    return undefined;
  }
}

/** @returns whether it was written; where it could not be, a note says so */
function writeNoting(path: string, content: unknown, { notes, left }: Place): boolean {
  if (left) return false;
  try {
    replaceFile(path, `${JSON.stringify(content, special)}\n`);
    return true;
  } catch (error) {
    const note = `the affinity could not be kept: ${(error as Error).message}`;
    if (!notes.includes(note)) notes.push(note);
    return false;
  }
}
