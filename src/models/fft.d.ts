declare module 'fft.js' {
  /** Fast Fourier transform of a power-of-2 size. */
  export default class FFT {
    constructor(size: number);
    /** Room for a transform: real and imaginary parts in turn. */
    createComplexArray(): number[];
    /** Writes the lower half of the transform of real input, and the middle. */
    realTransform(output: number[], input: readonly number[]): void;
  }
}
