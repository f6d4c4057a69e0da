import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { pythonsOnPath } from '../../src/setup/python.mjs';
import { projectAt, run } from '../../src/setup/steps.mjs';

const folder = path.join(projectAt().root, 'src', 'setup');

/** Calls a function of the notebook runner with JSON in and out. */
async function call(name: 'problems_of' | 'cleaned', ...args: unknown[]): Promise<unknown> {
  const python = (await pythonsOnPath())[0]?.python ?? 'python3';
  const code = `import json, sys; sys.path.insert(0, sys.argv[1]); import run_notebooks
print(json.dumps(run_notebooks.${name}(*json.loads(sys.argv[2]))))`;
  const { output } = await run(python, ['-B', '-c', code, folder, JSON.stringify(args)]);
  return JSON.parse(output);
}

const stream = (name: string, text: string | string[]) => ({ output_type: 'stream', name, text });
const display = (data: Record<string, unknown>) => ({ output_type: 'display_data', data, metadata: {} });
const cell = (outputs: unknown[], taskloom: object = {}, count: number | null = 1) => ({
  cell_type: 'code',
  source: 'show(x)',
  execution_count: count,
  metadata: { taskloom, scrolled: true },
  outputs,
});
const ROOT = path.join(path.sep, 'home', 'someone', 'taskloom');

describe('a cell passes', () => {
  test('with what it expects, as text or as a type', async () => {
    const outputs = [stream('stdout', ['gain ', '0.12\n']), display({ 'image/svg+xml': '<svg/>', 'text/plain': 'Figure' })];
    expect(await call('problems_of', cell(outputs, { expect: ['gain 0\\.\\d+', 'Figure', 'image/svg+xml'] }), ROOT)).toEqual([]);
  });

  test('when it is empty, though the kernel does not count it', async () => {
    expect(await call('problems_of', { ...cell([], {}, null), source: ' ' }, ROOT)).toEqual([]);
  });

  test('with stderr output only where its metadata allows that', async () => {
    const outputs = [stream('stderr', 'careful\n')];
    expect(await call('problems_of', cell(outputs, { stderr: true }), ROOT)).toEqual([]);
    expect(await call('problems_of', cell(outputs), ROOT)).toEqual(['wrote to stderr: careful']);
  });
});

describe('a cell fails', () => {
  test('when the kernel dropped it', async () => {
    expect(await call('problems_of', cell([], {}, null), ROOT)).toEqual(['the kernel dropped this cell']);
  });

  test('without an expected text or type', async () => {
    const outputs = [stream('stdout', 'gain -\n'), display({ 'text/plain': 'Figure' })];
    const problems = await call('problems_of', cell(outputs, { expect: ['gain \\d', 'application/vnd.plotly.v1+json'] }), ROOT);
    expect(problems).toEqual([
      expect.stringMatching(/^no output matches \/gain \\d\/; the text is:\ngain -/),
      'no output of type application/vnd.plotly.v1+json (got text/plain)',
    ]);
  });

  test("when an output names this machine's folder", async () => {
    expect(await call('problems_of', cell([stream('stdout', `${ROOT}/data`)]), ROOT)).toEqual([
      `an output names this machine's folder ${ROOT}`,
    ]);
  });
});

test('what is committed has outputs and expectations, and nothing of the machine', async () => {
  const data = { 'application/vnd.plotly.v1+json': {}, 'image/png': 'made by JupyterLab', 'image/svg+xml': '<svg/>' };
  const notebook = { metadata: { kernelspec: { name: 'other' }, widgets: {} }, cells: [cell([display(data)], { expect: ['a'] })] };
  expect(await call('cleaned', notebook)).toMatchObject({
    metadata: { kernelspec: { name: 'tslab' } },
    cells: [{ metadata: { taskloom: { expect: ['a'] } }, execution_count: 1, outputs: [{ data: { 'image/svg+xml': '<svg/>' } }] }],
  });
  const [first] = ((await call('cleaned', notebook)) as { cells: { metadata: object; outputs: { data: object }[] }[] }).cells;
  expect(Object.keys(first?.metadata ?? {})).toEqual(['taskloom']);
  expect(Object.keys(first?.outputs[0]?.data ?? {})).toEqual(['application/vnd.plotly.v1+json', 'image/svg+xml']);
});
