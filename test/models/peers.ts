import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { inferenceContext } from '../../src/models/forward-context';
import type { Network } from '../../src/models/network/network';
import { list } from './support';

type Nested = number | readonly Nested[];

/** What another library computed with weights that it shares with us; see `expected/make_architectures.py`. */
interface Pin {
  readonly inputs: number[][];
  readonly outputs: number[][];
  readonly values: Readonly<Record<string, Nested>>;
  readonly gradients: Readonly<Record<string, Nested>>;
  readonly penaltyGradients?: Readonly<Record<string, Nested>>;
}

const pins = JSON.parse(readFileSync(join(__dirname, 'expected', 'architectures.json'), 'utf8')) as Record<string, Pin>;

const numbers = (value: Nested): number[] => [value].flat(9) as number[];

/**
 * Float32 rounds each of some hundred operations to 6e-8 of what it sums; what a gradient sums over rows and paths may be ten times as large
 * as the gradient.
 */
function expectWithin(actual: Tensor, expected: readonly number[], what: string, tolerance: number): void {
  const largest = Math.max(...expected.map(Math.abs));
  const found = list(actual);
  expect(found.length, what).toBe(expected.length);
  const worst = Math.max(...found.map((v, i) => Math.abs(v - expected[i]!)));
  expect(worst, `${what}: largest difference, of numbers up to ${largest}`).toBeLessThan(tolerance * largest);
}

/**
 * With another library's weights the network puts out what that library did, and the gradients of a weighted sum of the outputs are the
 * same, parameter by parameter.
 * @param own values of parameters that the other library lacks
 * @param read what the other library puts out, from our outputs
 */
export function expectPeer(
  name: string,
  network: Network,
  own: Readonly<Record<string, Tensor>> = {},
  read = (t: Tensor): Tensor => t,
): void {
  const pin = pins[name]!;
  expect([...Object.keys(pin.values), ...Object.keys(own)].sort()).toEqual(network.parameters.map((p) => p.name).sort());
  const values = peerValues(name, network, own);
  const x = tf.tensor(numbers(pin.inputs), [1, pin.inputs.length, pin.inputs[0]!.length]);
  const run = (at: readonly Tensor[]): Tensor =>
    read(network.forward(Object.fromEntries(network.parameters.map((p, i) => [p.name, at[i]!])), x, inferenceContext));
  const parameters = network.parameters.map((p) => values[p.name]!);
  expectWithin(run(parameters), numbers(pin.outputs), 'outputs', 1e-5);
  const coefficients = tf.tensor(
    numbers(pin.outputs).map((_, i) => Math.cos(1.1 * i)),
    [1, pin.outputs.length, pin.outputs[0]!.length],
  );
  const gradients = tf.grads((...at: Tensor[]) => tf.sum(tf.mul(run(at), coefficients)))([...parameters]);
  network.parameters.forEach((p, i) => {
    const expected = pin.gradients[p.name];
    if (expected !== undefined) expectWithin(gradients[i]!, numbers(expected), `gradient of ${p.name}`, 1e-4);
  });
}

/** The other library's weights as a stack of one model. */
function peerValues(name: string, network: Network, own: Readonly<Record<string, Tensor>> = {}): Record<string, Tensor> {
  const { values } = pins[name]!;
  return Object.fromEntries(network.parameters.map((p) => [p.name, own[p.name] ?? tf.tensor(numbers(values[p.name]!), [1, ...p.shape])]));
}

/** The gradients of a sum over the rows of the penalty are those of the other library. */
export function expectPeerPenalty(name: string, network: Network): void {
  const pin = pins[name]!;
  const values = peerValues(name, network);
  const rows = pin.inputs.length;
  const x = tf.tensor(numbers(pin.inputs), [1, rows, pin.inputs[0]!.length]);
  const expected = Object.entries(pin.penaltyGradients!);
  const gradients = tf.grads((...at: Tensor[]) =>
    tf.mul(
      tf.sum(network.penalty!({ ...values, ...Object.fromEntries(expected.map(([own], i) => [own, at[i]!])) }, x, inferenceContext)),
      rows,
    ),
  )(expected.map(([own]) => values[own]!));
  expected.forEach(([own, value], i) => {
    expectWithin(gradients[i]!, numbers(value), `gradient of the penalty by ${own}`, 1e-4);
  });
}
