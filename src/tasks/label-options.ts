import { checkOptions, describeValue } from '../options/describe-value';

/** Loss weight of each class by its name, or `'balanced'` = rows / (classes x rows of the class), counted on training rows. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

/** Checks the options that every kind of task shares and returns those that were given. */
export function readLabelOptions<
  T extends { readonly column?: string; readonly classWeights?: ClassWeights; readonly lossWeight?: number },
>(where: string, options: T, known: readonly string[]): T {
  checkOptions(where, options, known);
  const { column, classWeights, lossWeight } = options;
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
  if (lossWeight !== undefined) checkLossWeight(where, lossWeight);
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** @throws TypeError when a task's loss weight is no number, RangeError when it is not a finite number above 0 */
export function checkLossWeight(where: string, weight: unknown): void {
  if (typeof weight !== 'number') throw new TypeError(`${where}: lossWeight must be a number; got ${describeValue(weight)}`);
  if (!Number.isFinite(weight) || weight <= 0)
    throw new RangeError(
      `${where}: lossWeight must be a finite number above 0; got ${describeValue(weight)}; leave a task out that must not count`,
    );
}
