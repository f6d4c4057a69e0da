import { philoxBlock } from './philox';

/** A seeded stream of random numbers. Streams of different names are independent; the same seed and names give the same numbers. */
export interface Random {
  /** An unsigned 32-bit integer. */
  uint32(): number;
  /** A number in [0, 1) with 53 random bits. */
  uniform(): number;
  /** A draw from the standard normal distribution. */
  normal(): number;
  /** An integer in [0, limit). */
  below(limit: number): number;
  /** The integers 0 to size - 1 in random order. */
  permutation(size: number): Int32Array;
  /** An independent stream, named; drawing from it leaves this one as it is. */
  split(name: string | number): Random;
}

/** A 32-bit hash of a string (FNV-1a with a final mix). */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function stream(seed: number, path: string): Random {
  const key = [seed >>> 0, hash(path)];
  const counter = Uint32Array.of(0, 0, Math.floor(seed / 2 ** 32) >>> 0, 0);
  let block: Uint32Array = new Uint32Array(4);
  let next = 4;
  let spare: number | undefined;
  const uint32 = (): number => {
    if (next === 4) {
      block = philoxBlock(counter, key);
      counter[0]!++;
      if (counter[0] === 0) counter[1]!++;
      next = 0;
    }
    return block[next++]!;
  };
  const uniform = (): number => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992;
  const below = (limit: number): number => {
    if (!(limit >= 1)) throw new RangeError(`below(limit): limit must be at least 1, got ${limit}`);
    return Math.floor(uniform() * limit);
  };
  return {
    uint32,
    uniform,
    below,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    permutation(size) {
      const order = Int32Array.from({ length: size }, (_, i) => i);
      for (let i = size - 1; i > 0; i--) {
        const j = below(i + 1);
        [order[i], order[j]] = [order[j]!, order[i]!];
      }
      return order;
    },
    split: (name) => stream(seed, `${path}/${typeof name}:${name}`),
  };
}

/**
 * A seeded stream of random numbers (Philox 4x32-10).
 * @param seed a non-negative integer below 2^53
 * @param name a name that tells this use of the seed from others, so that (say) splitting and initialization are independent
 * @throws RangeError when the seed is not a non-negative integer
 */
export function random(seed: number, name = ''): Random {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`random(seed): seed must be a non-negative integer, got ${seed}`);
  return stream(seed, name);
}
