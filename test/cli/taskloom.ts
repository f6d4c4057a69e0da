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
  /** @param interruptAfter milliseconds until the process gets a SIGINT. @default never */
  run(args: readonly string[], env?: Readonly<Record<string, string>>, interruptAfter?: number): Promise<CommandResult>;
  /** Runs TypeScript that imports the package by its name and awaits at the top level, as a notebook's cells do. */
  script(code: string): Promise<CommandResult>;
  files(): string[];
  remove(): void;
}

function compile(code: string): string {
  return ts.transpileModule(code, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  }).outputText;
}

/** Compiles every source file on its own, without a type check (which is a check of its own). */
export function compileCommand(): Command {
  const folder = mkdtempSync(join(tmpdir(), 'taskloom-cli-'));
  const place = join(folder, 'package');
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    const target = join(place, 'dist', name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, compile(readFileSync(join(root, 'src', name), 'utf8')));
  }
  cpSync(join(root, 'package.json'), join(place, 'package.json'));
  symlinkSync(join(root, 'data'), join(place, 'data'), 'dir');
  symlinkSync(join(root, 'node_modules'), join(place, 'node_modules'), 'dir');
  // Scripts beside the package find it by its name.
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(place, join(folder, 'node_modules', 'taskloom'), 'dir');
  const work = join(folder, 'work');
  mkdirSync(work);
  const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}, interruptAfter?: number): Promise<CommandResult> =>
    new Promise((resolve) => {
      const child = execFile(process.execPath, args, { cwd: work, env: { ...process.env, ...env } }, (error, stdout, stderr) =>
        resolve({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, stdout, stderr }),
      );
      if (interruptAfter !== undefined) setTimeout(() => child.kill('SIGINT'), interruptAfter);
    });
  return {
    folder: work,
    write(name, content) {
      writeFileSync(join(work, name), content);
      return name;
    },
    run: (args, env, interruptAfter) => start([join(place, 'dist', 'cli', 'main.js'), ...args], env, interruptAfter),
    script(code) {
      const file = join(folder, 'script.cjs');
      writeFileSync(file, `(async () => {\n${compile(code)}\n})();\n`);
      return start([file]);
    },
    files: () => readdirSync(work).sort(),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
