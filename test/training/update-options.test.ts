import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { canBuildGraphs } from '../../src/backend/graph';
import { balancers, dwa, excessmtl, famo, graddrop, gradnorm, mgda, nashmtl, pcgrad, upgrad } from '../../src/balancing';
import type { Context, GramianBalancer } from '../../src/balancing/balancing';
import { combineRows } from '../../src/balancing/solvers/linear-algebra';
import { mlp } from '../../src/models/encoders/mlp';
import type { Balancing, Method, UpdateOptions } from '../../src/models/method';
import { crossStitch } from '../../src/models/sharing/cross-stitch';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { random } from '../../src/random/random';
import type { Task } from '../../src/tasks/task';
import { initialValues } from '../../src/training/initial-values';
import { sgd } from '../../src/training/optimizer';
import type { ResidentData } from '../../src/training/prepare';
import { trainStack } from '../../src/training/stack/train-stack';
import { layersOf } from '../../src/training/steps/layers';

/*
 * One plain step of rate 1 moves the parameters by minus their gradients. These are compared with the pure methods on a Jacobian by central
 * differences in float64 of the network written out by hand.
 */

const ROWS = 12;
const NAMES = ['a', 'b', 'c'];
const draws = random(5, 'update options test');
const numbers = (length: number): Float32Array => Float32Array.from({ length }, () => draws.normal());
const inputs = numbers((ROWS + 1) * 3).fill(0, ROWS * 3);
const labels = numbers((ROWS + 1) * 3).fill(0, ROWS * 3);
const tasks = NAMES.map((name): Task => ({ name, kind: 'regression', column: name, classes: [], outputs: 1 }));
const allRows = Array.from({ length: ROWS }, (_, i) => i);
const deep = mlp([4, 3], { activation: 'tanh' });
const shallow = mlp([4], { activation: 'tanh' });

function residentOf(absent: number | undefined): ResidentData {
  const mask = Float32Array.from({ length: (ROWS + 1) * 3 }, (_, i) => (i < ROWS * 3 && i % 3 !== absent ? 1 : 0));
  return {
    resident: {
      inputs: tf.tensor2d(inputs, [ROWS + 1, 3]),
      labels: tf.tensor2d(
        labels.map((value, i) => value * mask[i]!),
        [ROWS + 1, 3],
      ),
      mask: tf.tensor2d(mask, [ROWS + 1, 3]),
    },
    hasLabel: Uint8Array.from(mask),
    padding: ROWS,
    offsets: [0],
    dispose() {},
  };
}

interface Training {
  readonly seeds?: readonly number[];
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly rate?: number;
  readonly mode?: 'auto' | 'eager';
  readonly absent?: number;
}

async function trained(method: Method, { seeds = [4], epochs = 1, batchSize = ROWS, rate = 1, mode = 'auto', absent }: Training) {
  const network = method.architecture.build({ input: { shape: [3] }, tasks });
  const data = residentOf(absent);
  const members = seeds.map((seed) => ({
    label: 'test',
    seed,
    train: Int32Array.from(allRows),
    validation: new Int32Array(0),
    predict: new Int32Array(0),
    columns: [0, 1, 2],
    initial: initialValues(network, seed),
    learningRate: rate,
  }));
  const before = tf.memory().numTensors;
  const result = await trainStack(method, network, tasks, [3], members, data, { epochs, batchSize, optimizer: sgd(), mode });
  expect(tf.memory().numTensors).toBe(before);
  expect(result.mode).toBe(mode === 'auto' && canBuildGraphs() ? 'graph' : 'eager');
  tf.dispose(Object.values(data.resident));
  return { network, members, result };
}

/** The gradient that a step followed, one array a parameter. */
async function followed(method: Method, training: Training = {}): Promise<number[][]> {
  const { members, result } = await trained(method, training);
  return members[0]!.initial.map((start, i) => Array.from(start, (value, k) => value - result.members[0]!.parameters[i]![k]!));
}

