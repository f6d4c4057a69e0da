/**
 * Native TensorFlow for @tensorflow/tfjs-node: its own installer, else the library of the `tensorflow-cpu` wheel put where that
 * installer would have put it. What works is kept in the user's cache, so that a later `npm ci` costs nothing.
 * Where neither works the package runs on the portable WebAssembly backend.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isProven, packageVersion, prove, runtime } from './npm-packages.mjs';
import { wrongHash } from './pip.mjs';
import { pythonsOnPath } from './python.mjs';
import { makeFolderWhole, npm, readJson, run, say, tail, writeJson } from './steps.mjs';

/** The wheel with the C library, and its SHA-256. */
const requirements = fileURLToPath(new URL('native-requirements.txt', import.meta.url));
const LINK_NAME = 'libtensorflow.so.2.9.1';
/** The Node-API version that tfjs-node's loader looks for; every supported Node has it. */
const NAPI = 8;
const INSTALLER_HOST = 'https://storage.googleapis.com/';
const CONNECT_MS = 10_000;
const INSTALL_MS = 15 * 60_000;
const RETRY_AFTER_MS = 24 * 3600_000;

/** @typedef {import('./steps.mjs').Project} Project */

/** Members of the wheel that are needed: two libraries and the headers of the C API. */
const UNPACK = `
import os, re, shutil, sys, zipfile
wheel, target = sys.argv[1:]
with zipfile.ZipFile(wheel) as z:
    for member in z.infolist():
        name = member.filename
        library = re.fullmatch(r"tensorflow/(libtensorflow_(?:cc|framework)\\.so\\.2)", name)
        header = re.fullmatch(r"tensorflow/(include/(?:tensorflow/c/|tensorflow/core/platform/ctstring|tsl/).*[^/])", name)
        if not (library or header): continue
        place = os.path.join(target, "lib", library[1]) if library else os.path.join(target, *header[1].split("/"))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with z.open(member) as source, open(place, "wb") as copy: shutil.copyfileobj(source, copy, 1 << 20)
`;

/** Multiplies two matrices on the native backend; TensorFlow's own log lines stay out of the result. */
export const CHECK = `
const util = require('node:util');
util.isNullOrUndefined ??= (x) => x === null || x === undefined; // Gone since Node 23, and tfjs-node calls them.
util.isArray ??= Array.isArray;
const tf = require('@tensorflow/tfjs-node');
if (tf.getBackend() !== 'tensorflow') throw new Error('backend is ' + tf.getBackend());
const product = tf.matMul([[1, 2], [3, 4]], [[5, 6], [7, 8]]).arraySync();
if (String(product) !== '19,22,43,50') throw new Error('wrong product ' + product);
console.log('native TensorFlow works');
`;

/** @param {Project} project */
const backendFile = (project) => path.join(project.state, 'backend.json');

/**
 * Whether an earlier failure is fresh enough not to try again at every start.
 * @param {{ backend?: string, runtime?: string, failedAt?: number } | undefined} record @param {string} on this runtime @param {number} now milliseconds
 */
export function staysPortable(record, on, now) {
  return record?.backend === 'wasm' && record.runtime === on && now - (record.failedAt ?? 0) < RETRY_AFTER_MS;
}

/** The reason behind a failed compilation, in a few words. @param {string} output of the compiler */
export function compileFailure(output) {
  const line = output.split('\n').find((text) => /error|cannot find|undefined reference/i.test(text));
  return line ? `the addon did not compile: ${line.trim().slice(0, 160)}` : 'the addon did not compile';
}

/** @param {Project} project */
function places(project) {
  const package_ = path.join(project.modules, '@tensorflow', 'tfjs-node');
  const version = packageVersion(path.join(package_, 'package.json'));
  const kept = path.join(project.cache, `tfjs-node-${version}-${process.platform}-${process.arch}`);
  return { package: package_, deps: path.join(package_, 'deps'), lib: path.join(package_, 'lib'), kept };
}

/** @param {string} lib @returns {string | undefined} The compiled addon below lib/napi-v8 or so. */
function addonIn(lib) {
  if (!existsSync(lib)) return undefined;
  const files = readdirSync(lib).map((folder) => path.join(lib, folder, 'tfjs_binding.node'));
  return files.find((file) => existsSync(file));
}

/** @param {string} output */
const lastLine = (output) => (tail(output, 1).trim() || 'no output').slice(0, 160);

/** @param {Project} project */
const works = (project) =>
  run(process.execPath, ['-e', CHECK], { cwd: project.root, env: { TF_CPP_MIN_LOG_LEVEL: '3' }, timeoutMs: 120_000 });

