import { constants } from 'node:buffer';
import { closeSync, openSync, readFileSync, readSync, type Stats, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DataError } from '../../cells/data-error';
import { describeValue } from '../../options/describe-value';

/** A file's content with its name for messages; gzip is unpacked, told by its first bytes. */
export interface FileContent {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A file's content part by part, so that a file larger than one text can be is never in memory at once. */
export interface FileParts {
  readonly name: string;
  readonly parts: Iterable<Buffer>;
}

/** As many bytes as one text can have: what is unpacked or has no size of its own may not have more, since it could have no end. */
const MOST = constants.MAX_STRING_LENGTH;
/** Bytes of a part: large enough that a part costs nothing of its own. */
const PART = 2 ** 20;
const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

/**
 * Reads a file, or takes bytes as they are.
 * @throws TypeError when the source is neither a path nor bytes
 * @throws DataError when there is no such file, it is a folder or cannot be read, its gzip stream is damaged or unpacks to more than 512 MiB, or
 *   a pipe or device gives more than that
 */
export function readContent(source: string | Uint8Array): FileContent {
  if (typeof source !== 'string' && !(source instanceof Uint8Array))
    throw new TypeError(`Cannot read a file: expected a path or the file's bytes (Uint8Array), got ${describeValue(source)}`);
  const name = typeof source === 'string' ? basename(source) : 'the given bytes';
  const raw = typeof source === 'string' ? readPath(source) : Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  if (!isGzip(raw)) return { name, bytes: raw };
  try {
    return { name, bytes: gunzipSync(raw, { maxOutputLength: MOST }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DataError(
        'bad-file',
        `Cannot read ${name}: its ${mebibytes(raw.length)} of gzip unpack to more than ${mebibytes(MOST)}; unpack it to a file, or split it`,
      );
    }
    throw new DataError('bad-file', `Cannot read ${name}: its gzip stream is damaged or cut off (${(error as Error).message})`);
  }
}

/**
 * Reads a file, or takes bytes, part by part. A file of its own size may have any; gzip and what comes from a pipe or device are read whole.
 * @param size the most bytes of a part
 * @throws as {@link readContent}, and while the parts are taken where the file cannot be read any more
 */
export function readParts(source: string | Uint8Array, size: number = PART): FileParts {
  if (typeof source === 'string') {
    const parts = fileParts(source, size);
    if (parts !== undefined) return { name: basename(source), parts };
  }
  const { name, bytes } = readContent(source);
  return { name, parts: slices(bytes, size) };
}

/**
 * The parts as text, each in one piece although a character may lie across two parts; a byte order mark is left out.
 * @throws DataError while the texts are taken when a byte is not in the encoding
 */
export function* textParts(where: string, parts: Iterable<Buffer>, encoding: 'utf8' | 'latin1'): Generator<string, void, undefined> {
  const decoder = decoderOf(encoding, true);
  for (const part of parts) yield decoded(where, () => decoder.decode(part, { stream: true }));
  yield decoded(where, () => decoder.decode());
}

/**
 * The bytes as text; bytes that are not in the encoding are an error where it is strict.
 * @throws DataError when there are more of them than one text can have, or `strict` finds one that is not in the encoding
 */
export function textOf(where: string, bytes: Buffer, encoding: 'utf8' | 'latin1', strict: boolean): string {
  if (bytes.length > MOST) {
    throw new DataError(
      'bad-file',
      `${where}: it has ${mebibytes(bytes.length)}, more than the ${mebibytes(MOST)} that are read as one text; split it into several files`,
    );
  }
  return decoded(where, () => decoderOf(encoding, strict).decode(bytes));
}

const decoderOf = (encoding: 'utf8' | 'latin1', strict: boolean): TextDecoder =>
  new TextDecoder(encoding === 'latin1' ? 'windows-1252' : 'utf-8', { fatal: strict });

function decoded(where: string, decode: () => string): string {
  try {
    return decode();
  } catch {
    throw new DataError('bad-file', `${where}: it is not valid UTF-8; if it is in Latin-1, pass encoding: 'latin1'`);
  }
}

const isGzip = (start: Uint8Array): boolean => start[0] === 0x1f && start[1] === 0x8b;

function* slices(bytes: Buffer, size: number): Generator<Buffer, void, undefined> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

/** A plain file's bytes as they are asked for; undefined where it is to be read whole: packed, or no plain file. */
function fileParts(path: string, size: number): Iterable<Buffer> | undefined {
  return naming(path, () => {
    const found = statSync(path);
    if (!found.isFile()) return undefined;
    const file = openSync(path, 'r');
    try {
      const start = Buffer.alloc(2);
      readSync(file, start);
      if (isGzip(start)) return undefined;
    } finally {
      closeSync(file);
    }
    return readLater(path, size);
  });
}

function* readLater(path: string, size: number): Generator<Buffer, void, undefined> {
  const file = naming(path, () => openSync(path, 'r'));
  try {
    for (;;) {
      const part = Buffer.allocUnsafe(size);
      const count = naming(path, () => readSync(file, part));
      if (count === 0) return;
      yield part.subarray(0, count);
    }
  } finally {
    closeSync(file);
  }
}

function readPath(path: string): Buffer {
  return naming(path, () => {
    const found = statSync(path);
    if (found.isDirectory()) throw new DataError('bad-file', `Cannot read ${resolve(path)}: it is a folder; expected a file`);
    return found.isFile() ? readFileSync(path) : readStream(path, found);
  });
}

/** What the file system refuses is our error, which names the path. */
function naming<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof DataError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new DataError('file-not-found', `Cannot read ${resolve(path)}: there is no such file`);
    throw new DataError('bad-file', `Cannot read ${resolve(path)}: ${(error as Error).message}`);
  }
}

/** All that a pipe or device gives, which may have no end. */
function readStream(path: string, found: Stats): Buffer {
  const parts: Buffer[] = [];
  const file = openSync(path, 'r');
  try {
    for (let total = 0; ; ) {
      const part = Buffer.alloc(2 ** 20);
      const count = readSync(file, part);
      if (count === 0) return Buffer.concat(parts);
      parts.push(part.subarray(0, count));
      total += count;
      if (total > MOST)
        throw new DataError(
          'bad-file',
          `Cannot read ${resolve(path)}: the ${found.isFIFO() ? 'pipe' : 'device'} gives more than ${mebibytes(MOST)}`,
        );
    }
  } finally {
    closeSync(file);
  }
}
