import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DataError } from '../data-error';

/** A file's content with its name for messages; gzip is unpacked, told by its first bytes. */
export interface FileContent {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Reads a file, or takes bytes as they are.
 * @throws DataError when there is no such file, it is a folder, or its gzip stream is damaged
 */
export function readContent(source: string | Uint8Array): FileContent {
  const name = typeof source === 'string' ? basename(source) : 'the given bytes';
  const raw = typeof source === 'string' ? readPath(source) : Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (!(raw[0] === 0x1f && raw[1] === 0x8b)) return { name, bytes: raw };
  try {
    return { name, bytes: gunzipSync(raw) };
  } catch (error) {
    throw new DataError('bad-file', `Cannot read ${name}: its gzip stream is damaged or cut off (${(error as Error).message})`);
  }
}

function readPath(path: string): Buffer {
  try {
    if (statSync(path).isDirectory()) throw new DataError('bad-file', `Cannot read ${resolve(path)}: it is a folder; expected a file`);
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new DataError('file-not-found', `Cannot read ${resolve(path)}: there is no such file`);
  }
}
