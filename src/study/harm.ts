import type { Believed } from './statistics/hierarchical';

/** Chance of a loss beyond the margin from which on a helper is dropped, where it is no more likely to help than not. */
const MOST_RISK = 0.1;

/** Whether a task is to be trained without a helper of these odds. */
export const isHarmful = ({ pGain, pHarm }: Pick<Believed, 'pGain' | 'pHarm'>): boolean => pGain < 0.5 && pHarm > MOST_RISK;