/** Loss of every task on some rows, for parameters in the order of the network: dense layers with tanh, one linear output a task. */
function lossesOf(values: readonly (readonly number[])[], rows: readonly number[]): number[] {
  const sums = [0, 0, 0];
  for (const row of rows) {
    let x = Array.from(inputs.subarray(row * 3, row * 3 + 3));
    for (let layer = 0; layer < values.length / 2; layer++) {
      const [weights, bias] = [values[2 * layer]!, values[2 * layer + 1]!];
      const z = bias.map((b, o) => x.reduce((sum, value, i) => sum + value * weights[i * bias.length + o]!, b));
      x = layer === values.length / 2 - 1 ? z : z.map(Math.tanh);
    }
    for (let t = 0; t < 3; t++) sums[t]! += (x[t]! - labels[row * 3 + t]!) ** 2 / rows.length;
  }
  return sums;
}

/** `[parameters][tasks][entries]` gradients at the start. */
function jacobianAt(values: readonly (readonly number[])[], rows: readonly number[] = allRows): number[][][] {
  const h = 1e-5;
  return values.map((own, p) => {
    const columns = own.map((value, k) => {
      const at = (moved: number): number[] =>
        lossesOf(
          values.map((other, q) => (q === p ? other.map((v, j) => (j === k ? moved : v)) : other)),
          rows,
        );
      const [up, down] = [at(value + h), at(value - h)];
      return up.map((loss, t) => (loss - down[t]!) / (2 * h));
    });
    return [0, 1, 2].map((t) => columns.map((column) => column[t]!));
  });
}

const startOf = (method: Method): number[][] =>
  initialValues(method.architecture.build({ input: { shape: [3] }, tasks }), 4).map((values) => Array.from(values));

/** The rows of a step's two further batches. */
function furtherRows(): [number[], number[]] {
  const stream = random(4, 'others/0');
  return [0, 1].map(() => allRows.map(() => stream.below(ROWS))) as [number[], number[]];
}

/** The shared parameters, in groups, that a method takes together. */
const groupsOf = (count: number, groups: 'all' | 'layer'): number[][] =>
  groups === 'all' ? [Array.from({ length: count }, (_, i) => i)] : Array.from({ length: count / 2 }, (_, l) => [2 * l, 2 * l + 1]);

/** The gradient that a step is to follow: of the shared parameters by the pure method, of the heads by hand. */
function expected(make: () => GramianBalancer, method: Method, absent?: number): number[][] {
  const { scale, heads, groups } = method.update;
  const start = startOf(method);
  const jacobian = jacobianAt(start);
  const [left, right] = furtherRows().map((rows) => jacobianAt(start, rows)) as [number[][][], number[][][]];
  const losses = lossesOf(start, allRows);
  const present = [0, 1, 2].map((t) => t !== absent);
  const count = present.filter(Boolean).length;
  const shared = start.length - 2;
  const seeds = random(4, 'balancing');
  const gradients: number[][] = [];
  let weights: number[] = [];
  for (const group of groupsOf(shared, groups)) {
    const rowsOf = (all: readonly number[][][]): number[][] => [0, 1, 2].map((t) => group.flatMap((p) => all[p]![t]!));
    const own = rowsOf(jacobian).map((row, t) => (present[t] ? row : row.map(() => 0)));
    const context: Context = { losses, present, seed: seeds.uint32() };
    const [l, r] = [rowsOf(left), rowsOf(right)];
    const crossGramian = l.map((a) => r.map((b) => a.reduce((sum, value, i) => sum + value * b[i]!, 0)));
    weights = make().weights(own, { ...context, crossGramian });
    const update = combineRows(own, weights);
    let from = 0;
    for (const p of group) {
      gradients[p] = update.slice(from, from + start[p]!.length);
      from += start[p]!.length;
    }
  }
  const factor = scale === 'sum' ? count : scale === 'matchMean' ? meanLength() / lengthOf(gradients) : 1;
  const headWeights = heads === 'plain' ? [1, 1, 1] : weights;
  return start.map((own, p) => {
    if (p < shared) return gradients[p]!.map((value) => value * factor);
    return own.map((_, k) => (present[k % 3] ? headWeights[k % 3]! * jacobian[p]![k % 3]![k]! : 0));
  });

  function meanLength(): number {
    return lengthOf(
      jacobian
        .slice(0, shared)
        .map((rows) => rows[0]!.map((_, k) => rows.reduce((sum, row, t) => sum + (present[t] ? row[k]! : 0), 0) / count)),
    );
  }
}

