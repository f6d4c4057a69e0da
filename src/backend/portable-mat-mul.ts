import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';

/*
 * The WebAssembly backend has fast code (XNNPACK) for one matrix product of operands that lie as they are, and loops an order of magnitude
 * slower for products that are batched or transposed, which are all that a stack of models and its gradients consist of.
 */

const NAME = 'BatchMatMul';
/** Multiplications in one product from which on the fast code wins, in spite of the copies that it needs. */
const WORTH = 2 ** 14;

type Info = tf.TensorInfo;

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** Makes the `wasm` backend compute batched and transposed matrix products one by one, by its fast code. To be called once a process. */
export function speedUpPortableMatMul(): void {
  const plain = tf.getKernel(NAME, 'wasm');
  const [transpose, reshape] = ['Transpose', 'Reshape'].map((name) => tf.getKernel(name, 'wasm').kernelFunc) as [
    tf.KernelFunc,
    tf.KernelFunc,
  ];
  const kernelFunc: tf.KernelFunc = ({ inputs, backend, attrs }) => {
    const { a, b } = inputs as { a: Info; b: Info };
    const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
    const wasm = backend as BackendWasm;
    const run = (f: tf.KernelFunc, from: Record<string, Info>, options: object): Info =>
      f({ inputs: from, backend, attrs: options as tf.NamedAttrMap }) as Info;

    const lead = a.shape.slice(0, -2);
    const count = product(lead);
    const [rows, inner] = a.shape.slice(-2) as [number, number];
    const columns = b.shape.at(transposeB ? -2 : -1)!;
    const asTheyAre = count === 1 && !transposeA && !transposeB;
    const sameLead = tf.util.arraysEqual(lead, b.shape.slice(0, -2));
    if (asTheyAre || !sameLead || rows * inner * columns < WORTH) return run(plain.kernelFunc, { a, b }, { transposeA, transposeB });

    /** Matrices `[count, ., .]`, turned where the product wants them so. */
    const upright = (x: Info, turn: boolean): Info => {
      const flat = run(reshape, { x }, { shape: [count, ...x.shape.slice(-2)] });
      if (!turn) return flat;
      const turned = run(transpose, { x: flat }, { perm: [0, 2, 1] });
      wasm.disposeData(flat.dataId);
      return turned;
    };
    const [left, right] = [upright(a, transposeA), upright(b, transposeB)];
    const matrix = (x: Info, i: number): Info => {
      const [, height, width] = x.shape as [number, number, number];
      const copy = wasm.makeOutput([1, height, width], 'float32');
      // Views of the heap are taken last: an allocation may move it.
      wasm.typedArrayFromHeap(copy).set(wasm.typedArrayFromHeap(x).subarray(i * height * width, (i + 1) * height * width));
      return copy;
    };
    const result = wasm.makeOutput([...lead, left.shape[1]!, columns], 'float32');
    for (let i = 0; i < count; i++) {
      const [p, q] = [matrix(left, i), matrix(right, i)];
      const one = run(plain.kernelFunc, { a: p, b: q }, { transposeA: false, transposeB: false });
      wasm.typedArrayFromHeap(result).set(wasm.typedArrayFromHeap(one), i * product(one.shape));
      for (const t of [p, q, one]) wasm.disposeData(t.dataId);
    }
    for (const t of [left, right]) wasm.disposeData(t.dataId);
    return result;
  };
  tf.unregisterKernel(NAME, 'wasm');
  tf.registerKernel({ ...plain, kernelFunc });
}
