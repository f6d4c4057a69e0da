import type { Parameter } from '../models/network/network';

/** What of a finished model is not a finite number, in words; undefined where all is. A loss is known only before a step, not after the last. */
export function notFinite(parameters: readonly Parameter[], values: readonly Float32Array[], outputs: Float32Array): string | undefined {
  const broken = parameters.findIndex((_, i) => !values[i]!.every(Number.isFinite));
  if (broken >= 0) return `parameter "${parameters[broken]!.name}" is not finite`;
  return outputs.every(Number.isFinite) ? undefined : 'a prediction is not finite';
}
