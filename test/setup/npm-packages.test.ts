import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { isInstalled, npmPackages } from '../../src/setup/npm-packages.mjs';
import { projectAt } from '../../src/setup/steps.mjs';

const lock = {
  packages: { '': { version: '0.1.0' }, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0', optional: true } },
};

describe('isInstalled', () => {
  test('is true when every package has the version of the lock file', () => {
    expect(isInstalled(lock, { packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.0' } } })).toBe(true);
  });

  test('lets optional packages of other systems be missing, but not be of another version', () => {
    expect(isInstalled(lock, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBe(true);
    expect(isInstalled(lock, { packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '2.0.1' } } })).toBe(false);
  });

  test('is false for a missing package, another version, or no list at all', () => {
    expect(isInstalled(lock, { packages: {} })).toBe(false);
    expect(isInstalled(lock, { packages: { 'node_modules/a': { version: '1.0.1' } } })).toBe(false);
    expect(isInstalled(lock, undefined)).toBe(false);
    expect(isInstalled(undefined, { packages: {} })).toBe(false);
  });
});

test('an npm ci that was interrupted is run again, even if its list looks whole', async () => {
  const root = mkdtempSync(path.join(tmpdir(), 'taskloom-npm-'));
  try {
    const project = projectAt(root);
    mkdirSync(project.modules);
    mkdirSync(project.state);
    writeFileSync(path.join(root, 'package-lock.json'), JSON.stringify(lock));
    writeFileSync(
      path.join(project.modules, '.package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
    );
    const step = npmPackages(project);
    expect(await step.ready()).toBe(true);
    writeFileSync(path.join(project.state, 'npm-ci-running'), '1');
    expect(await step.ready()).toBe(false);
  } finally {
    rmSync(root, { recursive: true });
  }
});
