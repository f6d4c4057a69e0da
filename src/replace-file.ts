import { randomUUID } from 'node:crypto';
import { realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** A file's new content, written beside its place. */
export interface StagedFile {
  /** Puts it in its place. */
  readonly commit: () => void;
  /** Takes it away, where it is not in its place. */
  readonly discard: () => void;
}

const failed = (path: string, error: unknown): Error => new Error(`cannot write ${path}: ${(error as Error).message}`, { cause: error });

/** Where a path leads to through links; undefined for a device or pipe, which has no content to replace. */
function placeOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return resolve(path);
  return found.isFile() || found.isDirectory() ? realpathSync(path) : undefined;
}

/**
 * Writes a file's new content beside it; what is there now stays until `commit`. Devices and pipes are written to at once.
 * @throws Error that names the file; nothing is left beside it
 */
export function stageFile(path: string, content: string): StagedFile {
  let temporary: string | undefined;
  try {
    const place = placeOf(path);
    if (place === undefined) {
      writeFileSync(path, content);
      return { commit: () => {}, discard: () => {} };
    }
    const beside = join(dirname(place), `.${basename(place)}.${randomUUID()}`);
    temporary = beside;
    writeFileSync(beside, content, { flag: 'wx', flush: true });
    return {
      commit() {
        try {
          renameSync(beside, place);
        } catch (error) {
          throw failed(path, error);
        }
      },
      discard: () => rmSync(beside, { force: true }),
    };
  } catch (error) {
    if (temporary !== undefined) rmSync(temporary, { force: true });
    throw failed(path, error);
  }
}

/**
 * Writes a file whole or not at all.
 * @throws Error that names the file; what was there before is as it was
 */
export function replaceFile(path: string, content: string): void {
  const staged = stageFile(path, content);
  try {
    staged.commit();
  } finally {
    staged.discard();
  }
}
