import { describe, expect, it } from 'vitest';
import { readWav } from '../../../src/data/read/read-wav';

/** Made by Python's wave module: 2 channels, 16 bits, 8 kHz, samples 0, 16384, -32768, 32767, -1, 1. */
const stereo = 'UklGRjAAAABXQVZFZm10IBAAAAABAAIAQB8AAAB9AAAEABAAZGF0YQwAAAAAAABAAID/f///AQA=';
/** The same module: 1 channel of 8 bits. */
const bytes8 = 'UklGRicAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQMAAABhYmM=';

describe('readWav', () => {
  it('reads 16-bit samples, channels and rate', () => {
    const expected = { sampleRate: 8000, channels: 2, samples: Float32Array.of(0, 0.5, -1, 32767 / 32768, -1 / 32768, 1 / 32768) };
    const file = Buffer.from(stereo, 'base64');
    expect(readWav(file)).toEqual(expected);
    // A chunk of odd size (with its padding byte) before the data is skipped.
    const list = Buffer.concat([file.subarray(0, 36), Buffer.from('LIST\x03\x00\x00\x00abc\x00', 'latin1'), file.subarray(36)]);
    expect(readWav(list)).toEqual(expected);
  });

  it('refuses other formats and files that are cut off', () => {
    expect(() => readWav(Buffer.from(bytes8, 'base64'))).toThrow('its samples are 8-bit, format 1; expected 16-bit PCM (format 1)');
    expect(() => readWav(Buffer.from(stereo, 'base64').subarray(0, 50))).toThrow('its "data" chunk of 12 bytes is cut off after 6');
    expect(() => readWav(Buffer.from(stereo, 'base64').subarray(0, 36))).toThrow('it has no format or no data chunk');
    expect(() => readWav(Buffer.from('RIFX'))).toThrow('it does not begin with a RIFF/WAVE header');
  });
});
