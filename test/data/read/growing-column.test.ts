import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printsAs } from '../../../src/data/read/growing-column';

it('a number that is kept without its text prints as that text', () => {
  const digits = fc.array(fc.constantFrom('0', '0', '1', '5', '9', '.', '-'), { minLength: 1, maxLength: 17 }).map((list) => list.join(''));
  const printed = fc.oneof(fc.double({ noNaN: true }), fc.double({ noNaN: true, min: -1e-5, max: 1e-5 }), fc.integer()).map(String);
  let kept = 0;
  fc.assert(
    fc.property(fc.oneof(digits, printed), (text) => {
      if (!printsAs(Number(text), text)) return;
      kept++;
      expect(String(Number(text))).toBe(text);
    }),
    { numRuns: 3000 },
  );
  expect(kept).toBeGreaterThan(300);
  for (const text of ['0', '-1', '12', '0.5', '-0.001', '13679.999', '0.000001']) expect(printsAs(Number(text), text)).toBe(true);
  for (const text of ['-0', '007', '1.50', '1.', '.5', '1e3', '0.0000001', '1234567890.123456'])
    expect(printsAs(Number(text), text)).toBe(false);
});
