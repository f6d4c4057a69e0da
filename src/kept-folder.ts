import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The folder of a name in the user's directory that keeps results; it is made where it is missing.
 * @param failing what could not be done where it cannot
 * @param tidy is done in the folder before it is used
 * @throws Error when the folder cannot be made or tidied, with the directory
 */
export function keptFolder(
  directory: string,
  name: string,
  { failing = 'Cannot keep results', tidy }: { readonly failing?: string; readonly tidy?: (folder: string) => void } = {},
): string {
  const folder = join(resolve(directory), name);
  try {
    mkdirSync(folder, { recursive: true });
    tidy?.(folder);
  } catch (error) {
    throw new Error(
      `${failing} in directory "${directory}": ${(error as Error).message}; give the path of a folder that can be made and written`,
      { cause: error },
    );
  }
  return folder;
}
