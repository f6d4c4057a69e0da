import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { wrongHash } from '../../src/setup/pip.mjs';
import { pythonsOnPath } from '../../src/setup/python.mjs';
import { run } from '../../src/setup/steps.mjs';

const read = (name: string): string => readFileSync(join(__dirname, '../../src/setup', name), 'utf8');

describe.each(['requirements.txt', 'native-requirements.txt'])('%s', (name) => {
  test('pins every package to a version and SHA-256, and names no host', () => {
    const logical = read(name)
      .replaceAll(/\\\r?\n/g, ' ')
      .split('\n')
      .filter((line) => line.trim() !== '' && !line.startsWith('#'));
    expect(logical.length).toBeGreaterThan(0);
    for (const line of logical) expect(line).toMatch(/^[a-z0-9][a-z0-9._-]*==[0-9][^ ]*( ;.*?)?( +--hash=sha256:[0-9a-f]{64})+$/);
    expect(read(name)).not.toMatch(/:\/\/|index-url/);
  });
});

test('requirements.txt has what requirements.in asks for', () => {
  const asked = read('requirements.in')
    .split('\n')
    .filter((line) => /^[a-z]/.test(line));
  expect(asked).toHaveLength(5);
  for (const line of asked) expect(read('requirements.txt')).toContain(line.split(';')[0]!.trim());
});

/** A wheel with a module of one line, as pip takes it without any network. */
const WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    info = "tiny_package-1.0.dist-info/"
    z.writestr("tiny_package.py", "x = 1\\n")
    z.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tiny-package\\nVersion: 1.0\\n")
    z.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    z.writestr(info + "RECORD", "tiny_package.py,,\\n" + info + "METADATA,,\\n" + info + "WHEEL,,\\n" + info + "RECORD,,\\n")
`;

test('what pip says of a file with another hash is one sentence that names it', async (context) => {
  const python = (await pythonsOnPath()).find((facts) => facts.pip)?.python;
  if (!python) return context.skip();
  const folder = mkdtempSync(join(tmpdir(), 'taskloom-pip-'));
  try {
    const wheel = join(folder, 'tiny_package-1.0-py3-none-any.whl');
    expect((await run(python, ['-c', WHEEL, wheel])).output).toBe('');
    const got = createHash('sha256').update(readFileSync(wheel)).digest('hex');
    const requirements = join(folder, 'requirements.txt');
    const download = async (hash: string) => {
      writeFileSync(requirements, `tiny-package==1.0 --hash=sha256:${hash}\n`);
      const offline = ['--no-index', '--find-links', folder, '--no-deps', '--dest', join(folder, 'to')];
      return run(python, ['-m', 'pip', 'download', '--disable-pip-version-check', ...offline, '--require-hashes', '-r', requirements]);
    };
    const right = await download(got);
    expect(right.code).toBe(0);
    expect(wrongHash(right.output)).toBeUndefined();
    const wrong = await download('0'.repeat(64));
    expect(wrong.code).not.toBe(0);
    expect(wrongHash(wrong.output)).toMatch(
      new RegExp(`^pip got another file than .*: tiny-package==1\\.0 \\(SHA-256 ${got}\\)\\. A proxy, .*; nothing of it was installed$`),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

test('other failures of pip are not taken for a wrong hash', () => {
  expect(wrongHash('ERROR: No matching distribution found for jupyterlab==4.6.6')).toBeUndefined();
});