/** Puts a link in the place of tfjs-node's own library folder. @param {string} target @param {string} deps */
function linkDeps(target, deps) {
  rmSync(deps, { recursive: true, force: true });
  symlinkSync(target, deps, 'dir');
}

/** @param {Project} project @returns {Promise<boolean>} Whether the cache had a working library. */
async function fromCache(project) {
  const { deps, lib, kept } = places(project);
  if (!existsSync(path.join(kept, 'deps')) || addonIn(path.join(kept, 'lib')) === undefined) return false;
  linkDeps(path.join(kept, 'deps'), deps);
  rmSync(lib, { recursive: true, force: true });
  cpSync(path.join(kept, 'lib'), lib, { recursive: true });
  return (await works(project)).code === 0;
}

/** Keeps the library (a link takes its place) and the addon for later installations. @param {Project} project */
async function keep(project) {
  if (process.platform === 'win32') return; // There the library lies beside the addon, not in a folder to link to.
  const { deps, lib, kept } = places(project);
  const library = path.join(kept, 'deps');
  if (!existsSync(library) || realpathSync(deps) !== realpathSync(library)) {
    await makeFolderWhole(library, (temporary) => cpSync(realpathSync(deps), temporary, { recursive: true, verbatimSymlinks: true }));
    linkDeps(library, deps);
  }
  await makeFolderWhole(path.join(kept, 'lib'), (temporary) => cpSync(lib, temporary, { recursive: true }));
}

/** @param {Project} project @returns {Promise<string | undefined>} Why it did not work; undefined when it did. */
async function byInstaller(project) {
  const host = process.env.TFJS_NODE_CDN_STORAGE ?? process.env.CDN_STORAGE ?? INSTALLER_HOST;
  // Behind a proxy the installer finds its own way and a refusal comes at once; else ask first, since it has no time-out.
  if (!process.env.HTTPS_PROXY && !process.env.https_proxy) {
    try {
      await fetch(host, { method: 'HEAD', signal: AbortSignal.timeout(CONNECT_MS) });
    } catch {
      return `${new URL(host).host} cannot be reached`;
    }
  }
  say('native TensorFlow: npm rebuild @tensorflow/tfjs-node (its own installer, 200-400 MB)');
  rmSync(places(project).deps, { recursive: true, force: true });
  const { output } = await npm(['rebuild', '@tensorflow/tfjs-node', '--foreground-scripts'], { cwd: project.root, timeoutMs: INSTALL_MS });
  return (await works(project)).code === 0 ? undefined : `tfjs-node's own installer failed: ${lastLine(output)}`;
}

/**
 * Makes the library folder out of the wheel.
 * @param {string} target @throws Error with the reason where that fails.
 */
async function unpackWheel(target) {
  const python = (await pythonsOnPath()).find((facts) => facts.pip)?.python;
  if (!python) throw new Error('no Python >= 3.9 with pip on PATH to fetch the tensorflow-cpu wheel');
  say('native TensorFlow: pip download of the tensorflow-cpu wheel (207 MB, 600 MB unpacked)');
  await makeFolderWhole(target, async (temporary) => {
    // The wheel of one fixed Python: only its C library is used, so the local Python's version does not matter.
    const want = [
      '--only-binary=:all:',
      '--implementation',
      'cp',
      '--python-version',
      '3.11',
      '--abi',
      'cp311',
      '--platform',
      'manylinux2014_x86_64',
    ];
    const args = [
      '-m',
      'pip',
      'download',
      '--no-deps',
      '--no-cache-dir',
      '--retries',
      '2',
      ...want,
      '--dest',
      temporary,
      '--require-hashes',
      '--requirement',
      requirements,
    ];
    const download = await run(python, args, { timeoutMs: INSTALL_MS });
    const wheel = existsSync(temporary) ? readdirSync(temporary).find((name) => name.endsWith('.whl')) : undefined;
    if (download.code !== 0 || !wheel)
      throw new Error(wrongHash(download.output) ?? `pip could not download the tensorflow-cpu wheel: ${lastLine(download.output)}`);
    const unpack = await run(python, ['-c', UNPACK, path.join(temporary, wheel), temporary], { timeoutMs: INSTALL_MS });
    const lib = path.join(temporary, 'lib');
    if (unpack.code !== 0 || !existsSync(path.join(lib, 'libtensorflow_cc.so.2'))) {
      throw new Error(`the tensorflow-cpu wheel could not be unpacked: ${lastLine(unpack.output)}`);
    }
    rmSync(path.join(temporary, wheel));
    symlinkSync('libtensorflow_cc.so.2', path.join(lib, LINK_NAME));
    symlinkSync('libtensorflow_cc.so.2', path.join(lib, 'libtensorflow.so'));
    symlinkSync('libtensorflow_framework.so.2', path.join(lib, 'libtensorflow_framework.so'));
  });
}

