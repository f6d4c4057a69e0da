import { COUNT, type FilledSpec, numberOption, SEED } from '../../options/spec';

/** Rows of a simulated table. */
export const rowsOption = (fallback: number): FilledSpec<number> => numberOption(fallback, 'rows of the table', COUNT);

/** Standard deviation of the noise. */
export const noiseOption = (fallback: number): FilledSpec<number> => numberOption(fallback, 'standard deviation of the noise', { min: 0 });

/** Inputs of a simulated table. */
export const featuresOption = (fallback: number, least: number): FilledSpec<number> =>
  numberOption(fallback, 'inputs of the table', { ...COUNT, min: least });

/** Seed of all that is drawn. */
export const seedOption: FilledSpec<number> = numberOption(0, 'seed of all that is drawn', SEED);
