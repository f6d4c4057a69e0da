/**
 * The counter-based generator Philox 4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3").
 *
 * TensorFlow's stateless random ops are built on the same generator, so a stream drawn here equals one drawn inside a graph.
 */

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** Writes the high and low 32 bits of the 64-bit product of two unsigned 32-bit integers. */
function multiply(a: number, b: number, out: Uint32Array): void {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const middle2 = aLow * bHigh + (middle % 0x10000);
  out[0] = aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(middle2 / 0x10000);
  out[1] = Math.imul(a, b) >>> 0;
}

const product0 = new Uint32Array(2);
const product1 = new Uint32Array(2);

/**
 * One block of four 32-bit words.
 * @param counter four unsigned 32-bit words, least significant first
 * @param key two unsigned 32-bit words
 * @returns four unsigned 32-bit words
 */
export function philoxBlock(counter: ArrayLike<number>, key: ArrayLike<number>): Uint32Array {
  let [c0, c1, c2, c3] = [counter[0]! >>> 0, counter[1]! >>> 0, counter[2]! >>> 0, counter[3]! >>> 0];
  let [k0, k1] = [key[0]! >>> 0, key[1]! >>> 0];
  for (let round = 0; round < 10; round++) {
    multiply(M0, c0, product0);
    multiply(M1, c2, product1);
    const [high0, low0, high1, low1] = [product0[0]!, product0[1]!, product1[0]!, product1[1]!];
    [c0, c1, c2, c3] = [(high1 ^ c1 ^ k0) >>> 0, low1, (high0 ^ c3 ^ k1) >>> 0, low0];
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  return Uint32Array.of(c0, c1, c2, c3);
}

/** Key and counter that TensorFlow's stateless ops derive from a seed pair of 32-bit integers (sign-extended to 64 bits). */
function scramble(seed: readonly [number, number]): { key: Uint32Array; counter: Uint32Array } {
  const high = (v: number): number => (v < 0 ? 0xffffffff : 0);
  const mix = philoxBlock([seed[0] >>> 0, high(seed[0]), seed[1] >>> 0, high(seed[1])], [0x3ec8f720, 0x02461e29]);
  return { key: mix.slice(0, 2), counter: Uint32Array.of(0, 0, mix[2]!, mix[3]!) };
}

/**
 * The numbers of TensorFlow's `StatelessRandomUniform` for a seed pair, in [0, 1) with 23 random bits.
 * @param count how many
 * @param seed two 32-bit signed integers
 */
export function statelessUniform(count: number, seed: readonly [number, number]): Float32Array {
  const { key, counter } = scramble(seed);
  const out = new Float32Array(count);
  for (let i = 0; i < count; i += 4) {
    const block = philoxBlock(counter, key);
    for (let j = 0; j < 4 && i + j < count; j++) out[i + j] = (block[j]! & 0x7fffff) / 0x800000;
    counter[0]!++;
    if (counter[0] === 0) counter[1]!++;
  }
  return out;
}
