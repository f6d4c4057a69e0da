/** JupyterLab with nbclient and plotly's renderer: the one on PATH, else one in .taskloom/venv. And the tslab kernel for it. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { wrongHash } from './pip.mjs';
import { probePython, pythonsOnPath } from './python.mjs';
import { readJson, run, SetupError, say, tail, writeJson } from './steps.mjs';

/** @typedef {import('./steps.mjs').Project} Project */
/** @typedef {{ python: string, env: NodeJS.ProcessEnv }} Jupyter How to run it: `python -m jupyterlab` with these variables. */
/** @typedef {import('./python.mjs').PythonFacts} PythonFacts */

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

/** Whether notebooks can be run and opened there. @param {Pick<PythonFacts, 'lab' | 'nbclient'>} facts */
export function hasJupyter(facts) {
  return Number.parseInt(facts.lab ?? '0', 10) >= 4 && facts.nbclient != null;
}

/** @param {Project} project @param {string} python */
function jupyterWith(project, python) {
  const folder = path.join(project.state, 'jupyter');
  const before = (/** @type {string} */ own, /** @type {string | undefined} */ others) =>
    others ? `${own}${path.delimiter}${others}` : own;
  return {
    python,
    env: {
      // The kernel and Lab's start-up settings of this project come first; the user's own folders are not touched.
      JUPYTER_PATH: before(folder, process.env.JUPYTER_PATH),
      JUPYTER_CONFIG_PATH: before(path.join(folder, 'config'), process.env.JUPYTER_CONFIG_PATH),
    },
  };
}

/** Kernel specification and settings: small files, written again whenever they differ. @param {Project} project @param {string} python */
function writeKernel(project, python) {
  const venv = path.join(project.state, 'venv');
  const kernel = {
    argv: [process.execPath, path.join(project.modules, 'tslab', 'bin', 'tslab'), 'kernel', '--config-path', '{connection_file}'],
    display_name: 'TypeScript (tslab)',
    language: 'typescript',
    // Without TensorFlow's remarks about processor features in the terminal.
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
  };
  const lab = { '@jupyterlab/apputils-extension:notification': { fetchNews: 'false', checkForUpdates: false } };
  /** @type {[string, unknown][]} */
  const files = [
    [path.join(project.state, 'jupyter', 'kernels', 'tslab', 'kernel.json'), kernel],
    [path.join(project.state, 'jupyter', 'config', 'labconfig', 'default_setting_overrides.json'), lab],
  ];
  // Editors that are pointed at the venv find the kernel there.
  if (python.startsWith(venv + path.sep)) files.push([path.join(venv, 'share', 'jupyter', 'kernels', 'tslab', 'kernel.json'), kernel]);
  for (const [file, value] of files) if (JSON.stringify(readJson(file)) !== JSON.stringify(value)) writeJson(file, value);
}

/** Pythons that may hold a Jupyter: those on PATH, and the one behind the `jupyter` command. @returns {Promise<PythonFacts[]>} */
async function candidates() {
  const onPath = await pythonsOnPath();
  if (onPath.some(hasJupyter)) return onPath;
  const { code, output } = await run('jupyter', ['lab', 'path'], { timeoutMs: 30_000 });
  const folder = /^Application directory:\s*(.+)$/m.exec(output)?.[1];
  if (code !== 0 || !folder) return onPath;
  const prefix = path.resolve(folder.trim(), '..', '..', '..');
  const python = process.platform === 'win32' ? path.join(prefix, 'python.exe') : path.join(prefix, 'bin', 'python3');
  const behind = existsSync(python) ? await probePython(python) : undefined;
  return behind ? [behind, ...onPath] : onPath;
}

/** @param {Project} project */
function venvPython(project) {
  const venv = path.join(project.state, 'venv');
  return process.platform === 'win32' ? path.join(venv, 'Scripts', 'python.exe') : path.join(venv, 'bin', 'python');
}

/** @param {Project} project @param {PythonFacts[]} pythons @returns {Promise<string>} */
async function makeVenv(project, pythons) {
  const venv = path.join(project.state, 'venv');
  const base = pythons[0];
  if (!base)
    throw new SetupError(
      'Jupyter: no Python >= 3.9 on PATH.',
      'install Python 3.9 or newer (python.org or your package manager) and run the command again.',
    );
  say(`Jupyter: JupyterLab, nbclient and plotly with pip into .taskloom/venv (Python ${base.version.join('.')}, about 20 s)`);
  rmSync(venv, { recursive: true, force: true });
  let created = await run(base.python, ['-m', 'venv', venv]);
  let pip = [venvPython(project), '-m', 'pip'];
  if (created.code !== 0 && base.pip) {
    // Debian keeps ensurepip in a package of its own; the pip outside can fill the venv as well.
    rmSync(venv, { recursive: true, force: true });
    created = await run(base.python, ['-m', 'venv', '--without-pip', venv]);
    pip = [base.python, '-m', 'pip', '--python', venvPython(project)];
  }
  if (created.code !== 0) {
    throw new SetupError(
      `Jupyter: python -m venv failed:\n${tail(created.output)}`,
      'install the venv module (Debian, Ubuntu: apt install python3-venv) and run the command again.',
    );
  }
  const [command = '', ...first] = pip;
  const installed = await run(command, [
    ...first,
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--retries',
    '2',
    '--require-hashes',
    '-r',
    requirements,
  ]);
  if (installed.code !== 0) {
    const wrong = wrongHash(installed.output);
    if (wrong !== undefined)
      throw new SetupError(
        `Jupyter: ${wrong}.`,
        'let pip reach the package index itself (pip config list), empty its cache (pip cache purge), and run the command again. Everything but the notebooks works without.',
      );
    throw new SetupError(
      `Jupyter: pip install failed:\n${tail(installed.output.replaceAll(/^WARNING: Retrying.*$/gm, ''))}`,
      'check that PyPI can be reached, or put a Jupyter on PATH (pip install jupyterlab nbclient plotly), and run the command again. Everything but the notebooks works without.',
    );
  }
  return venvPython(project);
}

/**
 * The Jupyter to use, set up where it is missing, with the tslab kernel in reach.
 * @param {Project} project @returns {Promise<{ jupyter: Jupyter, worked: boolean }>} worked: whether there was anything to do.
 */
export async function jupyter(project) {
  const stamp = path.join(project.state, 'jupyter.json');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const record = readJson(stamp);
  if (record?.requirements === wanted && existsSync(record.python)) {
    writeKernel(project, record.python);
    return { jupyter: jupyterWith(project, record.python), worked: false };
  }
  rmSync(stamp, { force: true });
  const found = await candidates();
  const usable = found.filter(hasJupyter);
  let python = usable.find((facts) => facts.plotly)?.python;
  if (python) say(`Jupyter: using the one on PATH (${python})`);
  else {
    try {
      python = await makeVenv(project, found);
    } catch (error) {
      const second = usable[0];
      if (!second || !(error instanceof SetupError)) throw error;
      say(`Jupyter: using the one on PATH (${second.python}); it lacks the plotly package, so figures are drawn as static images.`);
      python = second.python;
    }
  }
  writeKernel(project, python);
  writeJson(stamp, { python, requirements: wanted });
  return { jupyter: jupyterWith(project, python), worked: true };
}
