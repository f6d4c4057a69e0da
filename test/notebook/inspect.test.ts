import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import * as tl from '../../src/index';

const root = path.join(__dirname, '..', '..');

/** What Shift-Tab asks the kernel for, as much of it as is used here. */
interface Converter {
  inspect(declarations: string, source: string, position: number): { documentation?: { text: string }[] } | undefined;
  close(): void;
}

const { createConverter } = createRequire(__filename)('tslab/dist/converter.js') as { createConverter(options: object): Converter };
const converter = createConverter({ cwd: root, isJS: false, isBrowser: false });
afterAll(() => converter.close());

const documentationAt = (source: string, position: number): string => {
  const info = converter.inspect('', `import * as tl from 'taskloom';\n${source}`, `import * as tl from 'taskloom';\n`.length + position);
  return (info?.documentation ?? []).map(({ text }) => text).join('');
};

const called = Object.entries(tl)
  .filter(([, value]) => typeof value === 'function')
  .map(([name]) => name);

it('Shift-Tab shows the documentation of everything that is called: on the name, and between the parentheses', () => {
  const silent = called.filter((name) => {
    const source = `tl.${name}( )`;
    return [documentationAt(source, 4), documentationAt(source, source.length - 1)].some((text) => text.length < 40);
  });
  expect(silent).toEqual([]);
}, 300_000);
