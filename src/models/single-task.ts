import { buildHardSharing } from './hard-sharing';
import { type Method, method } from './method';
import type { Encoder } from './network';

/**
 * Single-task learning: every task has a network of its own, trained, stopped and selected on its own. The baseline of all comparisons.
 * @param trunk the encoder that each network has
 */
export function singleTask(trunk: Encoder): Method {
  return method({ name: 'singleTask', options: { trunk }, separate: true, build: (problem) => buildHardSharing(trunk, problem) });
}
