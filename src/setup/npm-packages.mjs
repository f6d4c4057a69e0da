/** The packages of package-lock.json, without running their install scripts, and a working ZeroMQ for the kernel. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { npm, readJson, run, SetupError, tail, take, writeJson, writeWhole } from './steps.mjs';

/** @typedef {{ packages: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} Lock */

/**
 * Whether what npm says it installed is what the lock file asks for. Optional packages may be missing: they belong to other systems.
 * @param {Lock | undefined} lock package-lock.json @param {Lock | undefined} installed node_modules/.package-lock.json
 */
export function isInstalled(lock, installed) {
  if (!lock?.packages || !installed?.packages) return false;
  const have = installed.packages;
  return Object.entries(lock.packages).every(([folder, wanted]) => {
    if (folder === '') return true;
    const found = have[folder];
    return found === undefined ? wanted.optional === true : found.version === wanted.version;
  });
}

/** @param {import('./steps.mjs').Project} project @returns {import('./steps.mjs').Step} */
export function npmPackages(project) {
  const lock = path.join(project.root, 'package-lock.json');
  // npm removes node_modules first and writes its own list last; the mark tells an interrupted run from a finished one.
  const mark = path.join(project.state, 'npm-ci-running');
  return {
    name: 'npm packages',
    does: 'npm ci --ignore-scripts (about 20 s)',
    ready: () => !existsSync(mark) && isInstalled(readJson(lock), readJson(path.join(project.modules, '.package-lock.json'))),
    make: async () => {
      if (!existsSync(lock))
        throw new SetupError('npm packages: package-lock.json is missing.', 'restore it with git checkout package-lock.json.');
      writeWhole(mark, String(process.pid));
      const { code, output } = await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: project.root });
      if (code !== 0) {
        throw new SetupError(
          `npm packages: npm ci failed:\n${tail(output)}`,
          'check that the npm registry can be reached (npm ping) and that the disk has 2 GB free, then run the command again.',
        );
      }
      rmSync(mark);
    },
  };
}

/** What was proven to load, kept inside node_modules so that it goes with it. @param {import('./steps.mjs').Project} project */
export const proofFile = (project) => path.join(project.modules, '.taskloom.json');

/** A native module proven under one Node may not load under another. */
export const runtime = `${process.platform}-${process.arch}-node-${process.versions.modules}`;

/** @param {import('./steps.mjs').Project} project @param {string} name */
export const isProven = (project, name) => readJson(proofFile(project))?.[name] === runtime;

/** @param {import('./steps.mjs').Project} project @param {string} name */
export const prove = (project, name) => writeJson(proofFile(project), { ...readJson(proofFile(project)), [name]: runtime });

/** tslab talks to Jupyter through ZeroMQ: its prebuilt addon is used, and compiled only where that does not load. @param {import('./steps.mjs').Project} project */
export async function zeroMq(project) {
  if (isProven(project, 'zeromq')) return;
  const tslab = path.join(project.modules, 'tslab', 'dist', 'main.js');
  const check = `require(require('node:module').createRequire(${JSON.stringify(tslab)}).resolve('zeromq'))`;
  const loads = () => run(process.execPath, ['-e', check], { cwd: project.root, timeoutMs: 60_000 });
  if ((await loads()).code === 0) return prove(project, 'zeromq');
  await take({
    name: 'kernel connection',
    does: 'npm rebuild zeromq (no prebuilt addon loads here)',
    ready: async () => (await loads()).code === 0,
    make: async () => {
      const { code, output } = await npm(['rebuild', 'zeromq', '--foreground-scripts'], { cwd: project.root });
      if (code !== 0) {
        throw new SetupError(
          `kernel connection: npm rebuild zeromq failed:\n${tail(output)}`,
          'install a C++ compiler and CMake, or use a Node release for which zeromq ships a binary (Linux, macOS, Windows on x64 or arm64).',
        );
      }
    },
  });
  prove(project, 'zeromq');
}

/** @param {string} file @returns {string} The version a package.json gives. */
export const packageVersion = (file) => JSON.parse(readFileSync(file, 'utf8')).version;
