/**
 * Ranks from 1, ties sharing the mean of their ranks.
 * @param values finite numbers
 * @param better `'lower'`: the smallest has rank 1; `'higher'`: the largest has. Default `'lower'`
 */
export function ranks(values: ArrayLike<number>, better: 'higher' | 'lower' = 'lower'): Float64Array {
  const sign = better === 'lower' ? 1 : -1;
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => sign * (values[a]! - values[b]!));
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) result[order[i]!] = (start + 1 + end) / 2;
    start = end;
  }
  return result;
}
