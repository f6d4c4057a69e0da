/** `npm run demo`: the quickstart notebook's cells as one script in the terminal, for people without a browser. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { main, readOptions } from './options.mjs';
import { setUp } from './setup.mjs';
import { projectAt, run, SetupError, stopChildrenOnSignal, writeWhole } from './steps.mjs';

/** @typedef {{ cells: { cell_type: string, source: string | string[] }[] }} Notebook */

/** The code of a notebook, cell after cell. @param {Notebook} notebook @returns {string} */
export function notebookCode(notebook) {
  return notebook.cells
    .filter((cell) => cell.cell_type === 'code')
    .map((cell) => (Array.isArray(cell.source) ? cell.source.join('') : cell.source))
    .join('\n;\n');
}

/**
 * The code as a CommonJS script. Like the kernel, it awaits at the top level, which CommonJS cannot: so it becomes a function's body.
 * @param {string} code @param {typeof import('typescript')} ts
 */
export function asScript(code, ts) {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  });
  return `(async () => {\n${outputText}\n})().catch((error) => {\n  console.error(error);\n  process.exitCode = 1;\n});\n`;
}

await main(import.meta.url, async () => {
  readOptions(process.argv.slice(2), {}, 'npm run demo (no options)');
  stopChildrenOnSignal();
  const project = projectAt();
  const file = path.join(project.root, 'notebooks', '01-quickstart.ipynb');
  if (!existsSync(file)) throw new SetupError('notebooks/01-quickstart.ipynb is missing.', 'restore it with git checkout notebooks.');
  await setUp(project, { notebooks: false });
  const ts = createRequire(path.join(project.root, 'package.json'))('typescript');
  const script = path.join(project.state, 'demo.cjs');
  writeWhole(script, asScript(notebookCode(JSON.parse(readFileSync(file, 'utf8'))), ts));
  const { code } = await run(process.execPath, [script], {
    cwd: path.join(project.root, 'notebooks'),
    env: { TF_CPP_MIN_LOG_LEVEL: '2' },
    echo: true,
  });
  return code === 0 ? 0 : 1;
});
