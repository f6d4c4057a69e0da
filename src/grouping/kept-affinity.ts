import { constants } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fields, flag, integer, listOf, number, numberOrNaN, oneOf, type Shape, text } from '../json-shape';
import { readRegularFile } from '../regular-file';
import { replaceFile } from '../replace-file';
import type { Affinity } from './affinity';

const FORMAT = 'taskloom-affinity';
const digest = (content: string): string => createHash('sha256').update(content).digest('hex');

const matrix = listOf(listOf(numberOrNaN));
const affinityShape: Shape<Omit<Affinity, 'kind'> & { readonly kind: string }> = fields(
  { kind: text, tasks: listOf(text), values: matrix, directed: flag, neutral: number(), notes: listOf(text) },
  { ceiling: number(), low: matrix, high: matrix, confidence: number(0, 1), runs: integer(1) },
);
const fileShape = fields({ format: oneOf([FORMAT]), checksum: text, key: text, affinity: affinityShape });

/**
 * What a folder has of an affinity, or the affinity measured and kept there, whole or not at all, as `affinities/<key>.json`.
 * @param ingredients all that its numbers depend on, as plain JSON
 * @throws Error when the folder cannot be made
 */
export async function keptAffinity(directory: string, ingredients: unknown, measure: () => Promise<Affinity>): Promise<Affinity> {
  const folder = join(resolve(directory), 'affinities');
  const key = digest(JSON.stringify(ingredients)).slice(0, 40);
  const path = join(folder, `${key}.json`);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new Error(
      `Cannot keep results in directory "${directory}": ${(error as Error).message}; give the path of a folder that can be made and written`,
      { cause: error },
    );
  }
  const { affinity: kept, note } = read(path, key);
  if (kept) return kept;
  const affinity = await measure();
  const notes = note === undefined ? [] : [note];
  const checksum = digest(JSON.stringify({ key, affinity }));
  try {
    replaceFile(path, `${JSON.stringify({ format: FORMAT, checksum, key, affinity })}\n`);
  } catch (error) {
    notes.push(`the affinity could not be kept: ${(error as Error).message}`);
  }
  return notes.length === 0 ? affinity : { ...affinity, notes: [...affinity.notes, ...notes] };
}

function read(path: string, key: string): { readonly affinity?: Affinity; readonly note?: string } {
  try {
    const content: unknown = JSON.parse(readRegularFile(path, constants.MAX_STRING_LENGTH).toString('utf8'));
    const file = fileShape(content, 'it');
    if (file.key !== key) throw new Error('it is the affinity of another key');
    if (digest(JSON.stringify({ key, affinity: (content as { readonly affinity: unknown }).affinity })) !== file.checksum)
      throw new Error('its checksum does not match');
    return { affinity: file.affinity as Affinity };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    return { note: `${path} is damaged or not ours (${(error as Error).message}): the affinity was measured again` };
  }
}
