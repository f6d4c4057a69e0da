import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type StagedFile, stageFile } from '../replace-file';
import { UsageError } from './usage';

/**
 * Refuses a path that cannot become a file, before any work is done for it.
 * @throws UsageError when its folder is not there or not writable, or it is a folder itself
 */
export function checkWritable(option: string, path: string): void {
  const folder = dirname(resolve(path));
  if (!existsSync(folder)) throw new UsageError(`${option}: cannot write ${path}: there is no folder ${folder}`);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new UsageError(`${option}: cannot write ${path}: it is a folder`);
  // A device or pipe is written to; a file is replaced, where a link leads.
  const written = found && !found.isFile() ? path : found ? dirname(realpathSync(path)) : folder;
  try {
    accessSync(written, constants.W_OK);
  } catch {
    throw new UsageError(`${option}: cannot write ${path}: ${written === path ? 'it' : `the folder ${written}`} is not writable`);
  }
}

/**
 * Writes files whole or not at all: beside their places first, moved there when all are written.
 * @throws Error that names the file which cannot be written
 */
export async function writeWhole(files: readonly { readonly path: string; readonly text: string }[]): Promise<void> {
  const staged: StagedFile[] = [];
  try {
    for (const { path, text } of files) staged.push(stageFile(path, text));
    for (const { commit } of staged) commit();
  } finally {
    for (const { discard } of staged) discard();
  }
}
