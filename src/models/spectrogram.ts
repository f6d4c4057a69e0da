import FFT from 'fft.js';
import { checkInteger, checkNumber, withDefaults } from '../options/check';

/** Options of `spectrogram`. */
export interface SpectrogramOptions {
  /** Samples per second. */
  readonly sampleRate: number;
  /** Samples of one frame, a power of 2. @default 512 */
  readonly frame?: number;
  /** Samples from one frame's start to the next. @default 160 */
  readonly hop?: number;
  /** Number of mel bands. @default 40 */
  readonly mels?: number;
  /** Lower end of the lowest band in Hz. @default 0 */
  readonly lowest?: number;
  /** Upper end of the highest band in Hz; null: half the sample rate. @default null */
  readonly highest?: number | null;
  /** Frames returned: longer sounds are cut, shorter ones filled up with silence; null: as many as there are. @default null */
  readonly frames?: number | null;
}

/** A log-mel spectrogram, row-major. */
export interface Spectrogram {
  /** `[frames, mels]`, natural logarithm of the power in each band. */
  readonly values: Float32Array;
  readonly shape: readonly [frames: number, mels: number];
}

/** Power below which a band counts as silent. */
const SILENCE = 1e-10;

/** Mel scale of Slaney's Auditory Toolbox (1998): linear below 1000 Hz, logarithmic above. */
const toMel = (hertz: number): number => (hertz < 1000 ? (3 * hertz) / 200 : 15 + (27 * Math.log(hertz / 1000)) / Math.log(6.4));
const toHertz = (mel: number): number => (mel < 15 ? (200 * mel) / 3 : 1000 * Math.exp(((mel - 15) * Math.log(6.4)) / 27));

/** Triangular bands of unit area over the bins of a frame's transform, `[mels][bins]`. */
function bands(sampleRate: number, frame: number, mels: number, lowest: number, highest: number): Float64Array[] {
  const [first, last] = [toMel(lowest), toMel(highest)];
  const edges = Array.from({ length: mels + 2 }, (_, i) => toHertz(first + ((last - first) * i) / (mels + 1)));
  return Array.from({ length: mels }, (_, m) => {
    const [from, peak, to] = [edges[m]!, edges[m + 1]!, edges[m + 2]!];
    return Float64Array.from({ length: frame / 2 + 1 }, (__, bin) => {
      const hertz = (bin * sampleRate) / frame;
      const height = Math.min((hertz - from) / (peak - from), (to - hertz) / (to - peak));
      return (Math.max(0, height) * 2) / (to - from);
    });
  });
}

/**
 * The log-mel spectrogram of a sound, as inputs for `conv2d` (`[frames, mels]`), `gru` or `transformer`: Hann-windowed frames that start
 * at the sound's start, their power spectra, summed in triangular bands of equal width on Slaney's mel scale.
 *
 * A plain function of one sound: apply it to every row before the data are made. The last frame is filled up with silence.
 * @param audio samples, in any unit
 * @throws TypeError for something that is no array of numbers; RangeError for a sound without samples, a sample that is not finite, or
 *   options out of range
 * @example
 * const { values, shape } = spectrogram(audio, { sampleRate: 8000, frames: 64 });
 */
export function spectrogram(audio: Float32Array, options: SpectrogramOptions): Spectrogram {
  const {
    sampleRate,
    frame,
    hop,
    mels,
    lowest,
    highest: end,
    frames: wanted,
  } = withDefaults<Required<SpectrogramOptions>>('spectrogram', options, {
    sampleRate: 0,
    frame: 512,
    hop: 160,
    mels: 40,
    lowest: 0,
    highest: null,
    frames: null,
  });
  if (!(audio instanceof Float32Array)) throw new TypeError(`spectrogram: audio must be a Float32Array of samples, got ${typeof audio}`);
  if (audio.length === 0) throw new RangeError('spectrogram: audio has no samples');
  const wrong = audio.findIndex((sample) => !Number.isFinite(sample));
  if (wrong >= 0) throw new RangeError(`spectrogram: sample ${wrong} must be a finite number, got ${audio[wrong]}`);
  checkNumber('spectrogram', 'sampleRate', sampleRate, 1);
  checkInteger('spectrogram', 'frame', frame, 2);
  if ((frame & (frame - 1)) !== 0) throw new RangeError(`spectrogram: frame must be a power of 2, got ${frame}`);
  checkInteger('spectrogram', 'hop', hop, 1);
  checkInteger('spectrogram', 'mels', mels, 1);
  checkNumber('spectrogram', 'lowest', lowest, 0);
  const highest = end ?? sampleRate / 2;
  if (!(highest > lowest && highest <= sampleRate / 2)) {
    throw new RangeError(
      `spectrogram: highest must be above lowest (${lowest}) and at most half the sample rate (${sampleRate / 2}), got ${highest}`,
    );
  }
  if (wanted !== null) checkInteger('spectrogram', 'frames', wanted, 1);
  const count = wanted ?? Math.max(1, Math.ceil((audio.length - frame) / hop) + 1);
  const filters = bands(sampleRate, frame, mels, lowest, highest);
  const window = Float64Array.from({ length: frame }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / frame));
  const fft = new FFT(frame);
  const [samples, spectrum] = [new Array<number>(frame).fill(0), fft.createComplexArray()];
  const values = new Float32Array(count * mels);
  for (let t = 0; t < count; t++) {
    for (let i = 0; i < frame; i++) samples[i] = (audio[t * hop + i] ?? 0) * window[i]!;
    fft.realTransform(spectrum, samples);
    for (let m = 0; m < mels; m++) {
      const filter = filters[m]!;
      let power = 0;
      for (let bin = 0; bin < filter.length; bin++) {
        if (filter[bin]! > 0) power += filter[bin]! * (spectrum[2 * bin]! ** 2 + spectrum[2 * bin + 1]! ** 2);
      }
      values[t * mels + m] = Math.log(Math.max(SILENCE, power));
    }
  }
  return { values, shape: [count, mels] };
}
