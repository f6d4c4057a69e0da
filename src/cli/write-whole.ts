import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from './usage';

/**
 * Refuses a path that cannot become a file, before any work is done for it.
 * @throws UsageError when its folder is not there or not writable, or it is a folder itself
 */
export function checkWritable(option: string, path: string): void {
  const folder = dirname(resolve(path));
  if (!existsSync(folder)) throw new UsageError(`${option}: cannot write ${path}: there is no folder ${folder}`);
  if (existsSync(path) && statSync(path).isDirectory()) throw new UsageError(`${option}: cannot write ${path}: it is a folder`);
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new UsageError(`${option}: cannot write ${path}: the folder ${folder} is not writable`);
  }
}

/** Writes files whole or not at all: beside their places first, moved there when all are written. */
export async function writeWhole(files: readonly { readonly path: string; readonly text: string }[]): Promise<void> {
  const made = files.map(({ path, text }) => {
    const target = resolve(path);
    return { target, text, temporary: join(dirname(target), `.${basename(target)}.${randomUUID()}`) };
  });
  try {
    for (const { temporary, text } of made) await writeFile(temporary, text, { flag: 'wx' });
    for (const { temporary, target } of made) await rename(temporary, target);
  } finally {
    for (const { temporary } of made) await rm(temporary, { force: true });
  }
}
