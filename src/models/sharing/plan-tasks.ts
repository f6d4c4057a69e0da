import type { Paper } from '../../balancing/balancing';
import { didYouMean } from '../../options/check';

/** Where sharing by a plan comes from. */
export const planPaper: Paper = {
  authors: 'Standley, Zamir, Chen, Guibas, Malik, Savarese',
  year: 2020,
  title: 'Which Tasks Should Be Learned Together in Multi-task Learning?',
  arxiv: '1905.07553',
};

/**
 * The index of a task that a plan names.
 * @param where the plan or its part, for the message: `grouped: the plan`
 * @param names of the tasks that there are
 * @throws RangeError for another name
 */
export function plannedTask(where: string, names: readonly string[], name: unknown): number {
  const index = names.indexOf(name as string);
  if (index >= 0) return index;
  throw new RangeError(`${where} names unknown task "${name}"${didYouMean(String(name), names)}; tasks: ${names.join(', ')}`);
}
