/** One line of a live curve, for instance the validation loss so far. */
export interface ProgressCurve {
  readonly name: string;
  readonly x: readonly number[];
  /** As long as `x`; NaN where there is no value. */
  readonly y: readonly number[];
}

/** What long work says about itself while it runs. */
export interface ProgressEvent {
  /** What is being done, for instance `'training mmoe'`. */
  readonly phase: string;
  /** Units of work done so far, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Estimated seconds until `done` reaches `total`. */
  readonly secondsLeft?: number;
  /** One short line more, for instance `'seed 3 of 10, loss 0.412'`. */
  readonly message?: string;
  readonly curve?: readonly ProgressCurve[];
}
