import { type OptionSpec, optionalOption } from '../options/spec';

/** Loss weight of each class by its name, or `'balanced'` = rows / (classes x rows of the class), counted on training rows. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

/** The column that labels are in. */
export const columnOption: OptionSpec<string> = optionalOption(
  'the name of a column',
  "the label column; the task's own name without",
  (value) => (typeof value === 'string' && value !== '' ? undefined : 'type'),
);

/** What a task's loss is multiplied by. */
export const lossWeightOption: OptionSpec<number> = optionalOption(
  'a finite number above 0',
  "what the task's loss is multiplied by, before any balancing; 1 without; leave a task out that must not count",
  (value) => (typeof value !== 'number' ? 'type' : Number.isFinite(value) && value > 0 ? undefined : 'range'),
);

/** What each class counts in the loss. */
export const classWeightsOption: OptionSpec<ClassWeights> = optionalOption(
  "'balanced', or an object with a finite number >= 0 for each class",
  'loss weight of each class by its name; every class weighs 1 without',
  (value) => {
    if (value === 'balanced') return undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'type';
    return Object.values(value).every((weight) => typeof weight === 'number' && Number.isFinite(weight) && weight >= 0)
      ? undefined
      : 'range';
  },
);
