/** Mean and population standard deviation of the values that are not NaN, in two passes; sd is exactly 0 where all are equal. */
export function moments(
  values: ArrayLike<number>,
  rows: ArrayLike<number>,
): { readonly mean: number; readonly sd: number; readonly known: number } {
  let [known, sum, low, high] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]!]!;
    if (Number.isNaN(value)) continue;
    known++;
    sum += value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (known === 0) return { mean: 0, sd: 0, known };
  if (low === high) return { mean: low, sd: 0, known };
  const mean = sum / known;
  let squares = 0;
  for (let i = 0; i < rows.length; i++) {
    const value = values[rows[i]!]!;
    if (!Number.isNaN(value)) squares += (value - mean) ** 2;
  }
  return { mean, sd: Math.sqrt(squares / known), known };
}
