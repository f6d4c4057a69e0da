import * as tf from '@tensorflow/tfjs-core';
import { setNativeDefaults } from './native-settings';
import { speedUpPortableMatMul } from './portable-mat-mul';

/** Which TensorFlow computes: `native` (libtensorflow through tfjs-node) or `portable` (WebAssembly). */
export type BackendKind = 'native' | 'portable';

const HANDLE = Symbol.for('taskloom.backend');

interface Handle {
  loading?: Promise<BackendKind>;
}

/** One handle a process, kept under a registered symbol so that two copies of this package share one engine. */
function handle(): Handle {
  const holder = globalThis as { [HANDLE]?: Handle };
  holder[HANDLE] ??= {};
  return holder[HANDLE];
}

/** tfjs-node 4.22 calls two functions that Node 23 removed from `util`. */
function restoreRemovedUtil(): void {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown): boolean => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

async function load(): Promise<BackendKind> {
  if (process.env.TASKLOOM_BACKEND !== 'portable') {
    try {
      restoreRemovedUtil();
      setNativeDefaults();
      require('@tensorflow/tfjs-node');
      await tf.setBackend('tensorflow');
      await tf.ready();
      return 'native';
    } catch (error) {
      if (process.env.TASKLOOM_BACKEND === 'native')
        throw new Error(`Cannot load native TensorFlow: ${(error as Error).message}; run "npm run setup" to install it`);
      process.stderr.write(
        'taskloom: no native TensorFlow here, computing on the portable WebAssembly backend (about 10 times slower); "npm run setup" installs the native one\n',
      );
    }
  }
  // The core alone knows no gradients; the union package registers them all.
  require('@tensorflow/tfjs');
  require('@tensorflow/tfjs-backend-wasm');
  if (!(await tf.setBackend('wasm')))
    throw new Error('Cannot start the portable WebAssembly backend; install @tensorflow/tfjs-backend-wasm');
  await tf.ready();
  speedUpPortableMatMul();
  return 'portable';
}

/**
 * Loads the fastest backend that this machine has, once a process.
 *
 * The environment variable `TASKLOOM_BACKEND` (`native` or `portable`) forces one.
 * @throws Error when no backend can be loaded, or the forced one cannot
 */
export function loadBackend(): Promise<BackendKind> {
  const shared = handle();
  shared.loading ??= load();
  return shared.loading;
}
