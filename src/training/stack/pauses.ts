const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Milliseconds of work between two pauses. */
const SHIFT = 40;

/** Lets others run now and then, and notices a signal to stop. */
export class Pauses {
  private rested = performance.now();
  private stopped = false;

  constructor(private readonly signal: AbortSignal | undefined) {}

  /** Whether training is to stop. */
  get interrupted(): boolean {
    return this.stopped;
  }

  /** Pauses where it is time to. */
  async rest(): Promise<void> {
    if (performance.now() - this.rested < SHIFT) return;
    await breathe();
    this.rested = performance.now();
    if (this.signal?.aborted) this.stopped = true;
  }
}
