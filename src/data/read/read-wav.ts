import { DataError } from '../../cells/data-error';
import { readContent } from './file';

/** Sound read from a WAV file. */
export interface Sound {
  /** Samples a second. */
  readonly sampleRate: number;
  readonly channels: number;
  /** `[frames, channels]`, row-major, from -1 to below 1. */
  readonly samples: Float32Array;
}

/**
 * Reads a WAV file of 16-bit PCM samples (gzip too); chunks other than format and data are skipped.
 * @param source a path, or the file's bytes
 * @throws DataError when the file is not there, not WAV, cut off or of another sample format
 */
export function readWav(source: string | Uint8Array): Sound {
  const { name, bytes } = readContent(source);
  const where = `Cannot read ${name} as WAV`;
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    throw new DataError('bad-file', `${where}: it does not begin with a RIFF/WAVE header`);
  }
  let format: { readonly channels: number; readonly sampleRate: number } | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    const body = at + 8;
    if (body + size > bytes.length)
      throw new DataError('bad-file', `${where}: its "${id}" chunk of ${size} bytes is cut off after ${bytes.length - body}`);
    if (id === 'fmt ') {
      if (size < 16) throw new DataError('bad-file', `${where}: its format chunk has ${size} bytes, expected at least 16`);
      // Tag 0xfffe (extensible) has the real tag at the start of its sub-format.
      const tag = bytes.readUInt16LE(body) === 0xfffe && size >= 26 ? bytes.readUInt16LE(body + 24) : bytes.readUInt16LE(body);
      const bits = bytes.readUInt16LE(body + 14);
      if (tag !== 1 || bits !== 16)
        throw new DataError('bad-file', `${where}: its samples are ${bits}-bit, format ${tag}; expected 16-bit PCM (format 1)`);
      format = { channels: bytes.readUInt16LE(body + 2), sampleRate: bytes.readUInt32LE(body + 4) };
      if (format.channels === 0 || format.sampleRate === 0) {
        const { channels, sampleRate } = format;
        throw new DataError(
          'bad-file',
          `${where}: it has ${channels} channels and ${sampleRate} samples a second, expected at least 1 of each`,
        );
      }
    } else if (id === 'data') {
      if (format === undefined) break;
      const samples = new Float32Array(format.channels * Math.floor(size / (2 * format.channels)));
      for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(body + 2 * i) / 32768;
      return { ...format, samples };
    }
    at = body + size + (size % 2);
  }
  throw new DataError('bad-file', `${where}: it has no format or no data chunk`);
}
