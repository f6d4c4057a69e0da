import type { ArrayOps } from './array-ops';

/**
 * A rate that decays with a power of the step, `rate / steps ** power`.
 * @param steps how many steps each task has had, this one included
 */
export function decayedRate<A>(ops: ArrayOps<A>, rate: number, power: number, steps: A): A {
  return ops.mul(ops.constant(rate), ops.exp(ops.mul(ops.constant(-power), ops.log(steps))));
}
