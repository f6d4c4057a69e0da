import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LIMIT, lengthProblems, longFunctions } from '../../src/setup/function-length.mjs';

const lines = (count: number): string => '  work();\n'.repeat(count);

test('functions, methods and what is assigned are measured from their first to their last line', () => {
  expect(longFunctions(`function a() {\n${lines(LIMIT - 2)}}\n`, 'a.ts')).toEqual([]);
  const text = `const a = () => {\n${lines(LIMIT - 1)}};\nclass B {\n  own(): void {\n${lines(LIMIT)}  }\n}\n`;
  expect(longFunctions(text, 'a.ts')).toEqual([
    { name: 'a', line: 1, lines: LIMIT + 1 },
    { name: 'own', line: LIMIT + 3, lines: LIMIT + 2 },
  ]);
  // Declarations without a body have no length.
  expect(longFunctions(`interface A { own(\n${'a: number,\n'.repeat(LIMIT)}): void }`, 'a.ts')).toEqual([]);
});

test('a long function is a problem with its place', () => {
  const root = mkdtempSync(join(tmpdir(), 'taskloom-length-'));
  mkdirSync(join(root, 'src', 'inner'), { recursive: true });
  writeFileSync(join(root, 'src', 'inner', 'long.ts'), `\nfunction a() {\n${lines(LIMIT)}}\n`);
  writeFileSync(join(root, 'src', 'short.ts'), 'function b() {}\n');
  expect(lengthProblems(root)).toEqual([
    `src/inner/long.ts:2: a has ${LIMIT + 2} lines, at most ${LIMIT}; take it apart by what its parts are`,
  ]);
});
