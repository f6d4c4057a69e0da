import { DataFrame } from 'danfojs-node';
import { describe, expect, it } from 'vitest';
import { frameOf } from '../../src/data/frame';

describe('frameOf', () => {
  it("makes danfojs's own DataFrame, from typed arrays too, and keeps missing cells and later decimals", () => {
    const y = [...Array.from({ length: 25 }, (_, i) => i), 27.5];
    const frame = frameOf({ x: Float32Array.from(y), y, name: y.map((value) => (value > 3 ? null : `n${value}`)) });
    expect(frame).toBeInstanceOf(DataFrame);
    expect(frame.shape).toEqual([26, 3]);
    expect(frame.columns).toEqual(['x', 'y', 'name']);
    expect(frame.column('y').values).toEqual(y);
    expect(frame.column('x').values).toEqual(y);
    expect((frame.column('name').values as unknown[]).slice(2, 6)).toEqual(['n2', 'n3', null, null]);
  });
});
