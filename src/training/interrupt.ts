/**
 * Runs `work` with a signal that fires when the user interrupts (Ctrl-C, a notebook's stop button) or when `outer` does.
 *
 * A notebook's interrupt stops the cell but not what the library does, so long work must listen by itself.
 */
export async function interruptible<T>(outer: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop);
  process.on('SIGINT', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.removeListener('SIGINT', stop);
    outer?.removeEventListener('abort', stop);
  }
}
