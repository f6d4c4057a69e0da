import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { ownErrors } from '../../src/setup/check-pack.mjs';
import { asScript, notebookCode } from '../../src/setup/demo.mjs';
import { hasJupyter } from '../../src/setup/jupyter.mjs';
import { notebookFiles } from '../../src/setup/notebooks.mjs';
import { readOptions } from '../../src/setup/options.mjs';
import { isSupportedNode } from '../../src/setup/setup.mjs';
import { browserCommand, choosePort } from '../../src/setup/start.mjs';
import { run } from '../../src/setup/steps.mjs';

test('an unknown option is an error that shows what is accepted', () => {
  expect(readOptions(['--port', '9000'], { port: { type: 'string' } }, 'npm start')).toEqual({ port: '9000' });
  expect(() => readOptions(['--prot', '1'], { port: { type: 'string' } }, 'npm start [-- --port N]')).toThrow(
    /--prot[\s\S]*use npm start \[-- --port N\]/,
  );
  expect(() => readOptions(['extra'], {}, 'npm start')).toThrow(/extra/);
});

test('supported releases of Node are those of package.json', () => {
  expect(['v20.19.0', 'v22.0.0', 'v24.9.0'].map(isSupportedNode)).toEqual([true, true, true]);
  expect(['v18.20.0', 'v20.18.3', 'v23.1.0'].map(isSupportedNode)).toEqual([false, false, false]);
});

test('a usable Jupyter has JupyterLab 4 and nbclient', () => {
  expect(hasJupyter({ lab: '4.0.0', nbclient: '0.10.0' })).toBe(true);
  expect(hasJupyter({ lab: '3.6.8', nbclient: '0.10.0' })).toBe(false);
  expect(hasJupyter({ lab: '4.6.6' })).toBe(false);
  expect(hasJupyter({})).toBe(false);
});

describe('choosePort', () => {
  test('refuses what is not a port, and a port in use', async () => {
    await expect(choosePort('http')).rejects.toThrow(/--port is http/);
    await expect(choosePort('70000')).rejects.toThrow(/1 to 65535/);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await expect(choosePort(String(port))).rejects.toThrow(`Port ${port} is in use`);
    await new Promise((resolve) => server.close(resolve));
    expect(await choosePort(String(port))).toBe(port);
  });
});

test('a browser is opened only where there is a desktop', () => {
  expect(browserCommand('linux', {})).toBeUndefined();
  expect(browserCommand('linux', { DISPLAY: ':0' })).toEqual(['xdg-open']);
  expect(browserCommand('darwin', {})).toEqual(['open']);
});

describe('ownErrors', () => {
  test('keeps errors in the consumer and in the package, not those in other packages', () => {
    const ours = ["consumer.ts(3,1): error TS2339: Property 'x'", 'node_modules/taskloom/dist/index.d.ts(1,1): error TS1005: x'];
    const others = [
      'node_modules/@types/jsdom/base.d.ts(1,1): error TS2304: y',
      '../clone/node_modules/csv-parse/a.d.ts(1,1): error TS1: z',
    ];
    expect(ownErrors([...ours, ...others, '  detail', ''].join('\n'))).toEqual(ours);
  });

  test('keeps an error that names no file', () => {
    expect(ownErrors('error TS5023: Unknown compiler option')).toHaveLength(1);
  });
});

test('the demo runs the code cells in order, with top-level await', async () => {
  const code = notebookCode({
    cells: [
      { cell_type: 'markdown', source: '# no code' },
      { cell_type: 'code', source: ["import * as path from 'node:path';\n", 'const one: number = await Promise.resolve(1);'] },
      { cell_type: 'code', source: "console.log(one, path.basename('/a/b'))" },
    ],
  });
  const { code: exit, output } = await run(process.execPath, ['-e', asScript(code, ts)]);
  expect(output.trim()).toBe('1 b');
  expect(exit).toBe(0);
});

test('a demo that fails says so by its exit code', async () => {
  const { code, output } = await run(process.execPath, ['-e', asScript("throw new Error('no data')", ts)]);
  expect(code).toBe(1);
  expect(output).toContain('no data');
});

test('a folder without notebooks has none', () => {
  expect(notebookFiles(path.join(tmpdir(), 'no-such-folder'))).toEqual([]);
});
