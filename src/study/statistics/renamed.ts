/** Options that had another name. */
const names: Readonly<Record<string, string>> = { smallestEffect: 'margin' };

/**
 * Options as they are, where none has a name of before.
 * @throws TypeError for an option that had another name, with the new one
 */
export function renamed<T extends object | undefined>(who: string, options: T): T {
  for (const key of Object.keys(options ?? {})) {
    if (Object.hasOwn(names, key)) throw new TypeError(`${who}: ${key} is now ${names[key]}; write ${names[key]} instead`);
  }
  return options;
}
