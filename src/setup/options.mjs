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

/**
 * Runs a command's body where its file is the program (and not an import). An expected failure prints its message alone, with code 1.
 * @param {string} url import.meta.url of the command @param {() => Promise<number | void>} body Its result is the exit code.
 */
export async function main(url, body) {
  if (!process.argv[1] || realpathSync(process.argv[1]) !== fileURLToPath(url)) return;
  try {
    process.exitCode = (await body()) ?? 0;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(`\n${error.message}`);
    process.exitCode = 1;
  }
}
