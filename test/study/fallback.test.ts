import fs, { readdirSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { taskAffinity } from '../../src/grouping/task-affinity';
import { encoder } from '../../src/models/encoder';
import { mlp } from '../../src/models/encoders/mlp';
import { hardSharing } from '../../src/models/sharing/hard-sharing';
import { singleTask } from '../../src/models/sharing/single-task';
import { compare } from '../../src/study/compare';
import { studyOptions, tinyData } from './support/tiny-study';

/*
 * A run's key stands for the numbers of its graph. Where a graph cannot be loaded at the moment (no place for its file), steps run op by op, whose
 * last bits may differ: what comes of it is a result, but not kept under that key.
 */

const { mkdtempSync } = fs;
/** Whether no temporary folder can be made. */
function full(yes: boolean): void {
  fs.mkdtempSync = yes
    ? ((() => {
        throw new Error('ENOSPC: no space left on device');
      }) as typeof mkdtempSync)
    : mkdtempSync;
  syncBuiltinESMExports();
}

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'taskloom-fallback-'));
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  full(false);
  vi.restoreAllMocks();
  rmSync(directory, { recursive: true, force: true });
});

const numbersOf = ({ data }: Awaited<ReturnType<typeof compare>>): unknown => data.runs.map(({ seconds: _, ...rest }) => rest);

describe.skipIf(process.env.TASKLOOM_BACKEND === 'portable')('a graph that cannot be loaded at the moment', () => {
  it('leaves results that are not kept, so that a later call has the numbers of the graph', async () => {
    const whole = await compare(tinyData(), studyOptions());
    full(true);
    const without = await compare(tinyData(), { ...studyOptions(), directory });
    expect(without.data.runs).toHaveLength(whole.data.runs.length);
    expect(without.data.notes.join('\n')).toMatch(
      /runs of single, hard are not kept: they were computed op by op, .*\(no temporary folder can be made .*\)/,
    );
    expect(readdirSync(join(directory, 'runs'))).toEqual([]);
    full(false);
    const again = await compare(tinyData(), { ...studyOptions(), directory });
    expect(numbersOf(again)).toEqual(numbersOf(whole));
    expect(again.data.notes.join('\n')).not.toMatch(/op by op/);
    expect(readdirSync(join(directory, 'runs'))).toHaveLength(6);
    // What is kept stands for the graph, whatever the call that reads it could do.
    full(true);
    expect(numbersOf(await compare(tinyData(), { ...studyOptions(), directory }))).toEqual(numbersOf(whole));
  });

  it('leaves an affinity that is not kept', async () => {
    const options = { trunk: mlp([4]), seeds: 2, epochs: 2, batchSize: 16, checkpoints: 2, directory };
    full(true);
    const { notes } = await taskAffinity(tinyData(), options);
    expect(notes.at(-1)).toMatch(/the affinity is not kept: its networks were computed op by op, .*\(no temporary folder can be made .*\)/);
    expect(readdirSync(join(directory, 'affinities'))).toEqual([]);
  });
});

describe.skipIf(process.env.TASKLOOM_BACKEND === 'portable')('a step that cannot be recorded', () => {
  it('runs op by op in every call, so that its runs are kept', async () => {
    const shy = encoder('shy', {
      version: 1,
      init: ({ shape }) => ({ parameters: { gain: { shape, initial: () => new Float32Array(shape[0]!).fill(1) } }, outputShape: shape }),
      apply: ({ gain }, x) => {
        // A recording hides this method of the backend behind one of its own.
        if (Object.hasOwn(tf.backend(), 'executeMultipleOutputs')) throw new Error('not while recorded');
        return tf.mul(x, tf.expandDims(gain!, 1));
      },
    });
    const options = { ...studyOptions(), methods: { single: singleTask(shy), hard: hardSharing(shy) }, directory };
    const first = await compare(tinyData(), options);
    expect(vi.mocked(process.stderr.write).mock.calls.join()).toMatch(/computing op by op .* not while recorded/);
    expect(readdirSync(join(directory, 'runs'))).toHaveLength(6);
    expect(first.data.notes.join('\n')).not.toMatch(/not kept/);
  });
});
