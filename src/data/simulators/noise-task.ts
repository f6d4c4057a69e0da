import { random } from '../../random/random';
import { kindOf } from '../../tasks/registry';
import type { Simulation } from './simulation';

/**
 * Adds a task whose labels have nothing to do with the inputs or the other tasks: standard normal, or a fair coin.
 * A sound method trains it alone, and finds no gain for it from any company.
 * @param name of the new task
 * @throws RangeError when the table has a column of that name
 */
export function noiseTask<Truth extends object>(
  simulation: Simulation<Truth>,
  name: string,
  kind: 'regression' | 'binary' = 'regression',
  seed = 0,
): Simulation<Truth & { readonly noiseTasks: readonly string[] }> {
  if (name in simulation.table) throw new RangeError(`noiseTask: the table already has a column '${name}'; choose another name.`);
  const { link } = kindOf({ kind });
  const draw = random(seed, `noiseTask ${name}`);
  const rows = simulation.table[simulation.inputs[0]!]!.length;
  const before = 'noiseTasks' in simulation.truth ? (simulation.truth.noiseTasks as readonly string[]) : [];
  return {
    ...simulation,
    table: { ...simulation.table, [name]: Array.from({ length: rows }, () => (link === 'logistic' ? draw.below(2) : draw.normal())) },
    tasks: { ...simulation.tasks, [name]: { kind } },
    truth: { ...simulation.truth, noiseTasks: [...before, name] },
    answer: `${simulation.answer} '${name}' is pure noise and belongs alone.`,
  };
}
