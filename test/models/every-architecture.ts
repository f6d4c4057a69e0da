import { mlp } from '../../src/models/encoders/mlp';
import type { Method } from '../../src/models/method';
import { architectures } from '../../src/models/registry';

/** An architecture, small, of three tasks `a`, `b` and `c`. */
export interface ArchitectureExample {
  /** The registered name, and what is special. */
  readonly name: string;
  readonly method: Method;
  /** One of two classes, one of three and a number, or two classes each. */
  readonly tasks: 'mixed' | 'alike';
  /** Of the values at which gradients are compared: away from the kinks of rectifiers and bounds. */
  readonly seed: number;
}

// Smooth, so that differences of losses see no kink.
const trunk = mlp([5, 4], { activation: 'tanh' });
const small = mlp([3], { activation: 'tanh' });

const of = (name: string, method: Method, { tasks = 'mixed', seed = 0 }: Partial<ArchitectureExample> = {}): ArchitectureExample => ({
  name,
  method,
  tasks,
  seed,
});
const a = architectures;

/** The names of the architectures that an algorithm of their own solves: they have no gradient steps. */
export const solvedArchitectures: readonly string[] = Object.values(a)
  .filter(({ info, fromOptions }) => info.encoder === undefined && fromOptions({}).architecture.solve)
  .map(({ info }) => info.name);

/**
 * Every architecture that is trained by gradients, and those of its options that compute something else: a new one needs its entry. Gradients,
 * stacks and training (`architectures.test.ts`) and the start (`test/training/start.test.ts`) are tested on each.
 */
export const architectureExamples: readonly ArchitectureExample[] = [
  of('hardSharing', a.hardSharing(trunk)),
  of('hardSharing tower', a.hardSharing(trunk, { tower: small })),
  of('softSharing', a.softSharing(trunk, { strength: 0.3 })),
  of('softSharing tower', a.softSharing(trunk, { strength: 0.3, tower: small })),
  of('softSharing trace', a.softSharing(trunk, { strength: 0.3, norm: 'trace', layers: [1] })),
  of('sharedOutput middle', a.sharedOutput(trunk, { middle: small }), { tasks: 'alike' }),
  of('sharedOutput embedding', a.sharedOutput(mlp([4], { activation: 'tanh' }), { embedding: 2 }), { tasks: 'alike', seed: 1 }),
  of('sharedDecision', a.sharedDecision(trunk), { tasks: 'alike' }),
  of('lowRankHeads', a.lowRankHeads(trunk, { rank: 2 })),
  of('lowRankHeads tower', a.lowRankHeads(trunk, { rank: 2, tower: small })),
  of('crossStitch', a.crossStitch(trunk)),
  of('crossStitch tower', a.crossStitch(trunk, { tower: small })),
  of('crossStitch channel', a.crossStitch(trunk, { units: 'channel' })),
  of('nddr', a.nddr(trunk, { norm: 'none', activation: 'linear' })),
  of('nddr relu', a.nddr(trunk, { norm: 'none' }), { seed: 4 }),
  of('nddr norm', a.nddr(trunk), { seed: 4 }),
  of('nddr tower', a.nddr(trunk, { tower: small, activation: 'linear' }), { seed: 1 }),
  of('mtan', a.mtan(trunk)),
  of('mtan tower', a.mtan(trunk, { tower: small })),
  of('mmoe', a.mmoe({ expert: trunk, experts: 3 })),
  of('mmoe stem tower', a.mmoe({ expert: small, experts: 2, stem: small, tower: small })),
  of('cgc', a.cgc({ expert: trunk, shared: 2, specific: 1 })),
  of('ple', a.ple({ expert: small, shared: 1, specific: 2, levels: 3, tower: small })),
  of('dselectk', a.dselectk({ expert: trunk, experts: 3, k: 2 })),
  of('dselectk static', a.dselectk({ expert: trunk, experts: 4, k: 2, selection: 'static' })),
  of('film', a.film(trunk)),
  of('film tower', a.film(trunk, { tower: small })),
  of('sluice tower', a.sluice(mlp([4, 4], { activation: 'tanh' }), { tower: small })),
  of('ltb tower', a.ltb(trunk, { tower: small, choice: 'soft', warmup: 0 })),
  of('planned tower', a.planned({ layers: ['shared', [['a', 'b'], ['c']]] }, trunk, { tower: small })),
  of('sluice', a.sluice(mlp([4, 4], { activation: 'tanh' }), { orthogonality: 0.1 })),
  of('sluice outputs', a.sluice(mlp([4, 4], { activation: 'tanh' }), { orthogonality: 0.1, products: 'outputs' })),
  of('sluice uneven', a.sluice(mlp([6, 4], { activation: 'tanh' }))),
  of('sluice one layer', a.sluice(mlp([4], { activation: 'tanh' }))),
  of('planned tree', a.planned({ layers: ['shared', [['a', 'b'], ['c']]] }, trunk)),
  of('dselectk two', a.dselectk({ expert: small, experts: 2, k: 1 })),
  of('ltb', a.ltb(trunk, { choice: 'soft', warmup: 0 })),
  of(
    'planned',
    a.planned(
      {
        layers: [
          [['a', 'b'], ['c']],
          [['b'], ['a', 'c']],
        ],
      },
      trunk,
    ),
  ),
  of('aitm', a.aitm({ tower: trunk }), { tasks: 'alike', seed: 5 }),
  of('aitm shared', a.aitm({ tower: trunk, attention: 'shared' }), { tasks: 'alike', seed: 1 }),
  of('esmm', a.esmm({ tower: small, stem: small }), { tasks: 'alike' }),
  of('film embedding', a.film(trunk, { embedding: 2 })),
  of('singleTask network', a.singleTask(trunk)),
  of('singleTask tower', a.singleTask(trunk, { tower: small })),
  of('grouped tower', a.grouped({ groups: [] }, trunk, { tower: small })),
  of('grouped network', a.grouped({ groups: [] }, trunk)),
];
