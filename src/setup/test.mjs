/** `npm test`: sets up what is missing, then every check, test and notebook. Ends with `N passed, N failed`. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { checkPack } from './check-pack.mjs';
import { notebookFiles, runNotebooks } from './notebooks.mjs';
import { main, readOptions } from './options.mjs';
import { setUp } from './setup.mjs';
import { projectAt, readJson, run, SetupError, say, stopChildrenOnSignal } from './steps.mjs';
import { countVitest, summary } from './test-counts.mjs';

/** @typedef {import('./test-counts.mjs').Count} Count */

const PARTS = ['check', 'pack', 'unit', 'notebooks'];
const project = projectAt();
const tool = (/** @type {string[]} */ ...parts) => path.join(project.modules, ...parts);

/** A program whose exit code is the result. @param {string} name @param {string[]} args @returns {Promise<Count>} */
async function check(name, args) {
  const { code, output } = await run(process.execPath, args, { cwd: project.root });
  if (code !== 0) say(output.trimEnd());
  say(`${code === 0 ? 'pass' : 'FAIL'}  ${name}`);
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** @returns {Promise<Count[]>} */
async function checks() {
  return [
    await check('types', [tool('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.json']),
    await check('types of the set-up', [tool('typescript', 'bin', 'tsc'), '-p', path.join('src', 'setup', 'tsconfig.json')]),
    await check('lint and format', [tool('@biomejs', 'biome', 'bin', 'biome'), 'check', '.']),
    await check('direction of dependencies', [
      tool('dependency-cruiser', 'bin', 'dependency-cruise.mjs'),
      'src',
      '--config',
      '.dependency-cruiser.cjs',
    ]),
    await check('length of functions', [path.join('src', 'setup', 'function-length.mjs')]),
  ];
}

/** @returns {Promise<Count[]>} */
async function pack() {
  const problems = await checkPack(project);
  for (const problem of problems) say(problem);
  say(`${problems.length === 0 ? 'pass' : 'FAIL'}  packed package in an empty consumer`);
  return [problems.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }];
}

/** @returns {Promise<Count[]>} */
async function unit() {
  const report = path.join(project.state, 'vitest.json');
  rmSync(report, { force: true });
  const args = [tool('vitest', 'vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  const { code } = await run(process.execPath, args, { cwd: project.root, env: { TF_CPP_MIN_LOG_LEVEL: '2', ...color }, echo: true });
  return [countVitest(readJson(report), code)];
}

/** @param {Awaited<ReturnType<typeof setUp>>} ready @returns {Promise<Count[]>} */
async function notebooks({ jupyter, jupyterFailure }) {
  const files = notebookFiles(project.root);
  if (!jupyter) say(`FAIL  notebooks: ${jupyterFailure?.message ?? 'no Jupyter'}`);
  if (files.length === 0) say('FAIL  notebooks: there is none in notebooks/');
  if (!jupyter || files.length === 0) return [{ passed: 0, failed: Math.max(1, files.length) }];
  return [await runNotebooks(project, jupyter, files)];
}

await main(import.meta.url, async () => {
  const { only } = readOptions(process.argv.slice(2), { only: { type: 'string' } }, `npm test [-- --only ${PARTS.join('|')}]`);
  if (only !== undefined && !PARTS.includes(only))
    throw new SetupError(`--only is "${only}", which is not a part.`, `use one of ${PARTS.join(', ')}.`);
  stopChildrenOnSignal();
  const wanted = only === undefined ? PARTS : [only];
  const ready = await setUp(project, { notebooks: wanted.includes('notebooks') });
  /** @type {Record<string, () => Promise<Count[]>>} */
  const parts = { check: checks, pack, unit, notebooks: () => notebooks(ready) };
  /** @type {Count[]} */
  const counts = [];
  for (const name of wanted) {
    say(`\n== ${name}`);
    const started = Date.now();
    try {
      counts.push(...((await parts[name]?.()) ?? []));
    } catch (error) {
      say(`FAIL  ${name}: ${/** @type {Error} */ (error).message}`);
      counts.push({ passed: 0, failed: 1 });
    }
    say(`${name}: ${((Date.now() - started) / 1000).toFixed(1)} s`);
  }
  const { line, code } = summary(counts);
  say(`\n${line}`);
  return code;
});
