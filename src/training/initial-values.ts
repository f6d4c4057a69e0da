import type { Network } from '../models/network';
import { random } from '../random/random';

/**
 * One model's initial parameters. Each draws from a stream of its own name, so that methods with equal parts start from equal values.
 */
export function initialValues(network: Network, seed: number): Float32Array[] {
  return network.parameters.map((parameter) => parameter.initial(random(seed, `initial/${parameter.name}`)));
}
