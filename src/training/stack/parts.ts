/**
 * The part of a stacked array that belongs to a place.
 * @param stack how many places there are
 */
export function partOf(all: Float32Array, place: number, stack: number): Float32Array {
  const size = all.length / stack;
  return all.subarray(place * size, (place + 1) * size);
}

/** Arrays of one size side by side. */
export function sideBySide(parts: readonly Float32Array[]): Float32Array {
  const size = parts[0]!.length;
  const all = new Float32Array(parts.length * size);
  for (const [place, part] of parts.entries()) all.set(part, place * size);
  return all;
}
