import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { moduleFace, sourceHash } from '../../src/setup/build.mjs';
import { run } from '../../src/setup/steps.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'taskloom-build-'));
  mkdirSync(path.join(folder, 'src', 'a'), { recursive: true });
  writeFileSync(path.join(folder, 'src', 'a', 'one.ts'), 'one');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('sourceHash', () => {
  test('is the same for the same sources, wherever and whenever they are', () => {
    const copy = `${folder}-copy`;
    cpSync(folder, copy, { recursive: true });
    expect(sourceHash(copy)).toBe(sourceHash(folder));
    rmSync(copy, { recursive: true });
  });

  test.each([
    ['a changed source', () => writeFileSync(path.join(folder, 'src', 'a', 'one.ts'), 'two')],
    ['a new source', () => writeFileSync(path.join(folder, 'src', 'two.ts'), '')],
    ['a removed source', () => rmSync(path.join(folder, 'src', 'a', 'one.ts'))],
    ['a compiler option', () => writeFileSync(path.join(folder, 'tsconfig.json'), '{}')],
  ])('changes with %s', (_, change) => {
    const before = sourceHash(folder);
    change();
    expect(sourceHash(folder)).not.toBe(before);
  });

  test('does not change with a file that is not compiled', () => {
    const before = sourceHash(folder);
    writeFileSync(path.join(folder, 'src', 'notes.txt'), '');
    expect(sourceHash(folder)).toBe(before);
  });
});

test('the ES-module face gives the very objects of the CommonJS module', async () => {
  writeFileSync(path.join(folder, 'index.js'), 'exports.__esModule = true; exports.a = {}; exports.b = () => 2; exports.default = 0;');
  writeFileSync(path.join(folder, 'index.mjs'), moduleFace(['__esModule', 'a', 'b', 'default']));
  const code = `import * as face from './index.mjs'; import cjs from './index.js';
    console.log(Object.keys(face).join(), face.a === cjs.a, face.b());`;
  writeFileSync(path.join(folder, 'use.mjs'), code);
  const { output } = await run(process.execPath, ['use.mjs'], { cwd: folder });
  expect(output.trim()).toBe('a,b,default true 2');
});
