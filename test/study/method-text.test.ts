import { expect, test } from 'vitest';
import * as tl from '../../src';
import { methodToJSON } from '../../src/models/registry';
import { methodCode } from '../../src/study/method-text';
import { encoderExamples } from '../models/encoders/every-encoder';

const run = (code: string): tl.Method => new Function('tl', `return ${code};`)(tl) as tl.Method;

test.each(encoderExamples)('the code to repeat a study with $name runs as printed', ({ encoder }) => {
  const method = tl.hardSharing(encoder);
  const code = methodCode(methodToJSON(method));
  expect(code).toContain(`tl.${encoder.name}(`);
  expect(methodToJSON(run(code))).toEqual(methodToJSON(method));
});

test.each(Object.keys(tl.architectures))('the code to repeat a study with %s runs as printed', (name) => {
  const { info, fromOptions } = tl.architectures[name as keyof typeof tl.architectures];
  const given = Object.fromEntries(
    info.options
      .filter(({ default: usual, type }) => usual === null && !type.endsWith('| null'))
      .map((option) => [option.name, option.type.startsWith('encoder') ? tl.mlp([8, 4], { dropout: 0.2 }) : undefined])
      .filter(([, value]) => value !== undefined),
  );
  const extra = { grouped: { plan: [['a'], ['b']] }, planned: { plan: { groups: [[['a', 'b']]] } }, linearMtl: { kind: 'ridge' } }[name];
  let method: tl.Method;
  try {
    method = fromOptions({ ...given, ...extra });
  } catch {
    // Options that have no example here: the plan's form is tested with the architecture.
    expect(['grouped', 'planned']).toContain(name);
    return;
  }
  expect(methodToJSON(run(methodCode(methodToJSON(method))))).toEqual(methodToJSON(method));
});

test('balancing keeps its options, an encoder of one’s own its name', () => {
  const method = tl.hardSharing(tl.mlp([4])).with(tl.cagrad({ c: 0.3 }));
  expect(methodToJSON(run(methodCode(methodToJSON(method))))).toEqual(methodToJSON(method));
  const gated = tl.encoder('gated', { init: () => ({ parameters: {}, outputShape: [2] }), apply: (_, x) => x });
  expect(methodCode(methodToJSON(tl.hardSharing(gated)))).toMatch(/trunk: gated[,\s]/);
});
