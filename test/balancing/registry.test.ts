import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as balancing from '../../src/balancing';
import * as root from '../../src/index';

const { balancers, weightings } = balancing;
const every = { ...weightings, ...balancers };

/** Names after the files of a folder: `scale-invariant.ts` has `scaleInvariant`. */
const named = (folder: string): string[] =>
  readdirSync(join(__dirname, '..', '..', 'src', 'balancing', folder))
    .filter((file) => file !== 'index.ts')
    .map((file) => file.replace('.ts', '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()));

test('every file has its method in the registry, under its own name, and at the root', () => {
  expect(Object.keys(balancers).sort()).toEqual(named('aggregators').sort());
  // ExcessMTL weighs by gradients: its file lies with the aggregators.
  expect(Object.keys(weightings).sort()).toEqual([...named('weightings'), 'excessmtl'].sort());
  for (const [name, factory] of Object.entries(every)) {
    expect(factory.info.name).toBe(name);
    expect((balancing as Record<string, unknown>)[name]).toBe(factory);
    expect((root as Record<string, unknown>)[name]).toBe(factory);
  }
});

test('each tells its paper, and documents its options', () => {
  for (const { info } of Object.values(every)) {
    expect(info.paper.authors.length).toBeGreaterThan(3);
    expect(info.paper.year).toBeGreaterThan(1970);
    expect(info.paper.title.length).toBeGreaterThan(10);
    if (info.paper.arxiv !== undefined) expect(info.paper.arxiv).toMatch(/^\d{4}\.\d{4,5}$/);
    for (const option of info.options) {
      expect(option.doc.length, `${info.name}.${option.name}`).toBeGreaterThan(5);
      expect(option.type.length).toBeGreaterThan(3);
    }
    expect(info.kind).toBe(info.name in balancers ? 'aggregator' : 'weighting');
  }
});

test.each(Object.keys(every))('%s says what it needs: that is enough, and less is refused', (name) => {
  const method = (every[name as keyof typeof every] as (options: object) => balancing.Method)(name === 'fixed' ? { weights: [1, 2] } : {});
  const jacobian = [
    [1, 2, 0],
    [0, -1, 3],
  ];
  if (method.info.kind === 'weighting') {
    const { weights } = method as balancing.Weighting;
    if (method.needs === 'losses') expect(weights([1, 2])).toHaveLength(2);
    else expect(() => weights([1, 2])).toThrow('this method looks at the task gradients; give { jacobian } or { gramian }');
    if (method.needs === 'gramian')
      expect(
        weights([1, 2], {
          gramian: [
            [5, -2],
            [-2, 10],
          ],
        }),
      ).toHaveLength(2);
    return;
  }
  expect(method.needs).not.toBe('losses');
  expect((method as balancing.Balancer).combine(jacobian)).toHaveLength(3);
  if (method.needs === 'gramian') {
    const input = {
      losses: [1, 2],
      gramian: [
        [5, -2],
        [-2, 10],
      ],
      epoch: 0,
      step: 0,
      epochLosses: [],
    };
    const { init, step } = method as balancing.GramianBalancer;
    expect(step(input, init(2, 0)).weights).toHaveLength(2);
    const { gramian: _, ...less } = input;
    expect(() => step(less, init(2, 0))).toThrow('input.gramian, the Gramian of the task gradients, is missing');
  }
});
