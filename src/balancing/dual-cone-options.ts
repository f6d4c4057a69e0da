import { numberOption, type OptionSpecs, perTaskOption } from '../options/spec';
import { checkPerTask } from './check';

/** Options of the methods that project on the dual cone of the task gradients. */
export interface DualConeOptions {
  /** Preference of each task. @default 1 / tasks */
  readonly preference?: readonly number[] | null;
  /** Gradients whose squared lengths sum to no more than this are averaged as they are. @default 0 */
  readonly normEps?: number;
  /** Added to the diagonal of the Gramian once that has trace 1; 0 solves the unregularized problem. @default 1e-4 */
  readonly regEps?: number;
}

/** How they are checked. */
export const dualConeOptions: OptionSpecs<DualConeOptions> = {
  preference: perTaskOption('preference of each task; null: 1 / tasks', { min: 0 }),
  normEps: numberOption(0, 'gradients whose squared lengths sum to no more than this are averaged as they are', { min: 0 }),
  regEps: numberOption(1e-4, 'added to the diagonal of the Gramian once that has trace 1', { min: 0 }),
};

/** The preference of each task. @throws TypeError where there is not one a task */
export function preferenceOf(name: string, preference: readonly number[] | null, tasks: number): Float64Array {
  if (preference !== null) checkPerTask(name, 'preference', preference, tasks);
  return Float64Array.from(preference ?? new Array<number>(tasks).fill(1 / tasks));
}
