import { checkOptions, describeValue } from './options';

/** Loss weight of each class by its name, or `'balanced'` = rows / (classes x rows of the class), counted on training rows. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

/** Checks the options that every kind of task shares and returns those that were given. */
export function readLabelOptions<T extends { readonly column?: string; readonly classWeights?: ClassWeights }>(
  where: string,
  options: T,
  known: readonly string[],
): T {
  checkOptions(where, options, known);
  const { column, classWeights } = options;
  if (column !== undefined && (typeof column !== 'string' || column === '')) {
    throw new TypeError(`${where}: column must be the name of a column; got ${describeValue(column)}`);
  }
  if (classWeights !== undefined && classWeights !== 'balanced') {
    if (typeof classWeights !== 'object' || classWeights === null || Array.isArray(classWeights)) {
      throw new TypeError(`${where}: classWeights must be 'balanced' or a weight for each class; got ${describeValue(classWeights)}`);
    }
    for (const [name, weight] of Object.entries(classWeights)) {
      if (typeof weight !== 'number' || !Number.isFinite(weight) || weight < 0) {
        throw new RangeError(`${where}: the weight of class "${name}" must be a finite number of at least 0; got ${describeValue(weight)}`);
      }
    }
  }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
