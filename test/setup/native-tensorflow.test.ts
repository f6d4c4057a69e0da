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
  ['gyp ERR! stack Error: not found: make', 'make is not installed'],
  ['make: g++: command not found', 'no C++ compiler'],
  ['/bin/sh: 1: g++: not found', 'no C++ compiler'],
  ['gyp ERR! find VS Could not find any Visual Studio installation to use', 'no C++ compiler (Visual Studio Build Tools)'],
  ['gyp ERR! find Python Python is not set from command line', 'node-gyp found no Python'],
  ['gyp http GET https://nodejs.org/download/release/v20.20.2/node-v20.20.2-headers.tar.gz\nENOTFOUND', /headers/],
  ['fine\nbinding.cc:3: error: no such type\nlast', 'the addon did not compile: binding.cc:3: error: no such type'],
  ['', 'the addon did not compile'],
])('compileFailure names the cause of %j', (output, cause) => {
  expect(compileFailure(output)).toMatch(cause);
});
