import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  alone,
  cacheFolder,
  makeFolderWhole,
  projectAt,
  readJson,
  run,
  SetupError,
  tail,
  take,
  writeJson,
} from '../../src/setup/steps.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'taskloom-steps-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process id that belongs to nobody: one that has ended. */
const gonePid = async (): Promise<number> => Number((await run(process.execPath, ['-p', 'process.pid'])).output);

describe('take', () => {
  test('skips a step whose result is there', async () => {
    let made = 0;
    const step = { name: 'a', does: 'b', ready: () => true, make: () => void made++ };
    expect(await take(step)).toBe(false);
    expect(made).toBe(0);
  });

  test('makes a missing result once, and checks it', async () => {
    let made = 0;
    const step = { name: 'a', does: 'b', ready: () => made > 0, make: () => void made++ };
    expect(await take(step)).toBe(true);
    expect(await take(step)).toBe(false);
    expect(made).toBe(1);
  });

  test('fails when the result is still missing, and says what to do', async () => {
    const step = { name: 'a step', does: 'b', ready: () => false, make: () => {} };
    await expect(take(step)).rejects.toThrow(SetupError);
    await expect(take(step)).rejects.toThrow(/a step.*not there[\s\S]*What to do: run the command again/);
  });
});

describe('makeFolderWhole', () => {
  test('replaces a folder as a whole', async () => {
    const target = path.join(folder, 'dist');
    mkdirSync(target);
    writeFileSync(path.join(target, 'old'), '');
    await makeFolderWhole(target, (temporary) => writeFileSync(path.join(temporary, 'new'), ''));
    expect(readdirSync(target)).toEqual(['new']);
    expect(readdirSync(folder)).toEqual(['dist']);
  });

  test('keeps the old folder and leaves nothing else when filling fails', async () => {
    const target = path.join(folder, 'dist');
    mkdirSync(target);
    writeFileSync(path.join(target, 'old'), '');
    const failing = makeFolderWhole(target, (temporary) => {
      writeFileSync(path.join(temporary, 'half'), '');
      throw new Error('disk full');
    });
    await expect(failing).rejects.toThrow('disk full');
    expect(readdirSync(target)).toEqual(['old']);
    expect(readdirSync(folder)).toEqual(['dist']);
  });

  test('removes what a killed process left, and nothing of a running one', async () => {
    mkdirSync(path.join(folder, `dist.${await gonePid()}.tmp`));
    mkdirSync(path.join(folder, `dist.${process.ppid}.tmp`));
    await makeFolderWhole(path.join(folder, 'dist'), () => {});
    expect(readdirSync(folder).sort()).toEqual(['dist', `dist.${process.ppid}.tmp`]);
  });
});

describe('run', () => {
  test('keeps the exit code and both streams', async () => {
    const { code, output } = await run(process.execPath, ['-e', 'console.log("out"); console.error("err"); process.exit(3)']);
    expect(code).toBe(3);
    expect(output).toContain('out');
    expect(output).toContain('err');
  });

  test('a program that is not there has code -1 and a message', async () => {
    const { code, output } = await run('no-such-program-at-all', []);
    expect(code).toBe(-1);
    expect(output).toContain('ENOENT');
  });

  test('a time-out ends the program', async () => {
    const { code, output } = await run(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], { timeoutMs: 200 });
    expect(code).toBe(-1);
    expect(output).toContain('timed out after 0.2 s');
  });
});

describe('alone', () => {
  test('lets one set-up at a time into a folder', async () => {
    const project = projectAt(folder);
    const order: string[] = [];
    const slow = alone(project, async () => {
      order.push('first in');
      await new Promise((resolve) => setTimeout(resolve, 100));
      order.push('first out');
    });
    await Promise.all([slow, alone(project, async () => order.push('second in'))]);
    expect(order).toEqual(['first in', 'first out', 'second in']);
    expect(existsSync(path.join(project.state, 'lock'))).toBe(false);
  });

  test('takes over the lock of a process that is gone', async () => {
    const project = projectAt(folder);
    mkdirSync(project.state);
    writeFileSync(path.join(project.state, 'lock'), String(await gonePid()));
    expect(await alone(project, async () => 'in')).toBe('in');
  });

  test('takes over a lock without signs of life, whoever has its number now', async () => {
    const project = projectAt(folder);
    mkdirSync(project.state);
    const lock = path.join(project.state, 'lock');
    writeFileSync(lock, String(process.ppid));
    const before = Date.now() / 1000 - 120;
    utimesSync(lock, before, before);
    expect(await alone(project, async () => 'in')).toBe('in');
  });

  test('gives the lock back after a failure', async () => {
    const project = projectAt(folder);
    await expect(alone(project, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await alone(project, async () => 'in')).toBe('in');
  });
});

test('a JSON file cut short reads as missing', () => {
  const file = path.join(folder, 'deep', 'a.json');
  writeJson(file, { a: 1 });
  expect(readJson(file)).toEqual({ a: 1 });
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, 5));
  expect(readJson(file)).toBeUndefined();
  expect(readJson(path.join(folder, 'none'))).toBeUndefined();
});

test('the cache folder follows the custom of the system', () => {
  expect(cacheFolder({ XDG_CACHE_HOME: path.join('/', 'x') }, 'linux')).toBe(path.join('/', 'x', 'taskloom'));
  expect(cacheFolder({ LOCALAPPDATA: path.join('/', 'local') }, 'win32')).toBe(path.join('/', 'local', 'taskloom', 'cache'));
  expect(cacheFolder({}, 'linux')).toMatch(/\.cache.taskloom$/);
  expect(cacheFolder({}, 'darwin')).toMatch(/Library.Caches.taskloom$/);
});

test('tail keeps the last lines that say something', () => {
  expect(tail('a\n\nb\r\n  \nc\n', 2)).toBe('    b\n    c');
});
