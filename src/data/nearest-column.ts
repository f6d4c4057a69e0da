import { didYouMean } from '../options/check';

/** A phrase for an error about an unknown column: the nearest name, else the first columns there are. */
export function nearestColumn(name: string, names: readonly string[]): string {
  const wanted = name.toLowerCase();
  const containing = names.find((candidate) => {
    const other = candidate.toLowerCase();
    return wanted.length > 2 && other.length > 2 && (other.includes(wanted) || wanted.includes(other));
  });
  if (containing !== undefined) return ` (did you mean "${containing}"?)`;
  const near = didYouMean(name, names);
  if (near !== '') return near;
  return `; it has ${names
    .slice(0, 8)
    .map((column) => `"${column}"`)
    .join(', ')}${names.length > 8 ? ', ...' : ''}`;
}
