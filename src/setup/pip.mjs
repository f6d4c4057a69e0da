/** What pip says about packages that it downloads, in words for the user. Every download is checked against the SHA-256 of its requirements file. */
import { tail } from './steps.mjs';

/**
 * The packages whose content is not what the requirements file says, as pip lists them; undefined where that is not what failed.
 * @param {string} output of pip
 */
export function wrongHash(output) {
  if (!/DO NOT MATCH THE HASHES/.test(output)) return undefined;
  const found = [...output.matchAll(/^ {4}(\S+?)(?: from .*)?:\s*$[\s\S]*?Got +([0-9a-f]{64})/gm)].map(
    ([, name, got]) => `${name?.split(/[\\/]/).at(-1)} (SHA-256 ${got})`,
  );
  return `pip got another file than the one this version was made with: ${found.join(', ') || lastLines(output)}. A proxy, a mirror or a cache may have changed it; nothing of it was installed`;
}

/** @param {string} output */
const lastLines = (output) => tail(output, 4).trim();
