/** The `taskloom` command as users run it: compiled to CommonJS, as a process of its own. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/** The project's root. */
export const root: string = join(__dirname, '..', '..');

/** What a run of the command gave. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A compiled copy of the package and a folder to work in; `remove` takes both away. */
export interface Command {
  readonly folder: string;
  /** Writes a file into the working folder. */
  write(name: string, content: string | Uint8Array): string;
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CommandResult>;
  files(): string[];
  remove(): void;
}

/** Compiles every source file on its own, without a type check (which is a check of its own). */
export function compileCommand(): Command {
  const folder = mkdtempSync(join(tmpdir(), 'taskloom-cli-'));
  const place = join(folder, 'package');
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const { outputText } = ts.transpileModule(readFileSync(join(root, 'src', name), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
    });
    const target = join(place, 'dist', name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  cpSync(join(root, 'package.json'), join(place, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'), 'dir');
  const work = join(folder, 'work');
  mkdirSync(work);
  return {
    folder: work,
    write(name, content) {
      writeFileSync(join(work, name), content);
      return name;
    },
    run: (args, env = {}) =>
      new Promise((resolve) => {
        const child = [join(place, 'dist', 'cli', 'main.js'), ...args];
        execFile(process.execPath, child, { cwd: work, env: { ...process.env, ...env } }, (error, stdout, stderr) =>
          resolve({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, stdout, stderr }),
        );
      }),
    files: () => readdirSync(work).sort(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
