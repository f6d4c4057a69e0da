import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import fsp from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encoder } from '../../src/models/encoder';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { load } from '../../src/training/checkpoint';
import { fit as train } from '../../src/training/fit';
import type { Model } from '../../src/training/model';
import { tinyData } from '../study/support/tiny-study';

const data = tinyData();
const inputs = { a: [1, 2], b: [0, 1], c: [3, -1] };
let small: Model;
let large: Model;
let folder: string;
beforeAll(async () => {
  small = await train(data, hardSharing(mlp([3])), { epochs: 1 });
  large = await train(data, hardSharing(mlp([5])), { epochs: 1 });
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'taskloom-checkpoint-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const isOne = (model: Model, ...models: readonly Model[]): boolean =>
  models.some((other) => JSON.stringify(other.predictValues(inputs)) === JSON.stringify(model.predictValues(inputs)));
const parametersOf = (directory: string): string => readdirSync(directory).find((name) => name.endsWith('.bin'))!;

describe('a saved model', () => {
  it('is refused with one kind of error when any bit of any byte has changed', async () => {
    const directory = join(folder, 'm');
    await small.save(directory);
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      const whole = readFileSync(path);
      for (let i = 0; i < whole.length; i++) {
        const changed = Buffer.from(whole);
        changed[i]! ^= 1 << (i % 8);
        writeFileSync(path, changed);
        await expect(load(directory), `${name}, byte ${i}`).rejects.toThrow(/^Cannot load a model from /);
      }
      for (const bytes of [Buffer.alloc(0), whole.subarray(0, -1), Buffer.concat([whole, Buffer.from(' ')])]) {
        writeFileSync(path, bytes);
        await expect(load(directory)).rejects.toThrow(/^Cannot load a model from /);
      }
      rmSync(path);
      await expect(load(directory)).rejects.toThrow(/^Cannot load a model from /);
      writeFileSync(path, whole);
    }
    expect(isOne(await load(directory), small)).toBe(true);
  });

  it('is refused when a field is not what it can be, though its checksum is right', async () => {
    const directory = join(folder, 'm');
    await small.save(directory);
    const path = join(directory, 'model.json');
    const text = readFileSync(path, 'utf8');
    // biome-ignore lint/suspicious/noExplicitAny: damaged on purpose
    type Loose = any;
    const sealed = (change: (json: Loose) => void): string => {
      const json = JSON.parse(text) as Loose;
      change(json);
      const blank = `${JSON.stringify({ ...json, sha256: '0'.repeat(64) }, null, 1)}\n`;
      return blank.replace('0'.repeat(64), createHash('sha256').update(blank).digest('hex'));
    };
    writeFileSync(
      path,
      sealed(() => {}),
    );
    expect(isOne(await load(directory), small)).toBe(true);
    const set = (target: Loose, name: string | number, value: unknown): void => {
      target[name] = value;
    };
    const changes: [RegExp, (json: Loose) => void][] = [
      [/preprocessing.*4000000000000/s, (json) => set(json, 'encoder', { version: 1, kind: 'tensor', shape: [4e12] })],
      [/do not fit the method/, (json) => set(json, 'encoder', { version: 1, kind: 'tensor', shape: [1e9] })],
      [/column "a" is there twice/, (json) => set(json.encoder.columns[1], 'name', 'a')],
      [/columns\[0\]\.sd/, (json) => set(json.encoder.columns[0], 'sd', -1)],
      [/columns\[0\]\.mean/, (json) => set(json.encoder.columns[0], 'mean', null)],
      [/targets for 3 tasks/, (json) => json.targets.pop()],
      [/the target of task "up" is called "noise"/, (json) => set(json.targets[0], 'name', 'noise')],
      [/targets\[1\]\.sd/, (json) => set(json.targets[1], 'sd', 0)],
      [/two tasks have one name/, (json) => set(json.tasks[1], 'name', 'up')],
      [/tasks\[0\]\.kind: expected one of "binary"/, (json) => set(json.tasks[0], 'kind', 'toString')],
      [/task "up" \(binary\) has 3 classes/, (json) => json.tasks[0].classes.push('x')],
      [/parts\[0\]\.tasks\[0\]/, (json) => set(json.parts[0].tasks, 0, -1)],
      [/a task is predicted by no part/, (json) => json.parts[0].serve.pop()],
      [/a part predicts a task that it does not learn/, (json) => set(json.parts[0].tasks, 0, 7)],
      [/cannot be in "\.\.\/\.\.\/secret"/, (json) => set(json.parameters, 'file', '../../secret')],
      [/bytes of parameters for/, (json) => set(json.parts[0].parameters[0].shape, 0, 1e9)],
      [/parts\[0\]\.parameters\[0\]\.shape\[0\]/, (json) => set(json.parts[0].parameters[0].shape, 0, 1.5)],
      [/Cannot rebuild the architecture "constructor"/, (json) => set(json.method, 'architecture', 'constructor')],
      [/Cannot rebuild the encoder "__proto__"/, (json) => set(json.method.options.trunk, 'encoder', '__proto__')],
      [/unknown option 'extra'/, (json) => set(json.method.options, 'extra', 1)],
      [/do not fit the method/, (json) => set(json.method.options.trunk.options, 'sizes', [4])],
      [/history/, (json) => set(json, 'history', null)],
      [/histories for 1 parts/, (json) => json.history.parts.pop()],
      [/method: expected an object, got \[\]/, (json) => set(json, 'method', [])],
    ];
    for (const [message, change] of changes) {
      writeFileSync(path, sealed(change));
      await expect(load(directory)).rejects.toThrow(/^Cannot load a model from /);
      await expect(load(directory)).rejects.toThrow(message);
    }
  });

  it('is not read from what is no file', async () => {
    const directory = join(folder, 'm');
    await small.save(directory);
    const path = join(directory, parametersOf(directory));
    rmSync(path);
    mkdirSync(path);
    await expect(load(directory)).rejects.toThrow(/^Cannot load a model from .* is a folder, expected a file/);
    rmSync(path, { recursive: true });
    if (existsSync('/dev/zero')) {
      symlinkSync('/dev/zero', path);
      await expect(load(directory)).rejects.toThrow(/^Cannot load a model from .* is a device or pipe, expected a file/);
    }
  });

  it('of code of your own is loaded with the same method only', async () => {
    const own = (version?: string, name = 'own') =>
      encoder(name, {
        ...(version === undefined ? {} : { version }),
        init: ({ shape }) => ({ parameters: {}, outputShape: shape }),
        apply: (_, x) => x,
      });
    const directory = join(folder, 'm');
    await (await train(data, hardSharing(own('1')), { epochs: 1 })).save(directory);
    await expect(load(directory)).rejects.toThrow(/Cannot rebuild the encoder "own"/);
    await load(directory, { method: hardSharing(own('1')) });
    for (const other of [own('2'), own(), own('1', 'other')])
      await expect(load(directory, { method: hardSharing(other) })).rejects.toThrow(/the method given is not the one it was trained with/);
    await small.save(join(folder, 'small'));
    await expect(load(join(folder, 'small'), { method: hardSharing(mlp([3], { activation: 'tanh' })) })).rejects.toThrow(
      /^Cannot load a model from .*the method given is not the one it was trained with.*tanh.*relu/,
    );
    // An encoder of one's own under the name of one of this package's is not taken for it.
    await (await train(data, hardSharing({ ...mlp([3]) }), { epochs: 1 })).save(join(folder, 'disguised'));
    await expect(load(join(folder, 'disguised'))).rejects.toThrow(/Cannot rebuild the encoder "mlp"/);
  });
});

describe('saving', () => {
  it('leaves what is not ours alone', async () => {
    const directory = join(folder, 'm');
    await small.save(directory);
    mkdirSync(join(directory, 'chapter'));
    const foreign = ['thesis.txt', 'chapter/1.txt', 'parameters-old.bin', '.model-notes.json', 'parameters.bin.tmp'];
    for (const name of foreign) writeFileSync(join(directory, name), `mine: ${name}`);
    for (const model of [large, small, large]) {
      await model.save(directory);
      expect(isOne(await load(directory), model)).toBe(true);
    }
    for (const name of foreign) expect(readFileSync(join(directory, name), 'utf8')).toBe(`mine: ${name}`);
    expect(readdirSync(directory)).toHaveLength(2 + 5);
    expect(readdirSync(folder)).toEqual(['m']);
  });

  it.each([
    ['of TensorFlow.js', '{"format":"layers-model","weightsManifest":[]}'],
    ['that is empty', ''],
    ['that is no JSON', 'not JSON'],
    ['of another program that mentions ours', '{"note": "taskloom-model"}'],
  ])('refuses a folder with a model.json %s', async (_, content) => {
    writeFileSync(join(folder, 'model.json'), content);
    writeFileSync(join(folder, 'weights.bin'), 'theirs');
    await expect(small.save(folder)).rejects.toThrow(/its model\.json is not that of a Taskloom model; choose a new or empty directory/);
    expect(readdirSync(folder).sort()).toEqual(['model.json', 'weights.bin']);
    expect(readFileSync(join(folder, 'model.json'), 'utf8')).toBe(content);
  });

  it('into the working directory replaces neither the directory nor its files', async () => {
    const before = process.cwd();
    process.chdir(folder);
    try {
      writeFileSync('thesis.txt', 'mine');
      await expect(small.save('.')).rejects.toThrow(/holds other files/);
      rmSync('thesis.txt');
      await small.save('.');
      writeFileSync('thesis.txt', 'mine');
      const inode = statSync('.').ino;
      await large.save('.');
      expect(statSync('.').ino).toBe(inode);
      expect(readFileSync('thesis.txt', 'utf8')).toBe('mine');
      expect(isOne(await load('.'), large)).toBe(true);
    } finally {
      process.chdir(before);
    }
  });

  it('keeps the folder that is there: a link stays a link, its mode stays', async () => {
    const real = join(folder, 'real');
    mkdirSync(real, { mode: 0o755 });
    symlinkSync(real, join(folder, 'link'));
    await small.save(join(folder, 'link'));
    await large.save(join(folder, 'link'));
    expect(isOne(await load(real), large)).toBe(true);
    expect(statSync(real).mode & 0o777).toBe(0o755);
    // A new folder has the mode that the process gives to folders.
    await small.save(join(folder, 'new'));
    mkdirSync(join(folder, 'plain'));
    expect(statSync(join(folder, 'new')).mode).toBe(statSync(join(folder, 'plain')).mode);
  });

  it('ten at once all succeed, and leave one model and nothing else', async () => {
    const directory = join(folder, 'm');
    await small.save(directory);
    await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? small : large).save(directory)));
    expect(isOne(await load(directory), small, large)).toBe(true);
    expect(readdirSync(directory)).toHaveLength(2);
    expect(readdirSync(folder)).toEqual(['m']);
  });

  it('removes what killed processes left there long ago', async () => {
    const directory = join(folder, 'm');
    await small.save(directory);
    const left = ['parameters-0123456789abcdef.bin', '.model-0123456789abcdef.json'].map((name) => join(directory, name));
    for (const path of left) writeFileSync(path, '');
    await small.save(directory);
    expect(left.every((path) => existsSync(path))).toBe(true);
    for (const path of left) utimesSync(path, 0, 0);
    await small.save(directory);
    expect(left.some((path) => existsSync(path))).toBe(false);
    expect(readdirSync(directory)).toHaveLength(2);
  });

  it('outlives kill -9', async () => {
    const child = spawn(process.execPath, [join(__dirname, 'save-child.cjs'), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const signal = await new Promise<string | null>((resolve, reject) => {
      child.stdout.on('data', (text) => Number(String(text).trim().split('\n').at(-1)) >= 20 && child.kill('SIGKILL'));
      child.on('error', reject);
      child.on('exit', (_, by) => resolve(by));
    });
    expect(signal).toBe('SIGKILL');
    expect((await load(folder)).tasks.map(({ name }) => name)).toEqual(['up', 'size', 'noise']);
    await small.save(folder);
    expect(isOne(await load(folder), small)).toBe(true);
  }, 120_000);
});

