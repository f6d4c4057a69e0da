import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as tl from '../src';

const root = join(__dirname, '..');
const registered = [tl.balancers, tl.weightings, tl.architectures, tl.encoders, tl.kinds].flatMap((registry) => Object.keys(registry));

test('methods, encoders and kinds stand at the root and in their registries; little else stands at the root', () => {
  for (const name of registered) expect(tl).toHaveProperty(name);
  const others = Object.keys(tl).filter((name) => !registered.includes(name));
  expect(others.length).toBeLessThan(50);
});

test("the README's table has a row for each notebook", () => {
  const rows = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/^\| \[(.+)\]\(notebooks\/(.+)\.ipynb\) \| .+ \|$/gm)];
  for (const [, title, file] of rows) expect(title).toBe(file);
  expect(rows.map(([, title]) => `${title}.ipynb`)).toEqual(
    readdirSync(join(root, 'notebooks'))
      .filter((file) => file.endsWith('.ipynb'))
      .sort(),
  );
});

test('what notebooks and the README call is there', () => {
  const texts = [
    readFileSync(join(root, 'README.md'), 'utf8'),
    ...readdirSync(join(root, 'notebooks'))
      .filter((file) => file.endsWith('.ipynb'))
      .flatMap((file) => {
        const { cells } = JSON.parse(readFileSync(join(root, 'notebooks', file), 'utf8')) as {
          cells: { cell_type: string; source: string | string[] }[];
        };
        return cells.filter((cell) => cell.cell_type === 'code').map(({ source }) => [source].flat().join(''));
      }),
  ];
  const called = new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/\btl\.([a-zA-Z]+)(?:\.([a-zA-Z]+))?\(/g)].map(([, ...path]) => path.filter(Boolean).join('.')),
    ),
  );
  for (const path of called) {
    const found = path.split('.').reduce((value: unknown, name) => (value as Record<string, unknown> | undefined)?.[name], tl);
    expect([path, typeof found]).toEqual([path, 'function']);
  }
  expect(called.size).toBeGreaterThan(40);
});
