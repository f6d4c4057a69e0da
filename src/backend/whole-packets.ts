import type { TensorInfo } from '@tensorflow/tfjs-core';

/**
 * Numbers in the widest vector register. TensorFlow computes functions such as `exp` for a register at a time, by another formula than for
 * the single numbers that are left over at a tensor's end.
 */
const PACKET = 16;

/** Elementwise ops whose two formulas differ in the last place; those that are rounded exactly (sums, quotients, roots) are not here. */
const ELEMENTWISE: ReadonlySet<string> = new Set([
  'Cos',
  'Elu',
  'Erf',
  'Exp',
  'Expm1',
  'Log',
  'Log1p',
  'Reciprocal',
  'Rsqrt',
  'Selu',
  'Sigmoid',
  'Sin',
  'Softplus',
  'Tanh',
]);
/** The same for ops on the last axis. */
const BY_ROW: ReadonlySet<string> = new Set(['LogSoftmax', 'Softmax']);

/** A tensor as a matrix whose rows are filled up, so that no number is left over. */
export interface WholePackets {
  readonly rows: number;
  readonly columns: number;
  /** Rows to add. */
  readonly extra: number;
}

/**
 * How an op's last input is filled up to whole registers, so that a number's value does not depend on where it lies in a stack.
 * @param ofConstant whether the other input is a single constant: TensorFlow turns a graph's 1 / x into `Reciprocal`
 * @returns undefined where nothing is left over, or the op rounds exactly
 */
export function wholePackets(op: string, inputs: readonly TensorInfo[], ofConstant = false): WholePackets | undefined {
  const byRow = BY_ROW.has(op);
  const input = inputs[inputs.length - 1];
  const approximated = inputs.length === 1 ? byRow || ELEMENTWISE.has(op) : op === 'RealDiv' && ofConstant;
  if (input === undefined || input.dtype !== 'float32' || !approximated) return undefined;
  const size = input.shape.reduce((a, b) => a * b, 1);
  const columns = byRow ? input.shape[input.shape.length - 1]! : 1;
  const rows = size / columns;
  if (size === 0 || rows % PACKET === 0) return undefined;
  return { rows, columns, extra: Math.ceil(rows / PACKET) * PACKET - rows };
}

/** Numbers of a row from which its sum depends on where in memory it begins; found by measurement. */
const LONG = 1024;

/** A sum over neighboring axes as one over the middle axis of `[outer, terms, columns]`, with zeros added to one of the last two. */
export interface WholeSum {
  readonly outer: number;
  readonly terms: number;
  readonly columns: number;
  readonly extraTerms: number;
  readonly extraColumns: number;
}

/**
 * How a sum's input is filled up, so that a sum does not depend on where its terms lie in a stack: columns are added a register at a time
 * where one holds columns of one row only, and the terms of a long row in an order that depends on where it begins.
 * @param axes axes that are summed over, in order
 * @returns undefined where the sum is the same in any place
 */
export function wholeSum(shape: readonly number[], axes: readonly number[]): WholeSum | undefined {
  const [first, last] = [axes[0], axes[axes.length - 1]];
  if (first === undefined || last! - first !== axes.length - 1) return undefined;
  const size = (part: readonly number[]): number => part.reduce((a, b) => a * b, 1);
  const [outer, terms, columns] = [size(shape.slice(0, first)), size(shape.slice(first, last! + 1)), size(shape.slice(last! + 1))];
  const filled = (n: number): number => (PACKET - (n % PACKET)) % PACKET;
  const extraColumns = columns > PACKET / 2 && columns % (PACKET / 2) !== 0 ? filled(columns) : 0;
  const extraTerms = columns === 1 && terms > LONG ? filled(terms) : 0;
  return extraColumns + extraTerms === 0 ? undefined : { outer, terms, columns, extraTerms, extraColumns };
}
