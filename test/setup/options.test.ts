import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unwritable } from '../../src/setup/options.mjs';
import { SetupError } from '../../src/setup/steps.mjs';

test.each([
  ['EROFS', /Cannot write \/there\/x: the file system is read-only \(EROFS\)\.\n {2}What to do: .*make it writable/],
  ['EACCES', /Cannot write \/there\/x: that is not permitted \(EACCES\)/],
  ['ENOSPC', /Cannot write \/there\/x: the disk is full \(ENOSPC\)/],
])('a folder that cannot be written (%s) is a message, not a stack', (code, message) => {
  const found = unwritable(Object.assign(new Error(`${code}: ...`), { code, path: '/there/x' }));
  expect(found).toBeInstanceOf(SetupError);
  expect((found as Error).message).toMatch(message);
});

test('other errors stay what they are', () => {
  const folder = mkdtempSync(join(tmpdir(), 'taskloom-unwritable-'));
  try {
    writeFileSync(join(folder, 'missing', 'x'), '');
    expect.unreachable();
  } catch (error) {
    expect(unwritable(error)).toBe(error);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const fault = new TypeError('x is not a function');
  expect(unwritable(fault)).toBe(fault);
  expect(unwritable(undefined)).toBe(undefined);
});
