import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { canBuildGraphs, GraphBuilder } from '../../src/backend/graph';

describe('a graph', () => {
  beforeAll(async () => {
    await loadBackend();
  });

  it('keeps no memory of JavaScript in its variables', ({ skip }) => {
    if (!canBuildGraphs()) skip();
    // TensorFlow shares the memory of arrays that begin at a multiple of 64 bytes: one of these 16 does.
    const memory = new Float32Array(32);
    const shared: number[] = [];
    for (let offset = 0; offset < 16; offset++) {
      const values = memory.subarray(offset, offset + 8).fill(1);
      const builder = new GraphBuilder();
      const variable = builder.variable([8]);
      const value = builder.placeholder('float32', [8]);
      const assigned = builder.assign(variable, value);
      const first = builder.read(variable, [assigned]);
      const later = builder.read(variable);
      const graph = builder.build();
      const input = tf.tensor(values, [8]);
      tf.dispose(graph.run([[value, input]], [first]));
      values.fill(2);
      const [read] = graph.run([], [later]);
      if (read!.dataSync()[0] !== 1) shared.push(offset);
      tf.dispose([input, read!]);
      graph.dispose();
    }
    expect(shared).toEqual([]);
  });
});
