/**
 * What every set-up step is made of: where things are, running a program, small files written whole, and
 * "is it there? make it; is it there now?". Runs before any package is installed, so only Node's own modules.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ root: string, state: string, modules: string, cache: string }} Project Folders of one checkout. */
/** @typedef {{ code: number, output: string }} Outcome What a program left: exit code (-1: could not start or timed out) and its text. */
/** @typedef {{ name: string, does: string, ready: () => boolean | Promise<boolean>, make: () => void | Promise<void> }} Step */

/** A failed step: the message says what failed and what to do, so no stack is shown. */
export class SetupError extends Error {
  /** @param {string} failed @param {string} remedy */
  constructor(failed, remedy) {
    super(`${failed}\n  What to do: ${remedy}`);
    this.name = 'SetupError';
  }
}

/** @param {string} line */
export const say = (line) => process.stdout.write(`${line}\n`);

/** The user's cache folder for this project, by the custom of each system. @param {NodeJS.ProcessEnv} env @param {NodeJS.Platform} platform */
export function cacheFolder(env, platform) {
  if (env.XDG_CACHE_HOME) return path.join(env.XDG_CACHE_HOME, 'taskloom');
  if (platform === 'win32' && env.LOCALAPPDATA) return path.join(env.LOCALAPPDATA, 'taskloom', 'cache');
  return platform === 'darwin' ? path.join(homedir(), 'Library', 'Caches', 'taskloom') : path.join(homedir(), '.cache', 'taskloom');
}

/** @param {string} [root] Default: the checkout this file is in. @returns {Project} */
export function projectAt(root = fileURLToPath(new URL('../..', import.meta.url))) {
  const folder = path.resolve(root);
  return {
    root: folder,
    state: path.join(folder, '.taskloom'),
    modules: path.join(folder, 'node_modules'),
    cache: cacheFolder(process.env, process.platform),
  };
}

/** @param {string} file @returns {any} The parsed file, or undefined where it is missing or cut short. */
export function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Writes a file whole or not at all. @param {string} file @param {string} text */
export function writeWhole(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

/** @param {string} file @param {unknown} value */
export const writeJson = (file, value) => writeWhole(file, `${JSON.stringify(value, null, 2)}\n`);

/** Removes what a killed process left beside a folder. @param {string} folder */
function removeLeftovers(folder) {
  const parent = path.dirname(folder);
  const pattern = /^\.(\d+)\.(tmp|old)/;
  for (const name of existsSync(parent) ? readdirSync(parent) : []) {
    const owner = name.startsWith(path.basename(folder)) ? pattern.exec(name.slice(path.basename(folder).length))?.[1] : undefined;
    if (owner && !isRunning(Number(owner))) rmSync(path.join(parent, name), { recursive: true, force: true });
  }
}

/**
 * Builds a folder beside its place and moves it there only when it is complete; an older one is replaced.
 * @param {string} folder @param {(temporary: string) => void | Promise<void>} fill
 */
export async function makeFolderWhole(folder, fill) {
  removeLeftovers(folder);
  const temporary = `${folder}.${process.pid}.tmp`;
  const old = `${folder}.${process.pid}.old`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  try {
    await fill(temporary);
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/** Children still running, so that they end with us. @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
/** The lock file this process holds; it also lists the children, for the case that this process is killed before them. @type {string | undefined} */
let heldLock;
let stopping = false;
/** A lock that was not written for so long belongs to nobody. */
const LOCK_STALE_MS = 60_000;

function noteChildren() {
  try {
    if (heldLock) writeFileSync(heldLock, [process.pid, ...[...children].map((child) => child.pid ?? 0)].join(' '));
  } catch {
    // Removed under our hands: the step that needs the folder says so.
  }
}

/** Ends a program and everything it started. @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
function stop(child, signal) {
  try {
    if (process.platform === 'win32' || child.pid === undefined) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}

/** @param {number} milliseconds */
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Lets Ctrl-C end what a step started; the next run repairs what was left half done. */
export function stopChildrenOnSignal() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, async () => {
      if (!stopping) say('\nStopping. Running the same command again goes on from here.');
      stopping = true;
      for (const child of children) stop(child, 'SIGTERM');
      for (let waited = 0; children.size > 0 && waited < 3000; waited += 100) await sleep(100);
      for (const child of children) stop(child, 'SIGKILL');
      process.exit(130);
    });
  }
}

