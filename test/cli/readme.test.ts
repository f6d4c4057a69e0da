/** The examples of README.md do what it says. */
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registeredRows, withRegisteredRows } from '../../src/cli/readme-rows';
import { type Command, compileCommand, root } from './taskloom';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** An example of the README with the output that follows it. */
interface Example {
  readonly language: string;
  readonly code: string;
  readonly output: string | undefined;
}

function examples(): Example[] {
  const blocks = [...readme.matchAll(/<!-- (example|output) -->\n```(\w+)\n(.*?)\n```/gs)].map(([, mark, language, text]) => ({
    mark: mark!,
    language: language!,
    text: text!,
  }));
  return blocks.flatMap(({ mark, language, text }, i) => {
    const next = blocks[i + 1];
    return mark === 'example' ? [{ language, code: text, output: next?.mark === 'output' ? next.text : undefined }] : [];
  });
}

/** What an output says on every machine: its size, what to do, the table's title, columns and methods. Scores may differ in their last digits. */
function skeleton(output: string): unknown {
  const lines = output.trim().split('\n');
  return {
    lines: lines.length,
    // The headline says what to do; its numbers may differ in their last digits.
    headline: lines[0]!.split('(')[0],
    title: lines[1],
    columns: lines[2]!.split(/ {2,}/),
    methods: lines.slice(4, 6).map((line) => line.split(' ')[0]),
  };
}

let command: Command;
beforeAll(() => {
  command = compileCommand();
  symlinkSync(join(root, 'data'), join(command.folder, 'data'), 'dir');
}, 120_000);
afterAll(() => command.remove());

describe('README', () => {
  it.each(examples().map((example) => [example.code.split('\n').at(-1)!, example] as const))(
    '%s',
    async (_, { language, code, output }) => {
      const args = code.replace(/\\\n/g, ' ').trim().split(/\s+/);
      if (language === 'sh') expect(args.splice(0, 2)).toEqual(['npx', 'taskloom']);
      const result = await (language === 'sh' ? command.run(args) : command.script(code));
      expect(result.stderr).toBe('');
      expect(result.code).toBe(0);
      if (output !== undefined) expect(skeleton(result.stdout)).toEqual(skeleton(output));
    },
    300_000,
  );

  it('has three examples, two with their output', () => {
    expect(examples().map(({ language, output }) => [language, output !== undefined])).toEqual([
      ['ts', true],
      ['ts', false],
      ['sh', true],
    ]);
  });

  it('lists what is registered, as `npm run readme` writes it', () => {
    expect(withRegisteredRows(readme)).toBe(readme);
    for (const name of ['emotions', 'mlp', 'hardSharing', 'pcgrad', 'uncertainty', 'ordinal'])
      expect(registeredRows()).toContain(`\`${name}\``);
  });
});
