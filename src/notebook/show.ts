import { randomUUID } from 'node:crypto';
import type { MimeBundle } from '../plots/mime';
import { type ShowOptions, toBundles } from './mime';
import { currentTransport, type Transport } from './transport';

export type { ShowOptions } from './mime';

/** An output that can be replaced. */
export interface LiveDisplay {
  /** Shows `value` in the place of what was there, in the cell that made the display. */
  update(value: unknown): void;
}

/** Outputs below each other that are replaced one by one. */
class Display implements LiveDisplay {
  private readonly transport: Transport = currentTransport();
  private readonly ids: string[] = [];

  constructor(private readonly options: ShowOptions) {}

  update(value: unknown): void {
    const bundles = toBundles(value, this.options);
    if (bundles instanceof Promise) void bundles.then((ready) => this.replace(ready));
    else this.replace(bundles);
  }

  private replace(bundles: readonly MimeBundle[]): void {
    for (const [index, bundle] of bundles.entries()) this.send(index, bundle);
    // What showed more outputs before leaves empty ones behind.
    for (let index = bundles.length; index < this.ids.length; index++) this.send(index, { 'text/plain': '' });
  }

  private send(index: number, bundle: MimeBundle): void {
    const known = this.ids[index];
    // Random, so that no output of an earlier run of the notebook has the same.
    const id = known ?? randomUUID();
    if (known === undefined) this.ids.push(id);
    this.transport.send(bundle, id, known !== undefined);
  }
}

/**
 * Shows a value in the notebook: a figure, a comparison, task data, a table or data frame, a list of
 * records, text. In a plain script it prints
 * the value as text.
 *
 * @throws TypeError for a promise: await it first.
 */
export function show(value: unknown, options: ShowOptions = {}): void {
  showLive(value, options);
}

/**
 * As `show`, and returns the display, so that later values take its place: also from other cells, and while a cell computes.
 *
 * @throws TypeError for a promise: await it first.
 */
export function showLive(value: unknown, options: ShowOptions = {}): LiveDisplay {
  const display = new Display(options);
  display.update(value);
  return display;
}
