import { expect, test } from 'vitest';
import { mlp } from '../../src/models/encoders/mlp';
import { architectures } from '../../src/models/registry';
import { crossStitch } from '../../src/models/sharing/cross-stitch';
import { mmoe } from '../../src/models/sharing/mmoe';
import { binaryTask, problemOf } from './support';

test.each(Object.entries(architectures))('%s is described by data', (name, { info }) => {
  expect(info.name).toBe(name);
  expect(info.title.length).toBeGreaterThan(3);
  expect(info.paper.year).toBeGreaterThan(1990);
  if (info.encoder !== undefined) expect(info.options.map(({ name: option }: { readonly name: string }) => option)).toContain(info.encoder);
  for (const { doc, type } of info.options) expect(doc.length * type.length).toBeGreaterThan(0);
  expect(JSON.parse(JSON.stringify(info))).toEqual(info);
});

test('defaults are filled in and shown; options make the same again', () => {
  const method = mmoe({ expert: mlp([4]) });
  expect(method.architecture.options).toMatchObject({ experts: 8, tower: null, stem: null, gateDropout: 0 });
  const again = mmoe.fromOptions(method.architecture.options);
  expect(again.architecture.options).toEqual(method.architecture.options);
});

test('encoders can be replaced, all others stay', () => {
  const { mapEncoders } = mmoe({ expert: mlp([4]), experts: 2, tower: mlp([3]) }).architecture;
  const { options } = mapEncoders!((encoder) => encoder.scaled!(2));
  expect([options.expert, options.tower].map((encoder) => (encoder as ReturnType<typeof mlp>).options.sizes)).toEqual([[8], [6]]);
  expect([options.experts, options.stem]).toEqual([2, null]);
});

test('a network needs tasks, a trunk comes first', () => {
  expect(() => crossStitch(mlp([4])).architecture.build(problemOf(3, []))).toThrow(/crossStitch: cannot build a network without tasks/);
  // @ts-expect-error the trunk again
  expect(() => crossStitch(mlp([4]), { trunk: mlp([4]) })).toThrow(/the encoder comes first/);
  // @ts-expect-error an encoder for the options
  expect(() => crossStitch(mlp([4]), mlp([4]))).toThrow(TypeError);
  expect(() => mmoe({ expert: mlp([4]), experts: 2.5 })).toThrow(RangeError);
  expect(crossStitch(mlp([4])).architecture.build(problemOf(3, [binaryTask('a')])).parameters.length).toBe(5);
});
