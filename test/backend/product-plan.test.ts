import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Cut, productPlan } from '../../src/backend/product-plan';

it('leaves small products and those of several models alone', () => {
  expect(productPlan([1, 64, 72], [1, 72, 128], false, false)).toBeUndefined();
  expect(productPlan([5, 512, 512], [5, 512, 512], false, false)).toBeUndefined();
});

const size = fc.integer({ min: 200, max: 900 });
const flag = fc.boolean();

it('cuts a large product into equal parts, each term once', () => {
  const property = fc.property(size, size, size, flag, flag, (rows, terms, columns, transposeLeft, transposeRight) => {
    const left = transposeLeft ? [1, terms, rows] : [1, rows, terms];
    const right = transposeRight ? [1, columns, terms] : [1, terms, columns];
    const plan = productPlan(left, right, transposeLeft, transposeRight);
    fc.pre(plan !== undefined);
    const { parts, concat } = plan!;
    expect(parts.length % 2).toBe(0);
    for (const [shape, cuts] of [
      [left, parts.map((part) => part.left)],
      [right, parts.map((part) => part.right)],
    ] as const) {
      if (cuts[0] === undefined) continue;
      const { axis } = cuts[0];
      let at = 0;
      for (const cut of cuts as Cut[]) {
        expect([cut.axis, cut.start]).toEqual([axis, at]);
        expect(Math.abs(cut.size - shape[axis]! / parts.length)).toBeLessThanOrEqual(1);
        at += cut.size;
      }
      expect(at).toBe(shape[axis]);
    }
    // Added where both factors are cut along the terms, side by side where one is cut along another axis.
    expect(parts[0]!.left !== undefined && parts[0]!.right !== undefined).toBe(concat === undefined);
    if (concat === 1) expect(parts[0]!.left?.axis).toBe(transposeLeft ? 2 : 1);
    if (concat === 2) expect(parts[0]!.right?.axis).toBe(transposeRight ? 1 : 2);
  });
  fc.assert(property);
});
