import { type ArchitectureFactory, defineArchitecture, withTrunk } from '../define-architecture';
import { encoderOption } from '../encoder-option';
import type { Encoder } from '../network/network';
import { type TowerOptions, towerOption } from '../network/towers';
import { buildHardSharing } from './hard-sharing';

/**
 * Single-task learning: every task has a network of its own, trained, stopped and selected on its own. The baseline of all comparisons.
 * With a `tower` each network has these layers, too, between trunk and head: as deep as `hardSharing` with that tower.
 * @param trunk the encoder that each network has
 */
export const singleTask: ArchitectureFactory<[trunk: Encoder, options?: TowerOptions]> = defineArchitecture({
  name: 'singleTask',
  title: 'Single-task learning',
  paper: { authors: 'Caruana', year: 1997, title: 'Multitask Learning' },
  encoder: 'trunk',
  options: { trunk: encoderOption('the encoder that each network has'), tower: towerOption() },
  separate: true,
  read: (trunk: Encoder, options?: TowerOptions) => withTrunk('singleTask', trunk, options),
  build: (problem, { trunk, tower }) => buildHardSharing(trunk, tower, problem),
});
