/** `npm run notebooks`: executes every notebook from a fresh kernel and checks its outputs; with --write refreshes the committed outputs. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { main, readOptions } from './options.mjs';
import { setUp } from './setup.mjs';
import { projectAt, readJson, run, SetupError, stopChildrenOnSignal } from './steps.mjs';

const script = fileURLToPath(new URL('run_notebooks.py', import.meta.url));

/** @param {string} root @returns {string[]} Paths, in order. */
export function notebookFiles(root) {
  const folder = path.join(root, 'notebooks');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.endsWith('.ipynb'))
    .sort()
    .map((name) => path.join(folder, name));
}

/**
 * @param {import('./steps.mjs').Project} project @param {import('./jupyter.mjs').Jupyter} jupyter
 * @param {string[]} files @param {{ write?: boolean }} [options]
 * @returns {Promise<{ passed: number, failed: number }>} A notebook that was not reached counts as failed.
 */
export async function runNotebooks(project, jupyter, files, options = {}) {
  const report = path.join(project.state, 'notebooks.json');
  rmSync(report, { force: true });
  const args = [script, '--root', project.root, '--json', report, ...(options.write ? ['--write'] : []), ...files];
  await run(jupyter.python, args, { cwd: project.root, env: { ...jupyter.env, PYTHONUTF8: '1' }, echo: true });
  /** @type {{ passed: boolean }[]} */
  const results = readJson(report) ?? [];
  const passed = results.filter((result) => result.passed).length;
  return { passed, failed: files.length - passed };
}

await main(import.meta.url, async () => {
  const options = readOptions(
    process.argv.slice(2),
    { write: { type: 'boolean' }, only: { type: 'string' } },
    'npm run notebooks [-- --write --only PART-OF-A-NAME]',
  );
  stopChildrenOnSignal();
  const project = projectAt();
  const files = notebookFiles(project.root).filter((file) => path.basename(file).includes(options.only ?? ''));
  if (files.length === 0) throw new SetupError(`No notebook in notebooks/ has "${options.only ?? ''}" in its name.`, 'check the name.');
  const { jupyter, jupyterFailure } = await setUp(project);
  if (!jupyter) throw jupyterFailure ?? new SetupError('Jupyter: not set up.', 'run npm run setup.');
  const { failed } = await runNotebooks(project, jupyter, files, { write: options.write ?? false });
  return failed > 0 ? 1 : 0;
});
