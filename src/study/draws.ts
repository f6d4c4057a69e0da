import { choiceOption, type FilledSpec } from '../options/spec';

/** Whether all seeds of a study try the same candidates of tuning, or each draws its own. */
export type Draws = 'joint' | 'perSeed';

/** How the option \`draws\` is checked. */
export const drawsOption: FilledSpec<Draws> = choiceOption(
  'joint',
  ['joint', 'perSeed'],
  'whether all seeds try the same candidates, or each its own',
);
