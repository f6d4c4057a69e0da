/**
 * Class codes from probabilities: the most probable class, the first of equals; NaN where a probability is NaN.
 * @param probabilities `[rows]` of the positive class when `classes` is 2 and there is one per row, else `[rows, classes]`
 * @param outputs columns of `probabilities`: 1 (binary, code 1 where above 0.5) or the number of classes
 * @returns `[rows]`
 * @throws TypeError when the probabilities do not fill whole rows
 */
export function predictedClasses(probabilities: ArrayLike<number>, outputs: number): Float64Array {
  const rows = probabilities.length / outputs;
  if (!Number.isInteger(rows)) {
    throw new TypeError(`predictedClasses: probabilities must be [rows, ${outputs}]; got ${probabilities.length} numbers.`);
  }
  const codes = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    if (outputs === 1) {
      const p = probabilities[row]!;
      codes[row] = Number.isNaN(p) ? Number.NaN : Number(p > 0.5);
      continue;
    }
    let best = 0;
    for (let c = 0; c < outputs; c++) {
      const p = probabilities[row * outputs + c]!;
      if (Number.isNaN(p)) {
        best = Number.NaN;
        break;
      }
      if (p > probabilities[row * outputs + best]!) best = c;
    }
    codes[row] = best;
  }
  return codes;
}
