import { describe, expect, test } from 'vitest';
import { cpuFlags, instructionsUsed, SETTINGS, settingsHere } from '../../src/setup/rounding.mjs';

const flags = (...names: string[]) => new Set(['fpu', 'sse4_1', ...names]);
const avx512 = ['avx2', 'fma', 'avx512f', 'avx512bw', 'avx512vl', 'avx512dq'];
/** oneDNN obeys the limit, up to what the processor has. */
const upTo =
  (...order: string[]) =>
  ({ env }: (typeof SETTINGS)[number]) => {
    const most = env.ONEDNN_MAX_CPU_ISA;
    return order.includes(most ?? '') ? most : order.at(-1);
  };
const names = (machine: Parameters<typeof settingsHere>[1]) => {
  const { tried, left } = settingsHere(SETTINGS, machine);
  return {
    tried: tried.map(({ setting }) => setting.name),
    left: Object.fromEntries(left.map(({ setting, reason }) => [setting.name, reason])),
  };
};

describe('settingsHere', () => {
  test('tries everything where the processor has AVX-512', () => {
    const machine = { flags: flags(...avx512), used: upTo('SSE41', 'AVX2', 'AVX512_CORE'), native: true, core: 3 };
    expect(names(machine)).toEqual({ tried: SETTINGS.map(({ name }) => name), left: {} });
  });

  test('names an instruction set that the processor lacks, by its flags or by what oneDNN says', () => {
    const left = names({ flags: flags('avx2', 'fma'), used: upTo('SSE41', 'AVX2'), native: true, core: 0 }).left;
    expect(Object.keys(left)).toEqual(['avx512']);
    expect(left.avx512).toMatch(/lacks avx512f, avx512bw, avx512vl, avx512dq/);
    const unknown = names({ flags: undefined, used: upTo('SSE41', 'AVX2'), native: true, core: 0 });
    expect(unknown.left).toEqual({ avx512: 'oneDNN uses AVX2 as under avx2' });
    // No such limits at all, as on ARM.
    const silent = names({ flags: undefined, used: () => undefined, native: true, core: undefined });
    expect(Object.keys(silent.left)).toEqual(['sse41', 'avx2', 'avx512', 'one-core']);
    expect(silent.tried).toEqual(['no-onednn', 'one-thread', 'two-threads', 'portable']);
  });

  test('leaves the portable backend where native TensorFlow does not work', () => {
    const { tried, left } = names({ flags: flags(...avx512), used: () => undefined, native: false, core: 0 });
    expect(tried).toEqual(['portable']);
    expect(Object.keys(left)).toHaveLength(SETTINGS.length - 1);
  });
});

test('reads the flags of a processor, where there are any', () => {
  expect(cpuFlags('processor\t: 0\nflags\t\t: fpu sse4_1 avx2\n\nprocessor\t: 1\nflags\t\t: fpu\n')).toEqual(
    new Set(['fpu', 'sse4_1', 'avx2']),
  );
  expect(cpuFlags('processor\t: 0\nFeatures\t: fp asimd\n')).toBeUndefined();
  expect(cpuFlags(undefined)).toBeUndefined();
});

test('reads from oneDNN which instructions it uses', () => {
  expect(
    instructionsUsed('onednn_verbose,info,cpu,runtime:threadpool,nthr:2\nonednn_verbose,info,cpu,isa:Intel AVX2\nonednn_verbose,exec'),
  ).toBe('Intel AVX2');
  expect(instructionsUsed('')).toBeUndefined();
});
