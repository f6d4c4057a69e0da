import { createRequire } from 'node:module';
import { setNativeDefaults } from '../backend/native-settings';
import { describeValue } from '../options/describe-value';

/**
 * A danfojs `DataFrame`, typed by the members that results and data sets are used with.
 *
 * The object is danfojs's own, with all its methods; write `frame as DataFrame` (`import type { DataFrame } from 'danfojs-node'`) for the
 * others. danfojs's declarations are not named here because they do not compile without `skipLibCheck`.
 */
export interface Frame {
  /** Rows and columns. */
  readonly shape: number[];
  readonly columns: string[];
  readonly index: (string | number)[];
  /** Rows of cells. */
  readonly values: unknown[];
  readonly dtypes: string[];
  column(name: string): FrameColumn;
  head(rows?: number): Frame;
  tail(rows?: number): Frame;
  sample(rows?: number, options?: { readonly seed?: number }): Promise<Frame>;
  loc(where: { readonly rows?: unknown; readonly columns?: readonly string[] }): Frame;
  iloc(where: { readonly rows?: unknown; readonly columns?: readonly unknown[] }): Frame;
  query(condition: unknown): Frame;
  drop(options: { readonly columns?: string | string[]; readonly index?: readonly (string | number)[] }): Frame;
  addColumn(name: string, values: unknown): Frame;
  rename(names: Readonly<Record<string, string>>): Frame;
  sortValues(column: string, options?: { readonly ascending?: boolean }): Frame;
  groupby(columns: readonly string[]): unknown;
  describe(): Frame;
  print(): void;
  toString(): string;
}

/** A danfojs `Series`, typed by what a column is used for. */
export interface FrameColumn {
  readonly values: unknown;
  readonly shape: number[];
  mean(): number;
  std(): number;
  min(): number;
  max(): number;
  sum(): number;
  count(): number;
  unique(): FrameColumn;
  valueCounts(): FrameColumn;
  print(): void;
  toString(): string;
}

interface Danfo {
  readonly DataFrame: new (
    columns: Record<string, unknown[]> | [],
    options?: { readonly columns: readonly string[] },
  ) => Frame & { $setColumnNames(names: readonly string[]): void };
}

/**
 * A danfojs `DataFrame` of these columns; `danfojs-node` is loaded on the first call.
 * @param columns equally long arrays by name; typed arrays are copied
 * @throws Error when `danfojs-node` cannot be loaded, with what to do
 */
export function frameOf(columns: Readonly<Record<string, ArrayLike<unknown>>>): Frame {
  const { DataFrame } = loadDanfo();
  const names = Object.keys(columns);
  // Of columns without rows danfojs makes no frame by itself.
  if (names.length > 0 && columns[names[0]!]!.length === 0) return new DataFrame([], { columns: names });
  // A column is a property of a danfojs frame: one that is called as a member of frames would take that member's place.
  const taken = (name: string): boolean => name in DataFrame.prototype || name.startsWith('$');
  const safe = names.map((name, i) => (taken(name) ? ` column ${i}` : name));
  const frame = new DataFrame(Object.fromEntries(Object.values(columns).map((values, i) => [safe[i]!, Array.from(values)])));
  if (names.some(taken)) frame.$setColumnNames(names);
  return frame;
}

function loadDanfo(): Danfo {
  try {
    // It loads TensorFlow.
    setNativeDefaults();
    return createRequire(__filename)('danfojs-node') as Danfo;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : describeValue(error);
    throw new Error(
      `Cannot make a data frame: danfojs-node could not be loaded (${reason}); run "npm install danfojs-node @tensorflow/tfjs-node", or use plain columns, which every function here takes too`,
      { cause: error },
    );
  }
}
