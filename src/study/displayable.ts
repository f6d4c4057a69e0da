import type { Figure } from '../plots/figure';
import { figureBundle, type MimeBundle } from '../plots/mime';
import { htmlTable, type Table, textTable } from '../plots/table';

/** A result that has a table and a figure. */
interface Shown {
  readonly table: () => Table;
  readonly plot: () => Figure;
}

/**
 * A result with what shows it: in a notebook its table and its figure, as text its table and its sentences.
 * @param sentences what it says, a line each
 */
export function displayable<Result extends Shown>(
  result: Result,
  sentences: () => readonly string[],
): Result & { toMime(): readonly MimeBundle[]; toString(): string } {
  const text = (): string => [textTable(result.table()), ...sentences().map((sentence) => `- ${sentence}`)].join('\n');
  const shown = {
    ...result,
    toMime: () => [{ 'text/html': htmlTable(result.table()), 'text/plain': text() }, figureBundle(result.plot())],
    toString: text,
  };
  return Object.defineProperties(shown, { [Symbol.for('nodejs.util.inspect.custom')]: { value: text } });
}
