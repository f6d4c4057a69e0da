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
 * How an op's input is filled up to whole registers, so that a number's value does not depend on where it lies in a stack.
 * @returns undefined where nothing is left over, or the op rounds exactly
 */
export function wholePackets(op: string, inputs: readonly TensorInfo[]): WholePackets | undefined {
  const byRow = BY_ROW.has(op);
  const input = inputs[0];
  if (inputs.length !== 1 || input === undefined || input.dtype !== 'float32' || !(byRow || ELEMENTWISE.has(op))) return undefined;
  const size = input.shape.reduce((a, b) => a * b, 1);
  if (size === 0 || size % PACKET === 0) return undefined;
  const columns = byRow ? input.shape[input.shape.length - 1]! : 1;
  const rows = size / columns;
  return { rows, columns, extra: Math.ceil(rows / PACKET) * PACKET - rows };
}
