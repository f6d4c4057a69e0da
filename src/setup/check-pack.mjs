/**
 * Packs the package, installs the archive in an empty consumer, and checks there what users get: declarations that the notebook's
 * own compiler reads (TypeScript 5.0, node10), and the same exports from `require` and from `import`.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { main, readOptions } from './options.mjs';
import { npm, projectAt, run, SetupError, say, tail } from './steps.mjs';

/** @typedef {import('./steps.mjs').Project} Project */

const COMPILER_OPTIONS = [
  '--noEmit',
  '--strict',
  '--target',
  'es2022',
  '--lib',
  'es2022',
  '--module',
  'commonjs',
  '--moduleResolution',
  'node10',
  '--esModuleInterop',
  '--types',
  'node',
];

/**
 * The compiler's complaints about our own files; those inside other packages' declarations are not ours to correct.
 * @param {string} output of tsc @returns {string[]}
 */
export function ownErrors(output) {
  const lines = output.split(/\r?\n/).filter((line) => /error TS\d+/.test(line));
  return lines.filter((line) => {
    const file = /^(.+?)\(\d+,\d+\): error/.exec(line)?.[1]?.replaceAll('\\', '/');
    return file === undefined || !file.includes('node_modules/') || /node_modules\/taskloom\/(?!.*node_modules\/)/.test(file);
  });
}

/** @param {Project} project @param {string} folder An empty folder. */
async function install(project, folder) {
  const packed = await npm(['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: project.root });
  const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  if (packed.code !== 0 || !archive) throw new SetupError(`npm pack failed:\n${tail(packed.output)}`, 'correct what it names.');
  const unpacked = await run('tar', ['-xzf', archive], { cwd: folder });
  if (unpacked.code !== 0) throw new SetupError(`The packed archive cannot be unpacked:\n${tail(unpacked.output)}`, 'install tar.');
  const modules = path.join(folder, 'node_modules');
  mkdirSync(modules);
  renameSync(path.join(folder, 'package'), path.join(modules, 'taskloom'));
  // The dependencies are those of the checkout, linked one by one, so that the consumer sees the packed package alone.
  for (const name of readdirSync(project.modules)) {
    if (name.startsWith('.') || name === 'taskloom') continue;
    symlinkSync(path.join(project.modules, name), path.join(modules, name), process.platform === 'win32' ? 'junction' : 'dir');
  }
}

/** @param {Project} project @returns {Promise<string[]>} What is wrong; empty when all is well. */
export async function checkPack(project) {
  const folder = mkdtempSync(path.join(tmpdir(), 'taskloom-pack-'));
  try {
    await install(project, folder);
    const installed = path.join(folder, 'node_modules', 'taskloom');
    const problems = [];
    for (const file of [
      'dist/index.js',
      'dist/index.d.ts',
      'dist/index.mjs',
      'dist/index.d.mts',
      'dist/cli/main.js',
      'README.md',
      'LICENSE',
    ]) {
      if (!existsSync(path.join(installed, file))) problems.push(`the archive lacks ${file}`);
    }
    copyFileSync(path.join(project.root, 'test', 'consumer', 'consumer.ts'), path.join(folder, 'consumer.ts'));
    const compiler = path.join(project.modules, '@tslab', 'typescript-for-tslab', 'lib', 'tsc.js');
    const checked = await run(process.execPath, [compiler, ...COMPILER_OPTIONS, 'consumer.ts'], { cwd: folder });
    const errors = ownErrors(checked.output);
    problems.push(...errors);
    if (checked.code !== 0 && !/error TS\d+/.test(checked.output))
      problems.push(`the notebook's compiler did not run: ${tail(checked.output, 3)}`);
    const names = `console.log('names ' + JSON.stringify(Object.keys(tl).filter((n) => n !== 'default' && n !== '__esModule').sort()))`;
    const faces = [
      ['require', ['-e', `const tl = require('taskloom'); ${names}`]],
      ['import', ['--input-type=module', '-e', `import * as tl from 'taskloom'; ${names}`]],
    ];
    const exported = [];
    for (const [face, args] of /** @type {[string, string[]][]} */ (faces)) {
      const loaded = await run(process.execPath, args, { cwd: folder, env: { TF_CPP_MIN_LOG_LEVEL: '3' } });
      if (loaded.code !== 0) problems.push(`${face}('taskloom') fails in the consumer:\n${tail(loaded.output)}`);
      exported.push(/^names (.+)$/m.exec(loaded.output)?.[1]);
    }
    const methods = await run(process.execPath, [path.join(installed, 'dist', 'cli', 'main.js'), 'methods', '--json'], { cwd: folder });
    if (methods.code !== 0) problems.push(`taskloom methods --json fails in the consumer:\n${tail(methods.output)}`);
    if (exported[0] === '[]') problems.push('the package exports nothing');
    if (exported[0] !== exported[1]) problems.push(`require and import give different names:\n    ${exported[0]}\n    ${exported[1]}`);
    return problems;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main(import.meta.url, async () => {
  readOptions(process.argv.slice(2), {}, 'node src/setup/check-pack.mjs (no options)');
  const problems = await checkPack(projectAt());
  for (const problem of problems) say(problem);
  if (problems.length > 0) throw new SetupError(`The packed package has ${problems.length} problem(s).`, 'correct them as listed above.');
  say('The packed package installs, type-checks and loads.');
});
