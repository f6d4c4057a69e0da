import { describe, expect, it } from 'vitest';
import { balancers, weightings } from '../../src/balancing/registry';
import { methodsOf } from '../../src/cli/method-text';
import { mlp } from '../../src/models/encoders/mlp';

const trunk = mlp([16, 8]);

describe('methods on the command line', () => {
  it('reads names, aliases and balancing', () => {
    const methods = methodsOf('single, hard+pcgrad,hard-sharing', trunk);
    expect(Object.keys(methods)).toEqual(['single', 'hard+pcgrad', 'hard-sharing']);
    expect(Object.values(methods).map(({ architecture, balancing }) => [architecture.name, balancing?.info.name])).toEqual([
      ['singleTask', undefined],
      ['hardSharing', 'pcgrad'],
      ['hardSharing', undefined],
    ]);
  });

  it('gives options to the name that has them', () => {
    const { a, b, c } = Object.fromEntries(
      Object.values(
        methodsOf('mmoe:experts=3,tower=4/2+cagrad:c=0.2,gateDropout=0.1,hard+fixed:weights=1/2,hard+mgda:scale=matchMean', trunk),
      ).map((method, i) => ['abc'[i], method]),
    );
    expect(a!.architecture.options).toMatchObject({ experts: 3, gateDropout: 0.1, tower: { options: { sizes: [4, 2] } }, expert: trunk });
    expect(a!.balancing!.options).toMatchObject({ c: 0.2 });
    expect(b!.balancing!.options).toEqual({ weights: [1, 2] });
    expect(c!.update.scale).toBe('matchMean');
    const update = (text: string): unknown => methodsOf(text, trunk)[text]!.update;
    expect(update('hard+pcgrad:groups=layer,scale=sum')).toEqual({
      scale: 'sum',
      gradients: 'parameters',
      heads: 'plain',
      groups: 'layer',
    });
    expect(update('hard+mgda')).toMatchObject({ heads: 'weighted', groups: 'all' });
    expect(update('hard+mgda:heads=plain')).toMatchObject({ heads: 'plain' });
    expect(() => update('hard+mgda:groups=tower')).toThrow(/groups must be "all" or "layer"/);
  });

  it('makes every registered way of balancing that needs no options', () => {
    for (const name of Object.keys({ ...weightings, ...balancers })) {
      if (name === 'fixed') continue;
      const method = Object.values(methodsOf(`hard+${name}`, trunk))[0]!;
      expect(method.balancing!.info.name).toBe(name);
    }
  });

  it('refuses two ways of balancing and an option without value', () => {
    expect(() => methodsOf('hard+pcgrad+mgda', trunk)).toThrow(/more than one balancing method/);
    expect(() => methodsOf('mmoe:experts', trunk)).toThrow(/option "experts" of "mmoe" has no value/);
    expect(() => methodsOf(' , ', trunk)).toThrow(/names no method/);
  });

  it('linear methods need no trunk', () => {
    const { linearMtl } = methodsOf('linearMtl', mlp([4]));
    expect(linearMtl!.architecture.options).toMatchObject({ kind: 'meanRegularized', lambda: null });
    const name = 'linearMtl:kind=clustered,groups=2,lambda=0.5';
    expect(methodsOf(name, mlp([4]))[name]!.architecture.options).toMatchObject({ kind: 'clustered', groups: 2, lambda: 0.5 });
  });
});
