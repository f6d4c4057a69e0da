import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pcgrad } from '../../src/balancing/aggregators/pcgrad';
import { uncertainty } from '../../src/balancing/weightings/uncertainty';
import { encoder } from '../../src/models/encoder';
import { mlp } from '../../src/models/encoders/mlp';
import { sequential } from '../../src/models/encoders/sequential';
import type { Method } from '../../src/models/method';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { compare } from '../../src/study/compare';
import type { ComparisonData } from '../../src/study/comparison-data';
import { adam, type Optimizer } from '../../src/training/optimizer';
import { tinyData } from './support/tiny-study';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'taskloom-own-code-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

type Version = { readonly version?: string | number };

/** Scales its inputs by what it closes over: the text of the functions is the same for every factor. */
const scaling = (factor: number, version: Version = {}) =>
  encoder('scaling', {
    ...version,
    init: ({ shape }) => ({ parameters: { gain: { shape, initial: () => new Float32Array(shape[0]!).fill(1) } }, outputShape: shape }),
    apply: ({ gain }, x) => tf.mul(tf.mul(x, factor), tf.expandDims(gain!, 1)),
  });
const byHand = (factor: number, version: Version = {}) => ({ ...mlp([3]), ...version, build: scaling(factor).build });
const weighting = (factor: number, version: Version = {}) => {
  const base = uncertainty();
  return {
    ...base,
    ...version,
    step(input: Parameters<typeof base.step>[0], state: Parameters<typeof base.step>[1]) {
      const { weights, state: next } = base.step(input, state);
      return { weights: weights.map((w) => w * factor), state: next };
    },
  };
};
const architecture = (factor: number, version: Version = {}): Method => {
  const trunk = sequential(scaling(factor, version), mlp([3]));
  const method = hardSharing(trunk);
  return { ...method, architecture: { ...method.architecture, ...version } };
};
const optimizer = (factor: number, version: Version = {}): Optimizer => {
  const base = adam();
  return {
    ...base,
    ...version,
    fused: undefined as never,
    scalars: (t, rate) => ({ ...base.scalars(t, rate), rate: factor * base.scalars(t, rate).rate }),
  };
};

const kinds: readonly (readonly [string, (factor: number, version?: Version) => { method: Method; optimizer?: Optimizer }])[] = [
  ['encoder', (factor, version) => ({ method: hardSharing(scaling(factor, version)) })],
  ['encoder within an encoder', (factor, version) => ({ method: hardSharing(sequential(scaling(factor, version), mlp([3]))) })],
  ["encoder by hand under a registered encoder's name", (factor, version) => ({ method: hardSharing(byHand(factor, version)) })],
  ['weighting', (factor, version) => ({ method: hardSharing(mlp([3])).with(weighting(factor, version)) })],
  ['architecture', (factor, version) => ({ method: architecture(factor, version) })],
  ['optimizer', (factor, version) => ({ method: hardSharing(mlp([3])), optimizer: optimizer(factor, version) })],
];

/** A call of `compare` beside what earlier calls kept. */
async function study(made: { method: Method; optimizer?: Optimizer }, keep = true): Promise<ComparisonData> {
  const options = { methods: { own: made.method }, seeds: 2, epochs: 2, batchSize: 16, learningRate: 0.01 };
  return (await compare(tinyData(), { ...options, ...(made.optimizer && { optimizer: made.optimizer }), ...(keep && { directory }) })).data;
}
const losses = (data: ComparisonData): unknown => data.runs.map(({ trainLosses, metrics }) => [trainLosses, metrics]);
const kept = (): number => readdirSync(join(directory, 'runs')).length;

describe.each(kinds)('own code: %s', (_, make) => {
  it('without a version is trained anew, and one line says so', async () => {
    const first = await study(make(1));
    expect(kept()).toBe(0);
    const notes = first.notes.filter((note) => note.includes('not kept and not reused'));
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^runs of own are not kept.* your own code without a version; give it one, for instance version: "1"/);
    const changed = await study(make(3));
    expect(losses(changed)).toEqual(losses(await study(make(3), false)));
    expect(losses(changed)).not.toEqual(losses(first));
  });

  it('with a version is reused for that version only', async () => {
    const first = await study(make(1, { version: '1' }));
    expect(first.notes.join()).not.toContain('not kept');
    expect(kept()).toBe(2);
    expect(losses(await study(make(1, { version: '1' })))).toEqual(losses(first));
    expect(kept()).toBe(2);
    expect(losses(await study(make(3, { version: 2 })))).toEqual(losses(await study(make(3), false)));
    expect(kept()).toBe(4);
  });
});

describe("this package's own code", () => {
  it('is kept, with every way of wrapping it', async () => {
    const trunk = sequential(mlp([4]), mlp([3]));
    await study({ method: hardSharing(trunk).with(pcgrad(), { scale: 'matchMean' }), optimizer: adam({ beta1: 0.8 }) });
    expect(kept()).toBe(2);
  });

  it('cannot be replaced in place', () => {
    expect(() => Object.assign(pcgrad(), { rule: undefined })).toThrow(TypeError);
    expect(() => Object.assign(mlp([3]), { build: () => [] })).toThrow(TypeError);
  });
});

it('a version is a text or a number', () => {
  expect(() => scaling(1, { version: '' })).toThrow(/encoder\("scaling"\): version must be a non-empty text or a number.*got ""/);
  expect(() => scaling(1, { version: {} as never })).toThrow(TypeError);
});