/**
 * Compiles tfjs-node's addon against the library in its `deps`. Its two files need no more than Node-API's headers, which come as a
 * package: so neither make, nor node-gyp, nor Node's own headers (a download) are needed, and folders may have spaces in their names.
 * @param {Project} project @param {string} compiler @returns {Promise<string | undefined>} Why it did not work.
 */
async function compileAddon(project, compiler) {
  const { package: folder, deps, lib } = places(project);
  const napi = path.join(lib, `napi-v${NAPI}`);
  mkdirSync(napi, { recursive: true });
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => path.join(folder, 'binding', name));
  const includes = [path.join(deps, 'include'), path.join(project.modules, 'node-api-headers', 'include')].map((include) => `-I${include}`);
  const flags = [
    '-shared',
    '-fPIC',
    '-O3',
    '-std=c++17',
    `-DNAPI_VERSION=${NAPI}`,
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
    `-L${path.join(deps, 'lib')}`,
  ];
  const target = path.join(napi, 'tfjs_binding.node');
  const args = [...flags, ...includes, ...sources, '-ltensorflow', '-ltensorflow_framework', '-o', target];
  const built = await run(compiler, args, { timeoutMs: INSTALL_MS });
  if (built.code !== 0) return compileFailure(built.output);
  const check = await works(project);
  return check.code === 0 ? undefined : `the compiled addon does not work: ${lastLine(check.output)}`;
}

/** @returns {Promise<string | undefined>} */
async function findCompiler() {
  for (const command of [process.env.CXX, 'c++', 'g++', 'clang++']) {
    if (command && (await run(command, ['--version'], { timeoutMs: 10_000 })).code === 0) return command;
  }
  return undefined;
}

/** @param {Project} project @returns {Promise<string | undefined>} Why it did not work. */
async function byWheel(project) {
  if (`${process.platform}-${process.arch}` !== 'linux-x64') return `there is no wheel route for ${process.platform} on ${process.arch}`;
  const compiler = await findCompiler();
  if (!compiler) return 'no C++ compiler';
  const { deps, kept } = places(project);
  const library = path.join(kept, 'deps');
  if (!existsSync(library)) {
    try {
      await unpackWheel(library);
    } catch (error) {
      return /** @type {Error} */ (error).message;
    }
  }
  say('native TensorFlow: compiling the tfjs-node addon (10 s)');
  linkDeps(library, deps);
  return compileAddon(project, compiler);
}

/**
 * Makes the native backend work where that is possible; never fails, since the portable backend is always there.
 * @param {Project} project @param {{ retry?: boolean }} [options] retry: try again even if it failed less than a day ago.
 * @returns {Promise<boolean>} Whether there was anything to do.
 */
export async function nativeTensorFlow(project, options = {}) {
  const { deps, lib, kept } = places(project);
  const record = readJson(backendFile(project));
  if (isProven(project, 'tensorflow') && addonIn(lib) !== undefined && existsSync(deps)) return false;
  if (!options.retry && staysPortable(record, runtime, Date.now())) {
    say(
      `native TensorFlow: not available (${record.reason}); portable backend, about 10x slower. Try again: npm run setup -- --retry-native`,
    );
    return false;
  }
  if (addonIn(lib) === undefined || !existsSync(deps) || (await works(project)).code !== 0) {
    if (!(await fromCache(project))) {
      rmSync(path.join(kept, 'lib'), { recursive: true, force: true });
      const reasons = [await byInstaller(project)];
      if (reasons[0] !== undefined) reasons.push(await byWheel(project));
      if (reasons.at(-1) !== undefined) {
        rmSync(lib, { recursive: true, force: true });
        const reason = reasons.join('; ');
        say(`native TensorFlow: not available (${reason}); going on with the portable backend, which is about 10x slower.`);
        writeJson(backendFile(project), { backend: 'wasm', runtime, reason, failedAt: Date.now() });
        return true;
      }
    } else say('native TensorFlow: taken from the cache');
  }
  await keep(project);
  prove(project, 'tensorflow');
  writeJson(backendFile(project), { backend: 'tensorflow', runtime });
  return true;
}
