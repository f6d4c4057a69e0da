import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkWritable, writeWhole } from '../../src/cli/write-whole';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'taskloom-write-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('writing files whole', () => {
  it('replaces what was there, and leaves nothing beside it', async () => {
    writeFileSync(join(folder, 'a'), 'old');
    await writeWhole([
      { path: join(folder, 'a'), text: 'new' },
      { path: join(folder, 'b'), text: 'B' },
    ]);
    expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new');
  });

  it('writes none where one cannot be written', async () => {
    await expect(
      writeWhole([
        { path: join(folder, 'c'), text: 'C' },
        { path: join(folder, 'missing', 'd'), text: 'D' },
      ]),
    ).rejects.toThrow(/ENOENT/);
    expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
  });

  it('names the file that cannot be written, and leaves what was there', async () => {
    await expect(writeWhole([{ path: join(folder, 'a', 'e'), text: 'E' }])).rejects.toThrow(/^cannot write .*a.e: ENOTDIR/);
    expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
  });

  it('follows a link, and keeps it', async () => {
    symlinkSync(join(folder, 'b'), join(folder, 'link'));
    checkWritable('--json', join(folder, 'link'));
    await writeWhole([{ path: join(folder, 'link'), text: 'through the link' }]);
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('through the link');
    rmSync(join(folder, 'link'));
  });

  it.skipIf(!existsSync('/dev/full'))('writes to a device, and does not put a file in its place', async () => {
    for (const device of ['/dev/null', '/dev/full']) checkWritable('--json', device);
    await writeWhole([{ path: '/dev/null', text: 'nothing' }]);
    await expect(writeWhole([{ path: '/dev/full', text: 'full' }])).rejects.toThrow(/^cannot write \/dev\/full: ENOSPC/);
    for (const device of ['/dev/null', '/dev/full']) expect(statSync(device).isCharacterDevice()).toBe(true);
  });

  it('refuses a folder as a file', () => {
    expect(() => checkWritable('--json', folder)).toThrow(/--json: cannot write .*: it is a folder/);
  });
});
