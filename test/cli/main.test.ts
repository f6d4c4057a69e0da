import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../package.json';
import { balancers, weightings } from '../../src/balancing/registry';
import { architectures, encoders } from '../../src/models/registry';
import { kinds } from '../../src/tasks/registry';
import { type Command, compileCommand } from './taskloom';

let command: Command;
beforeAll(() => {
  command = compileCommand();
}, 120_000);
afterAll(() => command.remove());

describe('taskloom', () => {
  it('prints its version and its help', async () => {
    expect(await command.run(['--version'])).toEqual({ code: 0, stdout: `${packageJson.version}\n`, stderr: '' });
    expect((await command.run(['--help'])).stdout).toContain('taskloom compare FILE.csv');
    expect((await command.run(['compare', '--help'])).stdout).toContain('--margin');
  });

  it('lists every registered method once, with its options', async () => {
    const { code, stdout } = await command.run(['methods', '--json']);
    expect(code).toBe(0);
    const list = JSON.parse(stdout) as { name: string; kind: string; options: { name: string }[] }[];
    const names = new Set([architectures, weightings, balancers, encoders, kinds].flatMap((registry) => Object.keys(registry)));
    expect(list.map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(list.find(({ name }) => name === 'cagrad')).toMatchObject({ kind: 'aggregator', options: [{ name: 'c' }, { name: 'rescale' }] });
    expect((await command.run(['methods'])).stdout).toContain('hardSharing, hard');
  });
});