const lengthOf = (vectors: readonly (readonly number[])[]): number => Math.hypot(...vectors.flat());

/** The largest difference, relative to the largest entry. */
function apart(found: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): number {
  const [a, b] = [found.flat(), wanted.flat()];
  expect(a.length).toBe(b.length);
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!))) / Math.max(...b.map(Math.abs));
}

/**
 * Differences in float64 err by 1e-9, gradients in float32 by 1e-6; the methods solve systems with the Gramian of three gradients, whose
 * condition magnifies that a hundredfold. Other groups, heads or lengths make more than 5e-3 of a difference, as is checked.
 */
const NEAR = 5e-4;

const gramian = Object.entries(balancers).flatMap(([name, make]): [string, () => GramianBalancer][] =>
  make().needs === 'gramian' ? [[name, make as () => GramianBalancer]] : [],
);

describe('one step follows the closed form', () => {
  beforeAll(async () => {
    await loadBackend();
  });

  it.each(gramian)('%s: as it is, and a layer at a time', async (_, make) => {
    for (const options of [{}, { groups: 'layer' }] as UpdateOptions[]) {
      const method = hardSharing(deep).with(make(), { heads: 'plain', ...options });
      const wanted = expected(make, method);
      for (const mode of ['auto', 'eager'] as const) expect(apart(await followed(method, { mode }), wanted)).toBeLessThan(NEAR);
    }
  });

  it.each(gramian)('%s: with a single layer, a layer at a time is all at once', async (_, make) => {
    const [all, layer] = (['all', 'layer'] as const).map((groups) => hardSharing(shallow).with(make(), { heads: 'plain', groups }));
    const training = { epochs: 3, batchSize: 5, rate: 0.02, seeds: [4, 5] };
    const [a, b] = [await trained(all!, training), await trained(layer!, training)];
    // Methods with further batches compute the gradient in another order, which is rounding over nine steps.
    const values = ({ result }: typeof a): number[][] =>
      result.members.flatMap(({ parameters }) => parameters.map((own) => Array.from(own)));
    expect(apart(values(b), values(a))).toBeLessThan(1e-5);
  });

  it.each(gramian)('%s: weighted heads are the plain ones times the weights', async (_, make) => {
    const method = hardSharing(deep).with(make(), { heads: 'weighted' });
    // Shortening is of the shared parameters alone.
    const wanted = expected(make, method);
    const longer = make().info.name === 'nashmtl' ? expected(() => nashmtl({ maxNorm: null }), method) : wanted;
    // IMTL's scales of the heads are 1 at the first step.
    const heads = make().weighsHeads ? expected(make, hardSharing(deep).with(make(), { heads: 'plain' })) : longer;
    for (const mode of ['auto', 'eager'] as const) {
      const found = await followed(method, { mode });
      expect(apart(found.slice(0, -2), wanted.slice(0, -2))).toBeLessThan(NEAR);
      expect(apart(found.slice(-2), heads.slice(-2))).toBeLessThan(NEAR);
    }
  });

  it.each(['native', 'matchMean', 'sum'] as const)('scale %s, with all heads, all groups, and a task that is absent', async (scale) => {
    for (const make of [upgrad, () => pcgrad({ order: 'index' }), balancers.cagrad]) {
      for (const absent of [undefined, 1]) {
        for (const options of [{ heads: 'weighted' }, { heads: 'plain' }, { groups: 'layer' }] as UpdateOptions[]) {
          const method = hardSharing(deep).with(make(), { scale, ...options });
          const wanted = expected(make, method, absent);
          const training = absent === undefined ? {} : { absent };
          for (const mode of ['auto', 'eager'] as const)
            expect(apart(await followed(method, { mode, ...training }), wanted)).toBeLessThan(NEAR);
        }
      }
    }
  });

  it('at the representation, heads and the sum are the same: fixed weights need no gradients', async () => {
    for (const scale of ['native', 'sum'] as const) {
      for (const heads of ['plain', 'weighted'] as const) {
        const upper = hardSharing(deep).with(balancers.mean(), { scale, heads, gradients: 'representation' });
        const wanted = expected(balancers.mean, upper);
        for (const mode of ['auto', 'eager'] as const) expect(apart(await followed(upper, { mode }), wanted)).toBeLessThan(NEAR);
      }
    }
  });

  it('coordinate-wise methods: heads by the weights, the shared update times the tasks', async () => {
    const jacobian = jacobianAt(startOf(hardSharing(deep)));
    for (const mode of ['auto', 'eager'] as const) {
      const plain = await followed(hardSharing(deep).with(excessmtl(), { heads: 'plain' }), { mode });
      const weighted = await followed(hardSharing(deep).with(excessmtl()), { mode });
      expect(apart(plain.slice(0, -2), weighted.slice(0, -2))).toBeLessThan(1e-6);
      // The first step's weights are 1 / T.
      expect(
        apart(
          weighted.slice(-2),
          plain.slice(-2).map((own) => own.map((value) => value / 3)),
        ),
      ).toBeLessThan(1e-5);
      expect(plain.at(-1)).toHaveLength(3);
      expect(apart(plain.slice(-1), [[0, 1, 2].map((t) => jacobian.at(-1)![t]![t]!)])).toBeLessThan(NEAR);
      const [one, three] = [
        await followed(hardSharing(deep).with(graddrop()), { mode }),
        await followed(hardSharing(deep).with(graddrop(), { scale: 'sum' }), { mode }),
      ];
      expect(
        apart(
          three.slice(0, -2),
          one.slice(0, -2).map((own) => own.map((value) => 3 * value)),
        ),
      ).toBeLessThan(1e-5);
      expect(apart(three.slice(-2), one.slice(-2))).toBeLessThan(1e-6);
    }
  });

  it('the forms differ, so that none of this is by chance', () => {
    const of = (make: () => GramianBalancer, options: UpdateOptions): number[][] => expected(make, hardSharing(deep).with(make(), options));
    const index = (): GramianBalancer => pcgrad({ order: 'index' });
    for (const make of [index, upgrad, mgda, balancers.cagrad, balancers.gradvac])
      expect(apart(of(make, { groups: 'layer' }), of(make, { heads: 'plain' }))).toBeGreaterThan(10 * NEAR);
    for (const make of [mgda, nashmtl, upgrad])
      expect(apart(of(make, { heads: 'weighted' }), of(make, { heads: 'plain' }))).toBeGreaterThan(10 * NEAR);
  });
});

