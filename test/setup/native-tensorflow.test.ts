import { describe, expect, test } from 'vitest';
import { compileFailure, staysPortable } from '../../src/setup/native-tensorflow.mjs';

const hour = 3600_000;

describe('staysPortable', () => {
  const record = { backend: 'wasm', runtime: 'linux-x64-node-115', failedAt: 1000 * hour };

  test('remembers a failure for a day', () => {
    expect(staysPortable(record, 'linux-x64-node-115', 1023 * hour)).toBe(true);
    expect(staysPortable(record, 'linux-x64-node-115', 1025 * hour)).toBe(false);
  });

  test('tries again under another Node, after a success, and when nothing is known', () => {
    expect(staysPortable(record, 'linux-x64-node-137', 1001 * hour)).toBe(false);
    expect(staysPortable({ ...record, backend: 'tensorflow' }, 'linux-x64-node-115', 1001 * hour)).toBe(false);
    expect(staysPortable(undefined, 'linux-x64-node-115', 1001 * hour)).toBe(false);
  });
});

test.each([
  [
    "a.cc: In function 'f':\nbinding.cc:3: fatal error: node_api.h: No such file\nerror: other",
    /compile: binding\.cc:3: fatal error: node_api\.h/,
  ],
  ['/usr/bin/ld: cannot find -ltensorflow: No such file', /compile: \/usr\/bin\/ld: cannot find -ltensorflow/],
  ['Killed', /^the addon did not compile$/],
])('compileFailure names the cause of %j', (output, cause) => {
  expect(compileFailure(output)).toMatch(cause);
});
