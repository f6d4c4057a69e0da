#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../options/check';
import { printable } from '../plots/text';
import { compareArguments, parseStrictly } from './compare-arguments';
import { compareCommand, type Outcome } from './compare-command';
import { compareHelp } from './compare-help';
import { inFlags } from './flags';
import { methodsText } from './methods-command';
import { help, UsageError } from './usage';

const done = (text: string): Outcome => ({ text, code: 0 });

async function run([command, ...rest]: readonly string[]): Promise<Outcome> {
  switch (command) {
    case undefined:
      throw new UsageError(`no command given\n\n${help}`);
    case '-h':
    case '--help':
    case 'help':
      return done(help);
    case '--version': {
      const { version } = JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')) as { version: string };
      return done(`${version}\n`);
    }
    case 'methods': {
      const { values, positionals } = parseStrictly(rest, { json: { type: 'boolean' }, help: { type: 'boolean' } });
      if (positionals.length > 0) throw new UsageError(`methods takes no "${positionals[0]}"`);
      return done(values.help ? help : methodsText(values.json === true));
    }
    case 'compare': {
      const given = compareArguments(rest);
      return given.flag.help === true ? done(compareHelp) : compareCommand(given);
    }
    default: {
      const commands = ['compare', 'methods', '--help', '--version'];
      throw new UsageError(`unknown command "${command}"${didYouMean(command, commands)}; commands: ${commands.join(', ')}`);
    }
  }
}

let printed = '';
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader such as `head` may leave before everything is printed; on a full disk, what was computed is shown where it still can be.
  if (error.code === 'EPIPE') return;
  process.stderr.write(`${printed}taskloom: cannot write to standard output: ${error.message}\n`);
  process.exitCode = 1;
});

run(process.argv.slice(2)).then(
  ({ text, error, code }) => {
    printed = text;
    process.stdout.write(text);
    if (error !== undefined) process.stderr.write(`taskloom: ${printable(error)}\n`);
    process.exitCode = code;
  },
  (error: unknown) => {
    const { message, name } = error as Error;
    const isInput = error instanceof UsageError || error instanceof RangeError || error instanceof TypeError;
    process.stderr.write(`taskloom: ${printable(isInput || name === 'Error' ? inFlags(error as Error) : `${name}: ${message}`)}\n`);
    process.exitCode = isInput ? 2 : 1;
  },
);