describe('by layer', () => {
  beforeAll(async () => {
    await loadBackend();
  });

  it.each(['gradvac', 'nashmtl', 'modo', 'crmogm', 'pcgrad'] as const)('%s: alone as in a stack, with its state', async (name) => {
    for (const architecture of [hardSharing(deep), crossStitch(shallow)]) {
      const method = architecture.with(balancers[name](), { groups: 'layer' });
      for (const mode of ['auto', 'eager'] as const) {
        const training = { epochs: 3, batchSize: 5, rate: 0.02, mode };
        const together = (await trained(method, { ...training, seeds: [4, 5, 6] })).result.members;
        for (const [i, seed] of [4, 5, 6].entries()) {
          const alone = (await trained(method, { ...training, seeds: [seed] })).result.members[0]!;
          expect(together[i]!.parameters).toEqual(alone.parameters);
          expect(together[i]!.balancingState).toEqual(alone.balancingState);
          expect(together[i]!.weights).toEqual(alone.weights);
        }
      }
    }
  });

  it('keeps a state of each layer', async () => {
    const { result } = await trained(hardSharing(deep).with(balancers.gradvac(), { groups: 'layer' }), { epochs: 2, rate: 0.02 });
    const { layers } = result.members[0]!.balancingState as { layers: { targets: number[] }[] };
    expect(layers).toHaveLength(2);
    expect(layers[0]!.targets).not.toEqual(layers[1]!.targets);
    const { gradients } = result.members[0]!;
    expect(gradients[0]!.gramian).toHaveLength(3);
  });
});

