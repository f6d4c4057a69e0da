import { readFileSync, statSync } from 'node:fs';

/**
 * The bytes of a file that this package wrote: of a folder, a pipe or a device in its place, which may have no end, nothing is read.
 * @throws Error when there is no such file (`code` is `ENOENT`), it is no regular file, or it has more bytes than `most`
 */
export function readRegularFile(path: string, most: number): Buffer {
  const found = statSync(path);
  if (!found.isFile()) throw new Error(`${path} is ${found.isDirectory() ? 'a folder' : 'a device or pipe'}, expected a file`);
  if (found.size > most) throw new Error(`${path} has ${found.size} bytes, expected at most ${most}`);
  return readFileSync(path);
}
