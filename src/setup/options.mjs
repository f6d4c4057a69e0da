/** Command-line options of the project's own commands: an unknown option is an error, never ignored. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SetupError, say } from './steps.mjs';

/**
 * @template {NonNullable<import('node:util').ParseArgsConfig['options']>} T
 * @param {string[]} args @param {T} options @param {string} usage One line that lists what is accepted.
 */
export function readOptions(args, options, usage) {
  try {
    return parseArgs({ args, options, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const reason = /** @type {Error} */ (error).message.split('. To specify')[0];
    throw new SetupError(`Cannot read the options: ${reason}.`, `use ${usage}`);
  }
}

const UNWRITABLE = {
  EROFS: 'the file system is read-only',
  EACCES: 'that is not permitted',
  EPERM: 'that is not permitted',
  ENOSPC: 'the disk is full',
};

/** What a file that cannot be written means for the user; other errors are those of a program. @param {unknown} error @returns {unknown} */
export function unwritable(error) {
  const { code, path } = /** @type {NodeJS.ErrnoException} */ (error ?? {});
  const reason = UNWRITABLE[/** @type {keyof typeof UNWRITABLE} */ (code)];
  if (reason === undefined || path === undefined) return error;
  return new SetupError(
    `Cannot write ${path}: ${reason} (${code}).`,
    'the commands keep what they install and build in this folder: make it writable, or copy it to where it is.',
  );
}

/**
 * Runs a command's body where its file is the program (and not an import). An expected failure prints its message alone, with code 1.
 * @param {string} url import.meta.url of the command @param {() => Promise<number | void>} body Its result is the exit code.
 */
export async function main(url, body) {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== fileURLToPath(url)) return;
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (thrown) {
    const error = unwritable(thrown);
    if (!(error instanceof SetupError)) throw error;
    say(`\n${error.message}`);
    process.exitCode = 1;
  }
}
