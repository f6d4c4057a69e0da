import { type ArchitectureFactory, defineArchitecture } from './define-architecture';
import { buildHardSharing } from './hard-sharing';
import type { Encoder } from './network';
import { encoderOption } from './options';

/**
 * Single-task learning: every task has a network of its own, trained, stopped and selected on its own. The baseline of all comparisons.
 * @param trunk the encoder that each network has
 */
export const singleTask: ArchitectureFactory<[trunk: Encoder]> = defineArchitecture({
  name: 'singleTask',
  title: 'Single-task learning',
  paper: { authors: 'Caruana', year: 1997, title: 'Multitask Learning' },
  encoder: 'trunk',
  options: { trunk: encoderOption('the encoder that each network has') },
  separate: true,
  read: (trunk: Encoder) => ({ trunk }),
  build: (problem, { trunk }) => buildHardSharing(trunk, problem),
});
