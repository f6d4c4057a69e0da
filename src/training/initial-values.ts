import type { Network } from '../models/network/network';
import { random } from '../random/random';

/**
 * What heads start from: the constant prediction with the lowest loss on the training labels, with small weights that hardly change it yet;
 * or a random guess, weights after Glorot & Bengio (2010) and biases 0.
 */
export type Start = 'constant' | 'glorot';

/**
 * One model's initial parameters. Each draws from a stream of its own name, so that methods with equal parts start from equal values.
 * @param constants the constant prediction that the heads start near, a number per output (see `Kind.constants`); without it they start as
 * random guesses
 */
export function initialValues(network: Network, seed: number, constants?: ArrayLike<number>): Float32Array[] {
  return network.parameters.map((parameter) => parameter.initial(random(seed, `initial/${parameter.name}`), constants));
}
