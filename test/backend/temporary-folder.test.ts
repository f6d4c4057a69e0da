import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../src/backend/temporary-folder';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'leftovers-'));
  vi.stubEnv('TMPDIR', place);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(place, { recursive: true });
});

test('temporaryFolder removes the old folders of processes that are gone, once, and nothing else', () => {
  const gone = spawnSync(process.execPath, ['-e', '']).pid;
  const old = new Date(Date.now() - 2 * 3_600_000);
  const make = (name: string, time?: Date): void => {
    mkdirSync(join(place, name));
    writeFileSync(join(place, name, 'saved_model.pb'), 'x');
    if (time) utimesSync(join(place, name), time, time);
  };
  make(`taskloom-${gone}-abcdef`, old);
  const kept = [`taskloom-${gone}-young1`, `taskloom-${process.pid}-ownown`, 'taskloom-results', `taskloom-${gone}-abcdef-mine`];
  make(kept[0]!);
  for (const name of kept.slice(1)) make(name, old);
  symlinkSync(join(place, 'taskloom-results'), join(place, `taskloom-${gone}-linked`));
  const folder = temporaryFolder();
  expect(existsSync(folder)).toBe(true);
  expect(folder.startsWith(join(place, `taskloom-${process.pid}-`))).toBe(true);
  rmSync(folder, { recursive: true });
  expect(readdirSync(place).sort()).toEqual([...kept, `taskloom-${gone}-linked`].sort());
  expect(readdirSync(join(place, 'taskloom-results'))).toEqual(['saved_model.pb']);
});
