import { type Random, random } from '../random/random';
import type { State } from './balancing';

/** State of a method that draws random numbers: the seed of its own stream and how many steps have drawn from it. */
export interface RandomState extends State {
  readonly seed: number;
  readonly draws: number;
}

/** The state before the first draw. */
export function randomStart(seed: number): RandomState {
  return { seed, draws: 0 };
}

/** The stream of one step: the same seed and step give the same numbers, wherever training was resumed. */
export function stepStream(method: string, state: RandomState): Random {
  return random(state.seed, method).split(state.draws);
}
