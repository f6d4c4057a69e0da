/** A long computation that yields now and then, so that others get their turn and it can be stopped. */
export type Steps<T> = Generator<undefined, T>;

/** Does all steps at once. */
export function drained<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/**
 * Does the steps, letting others have their turn every 40 ms.
 * @returns undefined where the signal stopped it
 */
export async function unhurried<T>(steps: Steps<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  for (let rested = Number.NEGATIVE_INFINITY; ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - rested < 40) continue;
    await new Promise((resolve) => setImmediate(resolve));
    if (signal?.aborted) return undefined;
    rested = performance.now();
  }
}