test('a layer has the parameters of one name', () => {
  const layers = (...names: string[]): number[] => layersOf(names.map((name) => ({ name })));
  expect(layers('trunk/0/weights', 'trunk/0/bias', 'trunk/1/weights', 'trunk/1/bias')).toEqual([0, 0, 1, 1]);
  expect(layers('stitch/0', 'stitch/1', 'bias')).toEqual([0, 1, 2]);
  expect(layers('fusion/0', 'fusion/0/gain', 'fusion/0/bias', 'fusion/1')).toEqual([0, 0, 0, 1]);
});

describe('what cannot be is refused with its reason', () => {
  const hard = hardSharing(shallow);
  it.each<[Balancing, object, RegExp]>([
    [
      graddrop(),
      { heads: 'weighted' },
      /with\(graddrop\(\)\): heads "weighted" cannot be: .*gives the tasks no weights; use heads: "plain"/,
    ],
    [balancers.moco(), { heads: 'weighted' }, /moco.*no weights/],
    [dwa(), { heads: 'plain' }, /with\(dwa\(\)\): heads "plain" cannot be: a weighting weighs the losses/],
    [famo(), { groups: 'layer' }, /with\(famo\(\)\): groups "layer" cannot be: a weighting/],
    [gradnorm(), { groups: 'layer' }, /gradnorm.*a weighting/],
    ...(['graddrop', 'excessmtl', 'dbmtl', 'moco'] as const).map((name): [Balancing, object, RegExp] => [
      balancers[name](),
      { groups: 'layer' },
      new RegExp(`with\\(${name}\\(\\)\\): groups "layer" cannot be: the method works on single coordinates`),
    ]),
    [mgda(), { groups: 'layer', gradients: 'representation' }, /one representation, which has no layers/],
    [mgda(), { groups: 'layer', heads: 'weighted' }, /a weight in every layer and none for its head/],
    [mgda(), { scale: 'Sum' }, /scale must be "native" or "matchMean" or "sum", got "Sum" \(did you mean "sum"\?\)/],
    [mgda(), { heads: 'both' }, /heads must be "weighted" or "plain", got "both"/],
    [mgda(), { groups: 'layers' }, /groups must be "all" or "layer", got "layers" \(did you mean "layer"\?\)/],
    [mgda(), { group: 'layer' }, /unknown option "group" \(did you mean "groups"\?\)/],
  ])('%#', (balancing, options, message) => {
    expect(() => hard.with(balancing, options)).toThrow(message);
  });

  it('the default of heads is that of the published code', () => {
    const heads = Object.fromEntries(Object.entries(balancers).map(([name, make]) => [name, hard.with(make()).update.heads]));
    expect(
      Object.keys(heads)
        .filter((name) => heads[name] === 'weighted')
        .sort(),
    ).toEqual(['dbmtl', 'excessmtl', 'imtl', 'mgda', 'nashmtl']);
    expect(hard.with(dwa()).update.heads).toBe('weighted');
    expect(hard.with(mgda(), { groups: 'layer' }).update.heads).toBe('plain');
  });
});
