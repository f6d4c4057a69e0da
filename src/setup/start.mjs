/** `npm start`: sets up what is missing and opens JupyterLab on the quickstart notebook. Ctrl-C stops it. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { main, readOptions } from './options.mjs';
import { setUp } from './setup.mjs';
import { projectAt, SetupError, say, stopChildrenOnSignal, tail } from './steps.mjs';

const NOTEBOOK = 'notebooks/01-quickstart.ipynb';
const FIRST_PORT = 8888;
const START_MS = 60_000;

/** @param {number} port @returns {Promise<boolean>} */
export function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** @param {string | undefined} wanted The option's text. @returns {Promise<number>} */
export async function choosePort(wanted) {
  if (wanted !== undefined) {
    const port = Number(wanted);
    if (!Number.isInteger(port) || port < 1 || port > 65535)
      throw new SetupError(`--port is ${wanted}, which is not a port.`, 'give a whole number from 1 to 65535.');
    if (!(await isFree(port))) throw new SetupError(`Port ${port} is in use.`, 'give another --port, or leave it out to take a free one.');
    return port;
  }
  for (let port = FIRST_PORT; port < FIRST_PORT + 100; port++) if (await isFree(port)) return port;
  throw new SetupError(`No free port from ${FIRST_PORT} to ${FIRST_PORT + 99}.`, 'give one with npm start -- --port N.');
}

/** The program that opens a page, where there is a desktop to open it on. @param {NodeJS.Platform} platform @param {NodeJS.ProcessEnv} env @returns {string[] | undefined} */
export function browserCommand(platform, env) {
  if (platform === 'darwin') return ['open'];
  if (platform === 'win32') return ['explorer.exe'];
  return env.DISPLAY || env.WAYLAND_DISPLAY ? ['xdg-open'] : undefined;
}

/** @param {string} url */
function openBrowser(url) {
  const [command, ...args] = browserCommand(process.platform, process.env) ?? [];
  if (!command) return;
  const browser = spawn(command, [...args, url], { stdio: 'ignore', detached: true });
  browser.on('error', () => {}); // The address is printed anyway.
  browser.unref();
}

await main(import.meta.url, async () => {
  const options = readOptions(
    process.argv.slice(2),
    { 'no-browser': { type: 'boolean' }, port: { type: 'string' } },
    'npm start [-- --no-browser --port N]',
  );
  stopChildrenOnSignal();
  const project = projectAt();
  const { jupyter, jupyterFailure } = await setUp(project);
  if (!jupyter) throw jupyterFailure ?? new SetupError('Jupyter: not set up.', 'run npm run setup.');

  const port = await choosePort(options.port);
  const token = randomBytes(24).toString('hex');
  const logFile = path.join(project.state, 'jupyter.log');
  const log = openSync(logFile, 'w');
  const isRoot = process.getuid?.() === 0;
  const args = [
    '-m',
    'jupyterlab',
    '--no-browser',
    `--ServerApp.root_dir=${project.root}`,
    `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0',
  ];
  const server = spawn(jupyter.python, isRoot ? [...args, '--allow-root'] : args, {
    cwd: project.root,
    env: { ...process.env, ...jupyter.env, JUPYTER_TOKEN: token },
    stdio: ['ignore', log, log],
    // Ctrl-C then reaches this process alone, which lets the server end its kernels in peace.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  closeSync(log);
  let stopping = false;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.removeAllListeners(signal);
    process.on(signal, () => {
      server.kill(stopping ? 'SIGKILL' : 'SIGTERM');
      if (!stopping) say('\nStopping JupyterLab and its kernels.');
      stopping = true;
    });
  }
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    server.on('error', () => resolve(-1));
    server.on('close', (code) => resolve(code ?? 0));
  });

  const address = `http://localhost:${port}`;
  const isUp = async () => {
    try {
      return (await fetch(`${address}/api/status?token=${token}`, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
      return false;
    }
  };
  for (const deadline = Date.now() + START_MS; !(await isUp()); ) {
    const code = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 200))]);
    if (stopping) return 0;
    if (code !== undefined || Date.now() > deadline) {
      server.kill('SIGKILL');
      throw new SetupError(
        `JupyterLab did not start:\n${tail(readFileSync(logFile, 'utf8'))}`,
        `see ${logFile}; a damaged installation is replaced after removing ${project.state}.`,
      );
    }
  }
  const url = `${address}/lab/tree/${NOTEBOOK}?token=${token}`;
  say(`JupyterLab is open at ${url}\nCtrl-C stops it.`);
  if (!options['no-browser']) openBrowser(url);
  await ended;
  if (stopping) return 0;
  throw new SetupError(`JupyterLab ended by itself:\n${tail(readFileSync(logFile, 'utf8'))}`, 'run npm start again.');
});
