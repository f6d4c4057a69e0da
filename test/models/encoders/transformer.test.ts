import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { transformer } from '../../../src/models/encoders/transformer';
import { expectClose, list, normals, runEncoder } from '../support';

test('one block computes attention and two dense layers by hand', () => {
  tf.tidy(() => {
    const [length, size, heads] = [3, 4, 2];
    const x = normals(1, [1, 1, length, size]);
    const { out, values } = runEncoder(transformer(size, { blocks: 1, heads, inner: 5 }), { shape: [length, size] }, x);
    const m = (name: string): number[][] => {
      const t = values[`e/${name}`]!;
      const [, rows, columns] = t.shape as number[];
      const v = list(t);
      return Array.from({ length: rows! }, (_, i) => v.slice(i * columns!, (i + 1) * columns!));
    };
    const linear = (v: number[], scope: string): number[] =>
      m(`${scope}/bias`)[0]!.map((b, j) => v.reduce((sum, vi, i) => sum + vi * m(`${scope}/weights`)[i]![j]!, b));
    const norm = (v: number[], scope: string): number[] => {
      const mean = v.reduce((a, b) => a + b, 0) / v.length;
      const sd = Math.sqrt(v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length + 1e-5);
      return v.map((vi, i) => ((vi - mean) / sd) * m(`${scope}/gain`)[0]![i]! + m(`${scope}/bias`)[0]![i]!);
    };
    const rows = Array.from({ length }, (_, t) =>
      list(x)
        .slice(size * t, size * (t + 1))
        .map((v, i) => v + m('positions')[t]![i]!),
    );
    const projected = rows.map((row) => linear(norm(row, 'block0/norm1'), 'block0/attention/project'));
    const width = size / heads;
    const attended = rows.map((row, t) => {
      const read: number[] = [];
      for (let h = 0; h < heads; h++) {
        const of = (v: number[], which: number): number[] => v.slice(which * size + h * width, which * size + (h + 1) * width);
        const scores = projected.map(
          (other) => of(projected[t]!, 0).reduce((sum, q, i) => sum + q * of(other, 1)[i]!, 0) / Math.sqrt(width),
        );
        const e = scores.map(Math.exp);
        const total = e.reduce((a, b) => a + b, 0);
        for (let i = 0; i < width; i++) read.push(projected.reduce((sum, other, u) => sum + (e[u]! / total) * of(other, 2)[i]!, 0));
      }
      const merged = linear(read, 'block0/attention/merge');
      return row.map((v, i) => v + merged[i]!);
    });
    const worked = attended.map((row) => {
      const inner = linear(norm(row, 'block0/norm2'), 'block0/inner').map((v) => Math.max(0, v));
      const outer = linear(inner, 'block0/outer');
      return norm(
        row.map((v, i) => v + outer[i]!),
        'norm',
      );
    });
    const mean = Array.from({ length: size }, (_, i) => worked.reduce((sum, row) => sum + row[i]!, 0) / length);
    // Float64 by hand: some 50 terms a layer in float32, four layers one after the other, magnified where a normalized spread is small.
    expectClose(list(out), mean, 1e-4);
  });
});

test('padding changes nothing', () => {
  tf.tidy(() => {
    const encoder = transformer(4, { positions: 6 });
    const short = runEncoder(encoder, { shape: [3], vocabulary: 9 }, tf.tensor([4, 8, 1], [1, 1, 3]));
    const long = runEncoder(encoder, { shape: [6], vocabulary: 9 }, tf.tensor([4, 8, 1, 0, 0, 0], [1, 1, 6]), () => short.values);
    expectClose(long.out, short.out);
    // A row of nothing but padding, as batches are filled up with, is finite.
    expect(list(runEncoder(encoder, { shape: [6], vocabulary: 9 }, tf.zeros([1, 1, 6])).out).every(Number.isFinite)).toBe(true);
  });
});

test('says that sequences are longer than its positions', () => {
  expect(() => transformer(4, { positions: 5 }).build({ shape: [6], vocabulary: 9 }, 'e')).toThrow(
    /inputs have 6 positions, the position table holds 5/,
  );
  expect(() => transformer(5, { heads: 2 })).toThrow(/heads must divide the size 5, got 2/);
  const scaled = transformer(4, { heads: 2 }).scaled!(1.3);
  expect(scaled.options.size).toBe(6);
});
