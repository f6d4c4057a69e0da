/** Multiply-adds from which half a product pays for being a call of its own; found by measurement. */
const WIDE_WORK = 4e6;

/** Columns up to which a product of few rows runs at full speed; found by measurement. */
const NARROW = 256;

/**
 * Parts that a large product is cut into. A constant: other cuts round otherwise on some processors, and a model's numbers must not depend
 * on the cores.
 */
const PARTS = 2;

/** A part of a factor: entries `[start, start + size)` of one axis. */
export interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly size: number;
}

/** How a product of matrices is computed in parts: undefined cuts take a factor whole. */
export interface ProductPlan {
  readonly parts: readonly { readonly left?: Cut; readonly right?: Cut }[];
  /** Axis along which the parts' results lie side by side; undefined: they are added. */
  readonly concat?: number;
}

/** `[0, size)` in about equal pieces. */
function pieces(axis: number, size: number, count: number): Cut[] {
  const at = (i: number): number => Math.floor((i * size) / count);
  return Array.from({ length: count }, (_, i) => ({ axis, start: at(i), size: at(i + 1) - at(i) }));
}

/**
 * The parts in which a product of a single model is best computed, which TensorFlow runs side by side. Those of several models are computed
 * side by side as they are: cutting them, too, takes a quarter longer, so that a large network's sums round otherwise alone than in a stack.
 * @param left shape of the first factor, `[..., rows, terms]` or, transposed, `[..., terms, rows]`
 * @param right shape of the second, `[..., terms, columns]` or `[..., columns, terms]`
 * @returns undefined where the product is best computed whole
 */
export function productPlan(
  left: readonly number[],
  right: readonly number[],
  transposeLeft: boolean,
  transposeRight: boolean,
): ProductPlan | undefined {
  const last = left.length - 1;
  const [rowAxis, leftTerms] = transposeLeft ? [last, last - 1] : [last - 1, last];
  const [rightTerms, columnAxis] = transposeRight ? [right.length - 1, right.length - 2] : [right.length - 2, right.length - 1];
  const [rows, terms, columns] = [left[rowAxis]!, left[leftTerms]!, right[columnAxis]!];
  const models = left.slice(0, -2).reduce((a, b) => a * b, 1);
  if (models > 1 || rows * terms * columns < PARTS * WIDE_WORK) return undefined;
  if (transposeLeft) {
    const cuts = pieces(rightTerms, terms, PARTS);
    return { parts: pieces(leftTerms, terms, PARTS).map((cut, i) => ({ left: cut, right: cuts[i]! })) };
  }
  if (!transposeRight && columns > NARROW) {
    const count = Math.ceil(columns / NARROW / PARTS) * PARTS;
    return { parts: pieces(columnAxis, columns, count).map((right) => ({ right })), concat: last };
  }
  return { parts: pieces(rowAxis, rows, PARTS).map((left) => ({ left })), concat: last - 1 };
}
