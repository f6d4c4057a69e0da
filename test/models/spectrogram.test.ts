import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { spectrogram } from '../../src/models/spectrogram';

interface Expected {
  readonly frame: number;
  readonly hop: number;
  readonly mels: number;
  readonly lowest: number;
  readonly highest: number | null;
  readonly frames: number;
  /** First, middle and last frame. */
  readonly rows: readonly (readonly number[])[];
}

const sampleRate = 8000;
const audio = Float32Array.from({ length: 1500 }, (_, i) => {
  const t = i / sampleRate;
  return 0.5 * Math.sin(2 * Math.PI * 440 * t) + 0.2 * Math.sin(2 * Math.PI * (1000 + 4000 * t) * t);
});

// Made by expected/make_spectrogram.py with librosa 0.11.
const expected = JSON.parse(readFileSync(join(__dirname, 'expected', 'spectrogram.json'), 'utf8')) as Expected[];

test.each(expected)('frames of $frame in $mels bands are those of librosa', ({ frames, rows, ...options }) => {
  const { values, shape } = spectrogram(audio, { sampleRate, ...options });
  expect(shape).toEqual([frames, options.mels]);
  for (const [k, at] of [0, Math.floor(frames / 2), frames - 1].entries()) {
    const row = values.subarray(at * options.mels, (at + 1) * options.mels);
    // Quiet bands are 1e-9 of the loud ones: there float32 samples leave an error of some 1e-3 in the logarithm.
    for (const [m, value] of row.entries()) expect(Math.abs(value - rows[k]![m]!), `frame ${at}, band ${m}`).toBeLessThan(5e-3);
  }
});

test('cuts and fills up to a number of frames', () => {
  const whole = spectrogram(audio, { sampleRate });
  const [short, long] = [2, 20].map((frames) => spectrogram(audio, { sampleRate, frames }));
  expect([...short!.values]).toEqual([...whole.values.subarray(0, 80)]);
  expect(long!.shape).toEqual([20, 40]);
  expect([...long!.values.subarray(19 * 40)].every((v) => Math.abs(v - Math.log(1e-10)) < 1e-5)).toBe(true);
});

test('a louder sound is as much louder in every band', () => {
  const quiet = spectrogram(audio, { sampleRate, mels: 12, lowest: 300 });
  const loud = spectrogram(
    audio.map((v) => 8 * v),
    { sampleRate, mels: 12, lowest: 300 },
  );
  for (const [i, v] of quiet.values.entries()) if (v > -15) expect(loud.values[i]! - v).toBeCloseTo(2 * Math.log(8), 3);
});

test('refuses what is no sound and options out of range', () => {
  expect(() => spectrogram(new Float32Array(0), { sampleRate })).toThrow(/audio has no samples/);
  expect(() => spectrogram(Float32Array.of(0, Number.NaN), { sampleRate })).toThrow(/sample 1 must be a finite number, got NaN/);
  expect(() => spectrogram(audio, { sampleRate, frame: 500 })).toThrow(/frame must be a power of 2, got 500/);
  expect(() => spectrogram(audio, { sampleRate, highest: 5000 })).toThrow(/at most half the sample rate \(4000\), got 5000/);
  // @ts-expect-error the sample rate is missing
  expect(() => spectrogram(audio, {})).toThrow(/sampleRate/);
});
