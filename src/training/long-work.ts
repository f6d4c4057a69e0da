import { AsyncLocalStorage } from 'node:async_hooks';
import type { ProgressEvent } from './progress';

/** Shows progress somewhere: in a notebook's cell, on the terminal. */
export interface ProgressDisplay {
  readonly update: (event: ProgressEvent) => void;
  /** @param returned whether the work came to its end */
  readonly done: (returned: boolean) => void;
}

let makeDisplay: (() => ProgressDisplay) | undefined;
let last: Promise<unknown> | undefined;
const inside = new AsyncLocalStorage<true>();

/** Sets what shows the progress of long work whose caller does not listen for it; none without. */
export function installProgressDisplay(make: (() => ProgressDisplay) | undefined): void {
  makeDisplay = make;
}

/**
 * Runs long work that the user called: shows its progress unless its caller listens for it, and remembers it for `lastResult`. Work that
 * other long work calls is part of that one.
 * @param options those of the call; what is no object is passed on, for `work` to refuse
 * @param work takes the options with a listener for progress
 */
export function longWork<Options extends { readonly onProgress?: (event: ProgressEvent) => void }, T>(
  options: Options,
  work: (options: Options) => Promise<T>,
): Promise<T> {
  if (inside.getStore()) return work(options);
  const result = inside.run(true, () => (options?.onProgress || !makeDisplay ? work(options) : displayed(makeDisplay(), options, work)));
  last = result;
  return result;
}

async function displayed<Options extends object, T>(
  display: ProgressDisplay,
  options: Options,
  work: (options: Options) => Promise<T>,
): Promise<T> {
  let returned = false;
  try {
    const own = typeof options === 'object' ? { ...options, onProgress: (event: ProgressEvent) => display.update(event) } : options;
    const result = await work(own);
    returned = true;
    return result;
  } finally {
    display.done(returned);
  }
}

/**
 * What the last `fit`, `compare` or other long work of this package returned, also where the cell that waited for it is gone: a notebook's
 * stop button ends the cell before its variable has a value, while the work stops by itself and returns what is finished.
 * @throws Error where nothing was run yet; else as the work did
 * @example
 * const comparison = await lastResult<Comparison>();
 */
export async function lastResult<T = unknown>(): Promise<T> {
  if (!last) throw new Error('lastResult: nothing was run yet; call fit, compare or the like first');
  return (await last) as T;
}
