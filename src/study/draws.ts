/** Whether all seeds of a study try the same candidates of tuning, or each draws its own. */
export type Draws = 'joint' | 'perSeed';

/** @throws RangeError for what is neither */
export function checkDraws(who: string, name: string, draws: unknown): void {
  if (draws !== 'joint' && draws !== 'perSeed')
    throw new RangeError(`${who}: ${name} must be "joint" or "perSeed", got ${JSON.stringify(draws)}`);
}
