/** Numbers that came through JSON: it has no NaN and writes null instead. */
export function numbersFromJson(value: unknown): unknown {
  if (value === null) return Number.NaN;
  if (ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) return value.map(numbersFromJson);
  if (typeof value === 'object') {
    return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, numbersFromJson(inner)]));
  }
  return value;
}
