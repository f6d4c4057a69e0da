import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it.skipIf(process.env.TASKLOOM_BACKEND === 'portable')(
  'memory of products is bounded over shapes without number: TensorFlow keeps the 1,024 last that a thread computed',
  () => {
    const child = [join(__dirname, 'shapes-child.cjs'), '1100', '2200'];
    const taken = JSON.parse(execFileSync(process.execPath, ['--expose-gc', ...child], { encoding: 'utf8' })) as number[];
    const [start, full, later] = taken as [number, number, number];
    // Without a bound as many again would come.
    expect(later - full).toBeLessThan((full - start) / 2);
  },
  300_000,
);
