/** Everything the project needs on a bare machine: each step is skipped when its result is there, and repaired when it is half there. */
import { lstatSync, mkdirSync, readlinkSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { packageBuild } from './build.mjs';
import { jupyter } from './jupyter.mjs';
import { nativeTensorFlow } from './native-tensorflow.mjs';
import { npmPackages, zeroMq } from './npm-packages.mjs';
import { main, readOptions } from './options.mjs';
import { alone, projectAt, SetupError, say, stopChildrenOnSignal, take } from './steps.mjs';
import { notebookKernel } from './tslab.mjs';

/** @typedef {import('./steps.mjs').Project} Project */

/** Notebooks import the package by its name: this link leads them to the checkout. @param {Project} project @returns {import('./steps.mjs').Step} */
export function packageLink(project) {
  const link = path.join(project.modules, 'taskloom');
  return {
    name: 'package link',
    does: 'node_modules/taskloom leads to this folder, so that notebooks import it by name',
    ready: () => {
      try {
        return lstatSync(link).isSymbolicLink() && readlinkSync(link) !== '' && realpathSync(link) === realpathSync(project.root);
      } catch {
        return false;
      }
    },
    make: () => {
      rmSync(link, { recursive: true, force: true });
      mkdirSync(project.modules, { recursive: true });
      if (process.platform === 'win32') symlinkSync(project.root, link, 'junction');
      else symlinkSync('..', link, 'dir');
    },
  };
}

/** @param {string} version @returns {boolean} Whether this Node can run the project: >=20.19 <23 || >=24. */
export function isSupportedNode(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return (major === 20 && minor >= 19) || major === 21 || major === 22 || major >= 24;
}

/**
 * Sets up everything that is missing.
 * @param {Project} project
 * @param {{ notebooks?: boolean, retryNative?: boolean }} [options] notebooks: whether Jupyter is needed (default true).
 * @returns {Promise<{ jupyter: import('./jupyter.mjs').Jupyter | undefined, jupyterFailure: SetupError | undefined }>}
 * @throws {SetupError} when a step without which nothing works fails.
 */
export async function setUp(project, options = {}) {
  if (!isSupportedNode(process.version)) {
    throw new SetupError(
      `Node.js ${process.version} is too old or an odd release.`,
      'install Node.js 22 or 24 (20.19 and later 20.x work, too).',
    );
  }
  const started = Date.now();
  return alone(project, async () => {
    const packagesWorked = await take(npmPackages(project));
    // Jupyter comes from another registry and needs nothing of the rest: both at once.
    const [python, node] = await Promise.allSettled([
      options.notebooks === false ? undefined : jupyter(project),
      (async () => {
        const native = await nativeTensorFlow(project, { retry: options.retryNative ?? false });
        await zeroMq(project);
        const mended = await take(notebookKernel(project));
        const linked = await take(packageLink(project));
        return (await take(packageBuild(project))) || linked || native || mended;
      })(),
    ]);
    if (node.status === 'rejected') throw node.reason;
    if (python.status === 'rejected' && !(python.reason instanceof SetupError)) throw python.reason;
    const worked = packagesWorked || node.value || (python.status === 'fulfilled' && python.value?.worked === true);
    const seconds = ((Date.now() - started) / 1000).toFixed(1);
    if (python.status === 'rejected') say(`Set-up finished in ${seconds} s, without Jupyter.`);
    else say(worked ? `Set-up finished in ${seconds} s.` : `Set-up: everything is there (${seconds} s).`);
    return {
      jupyter: python.status === 'fulfilled' ? python.value?.jupyter : undefined,
      jupyterFailure: python.status === 'rejected' ? python.reason : undefined,
    };
  });
}

await main(import.meta.url, async () => {
  const options = readOptions(process.argv.slice(2), { 'retry-native': { type: 'boolean' } }, 'npm run setup [-- --retry-native]');
  stopChildrenOnSignal();
  const { jupyterFailure } = await setUp(projectAt(), { retryNative: options['retry-native'] ?? false });
  if (jupyterFailure) throw jupyterFailure;
});
