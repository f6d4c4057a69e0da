/** The package: TypeScript to CommonJS with declarations in dist/, and a thin ES-module face over it. Rebuilt only when a source changed. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { main, readOptions } from './options.mjs';
import { makeFolderWhole, projectAt, readJson, run, SetupError, say, tail, take, writeJson } from './steps.mjs';

/** One number for everything the build reads. @param {string} root @returns {string} */
export function sourceHash(root) {
  const hash = createHash('sha256');
  const names = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' });
  const sources = names.filter((name) => /\.(ts|json)$/.test(name)).map((name) => path.join('src', name));
  for (const name of [...sources.sort(), 'tsconfig.json', 'tsconfig.build.json', 'package.json', path.join('src', 'setup', 'build.mjs')]) {
    hash.update(`${name}\0`).update(existsSync(path.join(root, name)) ? readFileSync(path.join(root, name)) : '');
  }
  return hash.digest('hex');
}

/** The ES module over a CommonJS one: the same objects by name, so that both faces share one state. @param {string[]} names */
export function moduleFace(names) {
  const exported = names.filter((name) => name !== 'default' && name !== '__esModule');
  return `import cjs from './index.js';\n\nexport const {\n${exported.map((name) => `  ${name},\n`).join('')}} = cjs;\nexport default cjs;\n`;
}

/** @param {import('./steps.mjs').Project} project @returns {import('./steps.mjs').Step} */
export function packageBuild(project) {
  const dist = path.join(project.root, 'dist');
  const stamp = path.join(project.state, 'build.json');
  return {
    name: 'build',
    does: 'TypeScript to dist/ (about 10 s)',
    ready: () =>
      ['index.js', 'index.d.ts', 'index.mjs', 'index.d.mts'].every((file) => existsSync(path.join(dist, file))) &&
      readJson(stamp)?.sources === sourceHash(project.root),
    make: async () => {
      const sources = sourceHash(project.root);
      const compiler = path.join(project.modules, 'typescript', 'bin', 'tsc');
      if (!existsSync(compiler)) throw new SetupError('build: TypeScript is not installed.', 'run npm run setup.');
      await makeFolderWhole(dist, async (temporary) => {
        const compiled = await run(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', temporary], { cwd: project.root });
        if (compiled.code !== 0)
          throw new SetupError(`build: TypeScript found errors:\n${tail(compiled.output, 20)}`, 'correct them and run the command again.');
        const list = `process.stdout.write('\\n' + JSON.stringify(Object.keys(require(${JSON.stringify(path.join(temporary, 'index.js'))}))))`;
        const loaded = await run(process.execPath, ['-e', list], { cwd: project.root });
        if (loaded.code !== 0)
          throw new SetupError(
            `build: the built package does not load:\n${tail(loaded.output, 20)}`,
            'correct the module named above and run the command again.',
          );
        writeFileSync(path.join(temporary, 'index.mjs'), moduleFace(JSON.parse(loaded.output.split('\n').at(-1) ?? '[]')));
        writeFileSync(path.join(temporary, 'index.d.mts'), "export * from './index.js';\n");
        const cli = path.join(temporary, 'cli', 'main.js');
        if (existsSync(cli)) chmodSync(cli, 0o755);
      });
      writeJson(stamp, { sources });
    },
  };
}

await main(import.meta.url, async () => {
  readOptions(process.argv.slice(2), {}, 'npm run build (no options)');
  if (!(await take(packageBuild(projectAt())))) say('build: dist/ is up to date.');
});
