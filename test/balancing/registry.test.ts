import { expect, test } from 'vitest';
import * as balancing from '../../src/balancing';

const { balancers, weightings } = balancing;

test('every method of the list is there, under its own name', () => {
  expect(Object.keys(weightings).sort()).toEqual(
    'chebyshev cosmos dwa equal excessmtl famo fixed gls gradnorm imtll pbi rlw scaleInvariant stch uncertainty'.split(' '),
  );
  expect(Object.keys(balancers).sort()).toEqual(
    'alignedmtl cagrad config crmogm dbmtl dualproj excessmtl fairgrad graddrop gradvac imtl imtlg mean mgda moco modo nashmtl pcgrad sdmgrad sum upgrad'.split(
      ' ',
    ),
  );
  for (const [name, factory] of Object.entries({ ...weightings, ...balancers })) {
    expect(factory.info.name).toBe(name);
    expect((balancing as Record<string, unknown>)[name]).toBe(factory);
  }
});

test('each tells its paper, and documents its options', () => {
  for (const { info } of Object.values({ ...weightings, ...balancers })) {
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

test('what each needs', () => {
  const needing = (need: string): string[] =>
    Object.values({ ...weightings, ...balancers })
      .filter((factory) => factory.info.name !== 'fixed')
      .map((factory) => (factory as () => balancing.Method)())
      .filter((method) => method.needs === need)
      .map((method) => method.info.name);
  expect(needing('jacobian').sort()).toEqual(['dbmtl', 'excessmtl', 'graddrop', 'moco']);
  expect(needing('losses').sort()).toEqual(
    'chebyshev cosmos dwa equal famo gls imtll pbi rlw scaleInvariant stch uncertainty'.split(' ').sort(),
  );
});
