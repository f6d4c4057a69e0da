import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '../../src/backend/backend';
import { canBuildGraphs, GraphBuilder, type Recording, record, withWholePackets } from '../../src/backend/graph';
import { threadsPerOp } from '../../src/backend/native-settings';
import { random } from '../../src/random/random';
import { roundingOf } from '../models/support';

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

  it('is loaded where TMPDIR cannot be used', ({ skip }) => {
    if (!canBuildGraphs() || process.platform === 'win32') skip();
    const before = process.env.TMPDIR;
    process.env.TMPDIR = '/nowhere/at/all';
    try {
      const builder = new GraphBuilder();
      const value = builder.placeholder('float32', [1]);
      builder.op('Neg', [value], { T: { type: 'float32' } });
      builder.build().dispose();
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });

  const factors: Record<string, [left: number[], right: number[], transposeLeft: boolean, transposeRight: boolean]> = {
    'many rows': [[1, 500, 200], [1, 200, 130], false, false],
    'many columns': [[1, 50, 300], [1, 300, 900], false, false],
    'second transposed': [[1, 301, 200], [1, 250, 200], false, true],
    'first transposed': [[1, 301, 200], [1, 301, 250], true, false],
    'both transposed': [[1, 200, 301], [1, 250, 200], true, true],
    'several models': [[3, 8, 9], [3, 9, 7], false, false],
    'one for several': [[2, 1, 8, 9], [2, 3, 9, 7], false, false],
    'of lower rank': [[4, 1, 8, 9], [9, 7], false, false],
  };
  it.for(Object.keys(factors))('multiplies matrices, whole or in parts: %s', (name, { skip }) => {
    if (!canBuildGraphs()) skip();
    const [leftShape, rightShape, transposeLeft, transposeRight] = factors[name]!;
    const draws = random(1, name);
    const [left, right] = [leftShape, rightShape].map((shape) =>
      tf.tensor(
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => draws.normal()),
        shape as [number, number, number],
      ),
    ) as [tf.Tensor3D, tf.Tensor3D];
    const expected = product(left, right, transposeLeft, transposeRight);
    const recording = record((a, b) => [tf.matMul(a as tf.Tensor3D, b as tf.Tensor3D, transposeLeft, transposeRight)], [left, right]);
    const products = recording.ops.filter(({ op }) => op === 'BatchMatMulV2').length;
    if (leftShape[0]! > 1 || threadsPerOp() > 1) expect(products).toBe(1);
    else expect(products % 2).toBe(0);
    const [found] = runRecorded(recording, [left, right]);
    const sizes = product(tf.abs(left), tf.abs(right), transposeLeft, transposeRight);
    // The expected numbers are rounded to float32, too.
    const bound = roundingOf(leftShape.at(transposeLeft ? -2 : -1)! + 1);
    expect(found!.shape).toEqual(expected.shape);
    expect(tf.tidy(() => tf.max(tf.div(tf.abs(tf.sub(found!, expected)), sizes)).dataSync()[0])).toBeLessThan(bound);
    tf.dispose([left, right, expected, sizes, found!]);
  });

  const functions = {
    exp: tf.exp,
    log: tf.log,
    sigmoid: tf.sigmoid,
    softplus: tf.softplus,
    rsqrt: tf.rsqrt,
    elu: tf.elu,
    softmax: tf.softmax,
  };
  it.for(Object.keys(functions))(
    'gives a number the same value wherever it lies in a tensor, recorded and op by op: %s',
    (name, { skip }) => {
      if (!canBuildGraphs()) skip();
      const of = functions[name as keyof typeof functions] as (x: tf.Tensor) => tf.Tensor;
      const draws = random(2, name);
      for (const [rows, columns] of [
        [1, 3],
        [7, 5],
        [50, 7],
        [11, 16],
      ] as const) {
        const whole = tf.tensor(
          Float32Array.from({ length: 9 * rows * columns }, () => 0.01 + Math.abs(draws.normal())),
          [9, rows, columns],
        );
        const first = tf.slice(whole, [0, 0, 0], [1, rows, columns]);
        const [ofWhole] = runRecorded(
          record((x) => [of(x)], [whole]),
          [whole],
        );
        const [ofFirst] = runRecorded(
          record((x) => [of(x)], [first]),
          [first],
        );
        const [eager, eagerWhole] = [first, whole].map((x) => withWholePackets(() => of(x))) as [tf.Tensor, tf.Tensor];
        const start = (t: tf.Tensor): number[] => [...t.dataSync().subarray(0, rows * columns)];
        expect(start(ofFirst!)).toEqual(start(ofWhole!));
        expect(start(eager)).toEqual(start(eagerWhole));
        tf.dispose([whole, first, ofWhole!, ofFirst!, eager, eagerWhole]);
      }
    },
  );
});

/** Runs a recording as a graph of its own. */
function runRecorded(recording: Recording, inputs: readonly tf.Tensor[]): tf.Tensor[] {
  const builder = new GraphBuilder();
  const refs = inputs.map((t) => builder.placeholder('float32', t.shape));
  const outputs = builder.place(recording, refs);
  const graph = builder.build();
  const found = graph.run(
    inputs.map((t, i) => [refs[i]!, t] as const),
    outputs,
  );
  graph.dispose();
  return found;
}

/** A product in float64. */
function product(left: tf.Tensor, right: tf.Tensor, transposeLeft: boolean, transposeRight: boolean): tf.Tensor {
  const models = tf.broadcast_util.assertAndGetBroadcastShape(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const flat = (t: tf.Tensor): { data: ArrayLike<number>; rows: number; columns: number } => {
    const [rows, columns] = t.shape.slice(-2) as [number, number];
    return { data: tf.tidy(() => tf.broadcastTo(t, [...models, rows, columns]).dataSync()), rows, columns };
  };
  const [a, b] = [flat(left), flat(right)];
  const [rows, terms] = transposeLeft ? [a.columns, a.rows] : [a.rows, a.columns];
  const columns = transposeRight ? b.rows : b.columns;
  const count = models.reduce((x, y) => x * y, 1);
  const values = new Float64Array(count * rows * columns);
  for (let m = 0; m < count; m++)
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        let sum = 0;
        for (let k = 0; k < terms; k++) {
          const x = a.data[m * rows * terms + (transposeLeft ? k * rows + i : i * terms + k)]!;
          sum += x * b.data[m * terms * columns + (transposeRight ? j * terms + k : k * columns + j)]!;
        }
        values[(m * rows + i) * columns + j] = sum;
      }
  return tf.tensor(Float32Array.from(values), [...models, rows, columns]);
}