/** Lets so many operations that change files happen; `instead` takes the place of those after them, where it is not undefined. */
function allow(operations: number, instead: (name: string) => (() => Promise<never>) | undefined): () => void {
  const real = { ...fsp };
  let done = 0;
  for (const name of ['mkdir', 'writeFile', 'rename', 'rm'] as const) {
    const own = real[name] as (...all: unknown[]) => Promise<unknown>;
    const changed = async (...args: unknown[]): Promise<unknown> => {
      const other = done >= operations ? instead(name) : undefined;
      if (!other) {
        done++;
        return own(...args);
      }
      // Part of a file is there by then.
      if (name === 'writeFile') await real.writeFile(args[0] as string, (args[1] as Buffer).subarray(0, 9), args[2] as object);
      return other();
    };
    Object.assign(fsp, { [name]: changed });
  }
  syncBuiltinESMExports();
  return () => {
    Object.assign(fsp, real);
    syncBuiltinESMExports();
  };
}

describe.each([
  ['over a model', true],
  ['for the first time', false],
])('saving %s', (_, over) => {
  it('and stopped between any two operations on files leaves a whole model', async () => {
    for (let operations = 0, stopped = true; stopped; operations++) {
      stopped = false;
      const directory = join(folder, String(operations));
      if (over) await small.save(directory);
      let restore = (): void => {};
      await new Promise<void>((resolve, reject) => {
        restore = allow(operations, () => {
          stopped = true;
          return () => {
            resolve();
            return new Promise(() => {});
          };
        });
        large.save(directory).then(resolve, reject);
      });
      restore();
      if (existsSync(join(directory, 'model.json'))) expect(isOne(await load(directory), small, large)).toBe(true);
      else expect(over).toBe(false);
      // The next save is not hindered by what was left.
      const copy = `${directory} copy`;
      if (existsSync(directory)) cpSync(directory, copy, { recursive: true });
      await small.save(copy);
      expect(isOne(await load(copy), small)).toBe(true);
      if (!stopped) expect(operations).toBeGreaterThanOrEqual(4);
    }
  });

  it('and failing at any operation, as on a full disk, says so and changes nothing', async () => {
    for (let operations = 0, failed = true; failed; operations++) {
      failed = false;
      const directory = join(folder, String(operations));
      if (over) await small.save(directory);
      const before = existsSync(directory) ? readdirSync(directory) : [];
      const restore = allow(operations, (name) => {
        if (name === 'rm') return undefined;
        failed = true;
        return () => Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }));
      });
      try {
        await large.save(directory).then(
          () => expect(failed).toBe(false),
          (error: Error) =>
            expect(error.message).toMatch(/^Cannot save the model to .*: ENOSPC.*; what was saved there before is as it was$/),
        );
      } finally {
        restore();
      }
      if (failed) {
        expect(existsSync(directory) ? readdirSync(directory) : []).toEqual(before);
        if (over) expect(isOne(await load(directory), small)).toBe(true);
      } else expect(isOne(await load(directory), large)).toBe(true);
    }
  });
});
