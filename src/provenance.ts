/*
 * What this package's own factories made. The code of these things is that of the package's version; anything else is the user's code, of
 * which a process can see neither a later change nor what it closes over.
 */

const made = new WeakSet<object>();

/** Marks a thing as made by this package, and freezes it: with a part replaced it would be another. A copy of it is not marked. */
export function ofThisPackage<T extends object>(thing: T): T {
  made.add(thing);
  return Object.freeze(thing);
}

/** Whether one of this package's factories made a thing, and nobody copied it. */
export function isOfThisPackage(thing: object): boolean {
  return made.has(thing);
}

/**
 * The version that the user gives to code of one's own.
 * @throws TypeError when it is neither a non-empty text nor a finite number
 */
export function checkVersion(who: string, version: unknown): void {
  if (version === undefined || (typeof version === 'string' && version !== '') || Number.isFinite(version)) return;
  throw new TypeError(
    `${who}: version must be a non-empty text or a number, for instance "1", got ${JSON.stringify(version) ?? String(version)}`,
  );
}
