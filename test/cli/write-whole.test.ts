import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

  it('refuses a folder as a file', () => {
    expect(() => checkWritable('--json', folder)).toThrow(/--json: cannot write .*: it is a folder/);
  });
});