/**
 * Runs a program to its end and keeps what it printed. Never throws: a program that cannot be started has code -1.
 * @param {string} command @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs?: number, echo?: boolean }} [options] echo: also show the text as it comes.
 * @returns {Promise<Outcome>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that a time-out also ends what the program started.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    children.add(child);
    noteChildren();
    let output = '';
    let timedOut = false;
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            stop(child, 'SIGKILL');
          }, options.timeoutMs);
    const take = (/** @type {Buffer} */ chunk) => {
      output += chunk.toString();
      if (options.echo) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    /** @param {number} code */
    const end = (code) => {
      clearTimeout(timer);
      children.delete(child);
      noteChildren();
      // While stopping nothing goes on: the step must not take the end of its program for a failure.
      if (!stopping) resolve({ code, output });
    };
    child.on('error', (error) => {
      output += error.message;
      end(-1);
    });
    child.on('close', (code) => {
      if (timedOut) output += `\ntimed out after ${(options.timeoutMs ?? 0) / 1000} s`;
      end(timedOut ? -1 : (code ?? -1));
    });
  });
}

/** npm as a script for this Node: no shell, and no `.cmd` file on Windows. @returns {[string, string[]]} */
export function npmCommand() {
  const bin = path.dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath ?? '',
    path.join(bin, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(bin, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(bin, '..', 'share', 'nodejs', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = candidates.find((file) => /npm-cli\.js$/.test(file) && existsSync(file));
  return script ? [process.execPath, [script]] : ['npm', []];
}

/** @param {string[]} args @param {Parameters<typeof run>[2]} [options] */
export function npm(args, options) {
  const [command, first] = npmCommand();
  return run(command, [...first, ...args], options);
}

/** The last lines that say something, for an error message. @param {string} output @param {number} [count] */
export function tail(output, count = 12) {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines
    .slice(-count)
    .map((line) => `    ${line}`)
    .join('\n');
}

/**
 * Does a step unless its result is there and valid, and checks that it is there afterward.
 * @param {Step} step @returns {Promise<boolean>} Whether there was anything to do.
 */
export async function take(step) {
  if (await step.ready()) return false;
  say(`${step.name}: ${step.does}`);
  await step.make();
  if (await step.ready()) return true;
  throw new SetupError(
    `${step.name}: done, but its result is not there or not valid.`,
    'run the command again; if this stays, remove node_modules and .taskloom and try once more.',
  );
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
  try {
    // One that has ended and was not waited for, as happens in containers, still has its number.
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/** Whether the owner of a lock gives signs of life; the number alone may belong to another process by now. @param {string} lock @param {number} owner */
function isHeld(lock, owner) {
  try {
    return isRunning(owner) && Date.now() - statSync(lock).mtimeMs < LOCK_STALE_MS;
  } catch {
    return false;
  }
}

/** @param {string} lock @returns {number[]} The process that set up, then the programs it was running. */
function processesOf(lock) {
  try {
    return readFileSync(lock, 'utf8').split(' ').map(Number).filter(Boolean);
  } catch {
    return [];
  }
}

/**
 * Keeps two set-ups of one checkout apart: the second waits for the first. The lock of a process that is gone is taken over, once the
 * programs it was running have ended (a minute at most: their numbers may belong to others by now).
 * @template T @param {Project} project @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function alone(project, work) {
  const lock = path.join(project.state, 'lock');
  mkdirSync(project.state, { recursive: true });
  for (let told = false, orphansUntil = 0; ; await sleep(200)) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const [owner, ...programs] = processesOf(lock);
    const owned = owner !== undefined && isHeld(lock, owner);
    if (!owned) orphansUntil ||= Date.now() + 60_000;
    const wait = owned || (programs.some(isRunning) && Date.now() < orphansUntil);
    if (wait && !told) say(`Waiting for ${owned ? 'another set-up' : 'what an interrupted set-up left running'} in this folder to finish.`);
    told ||= wait;
    if (!wait) rmSync(lock, { force: true });
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  heldLock = lock;
  const alive = setInterval(noteChildren, LOCK_STALE_MS / 6);
  try {
    return await work();
  } finally {
    clearInterval(alive);
    heldLock = undefined;
    process.removeListener('exit', release);
    release();
  }
}
