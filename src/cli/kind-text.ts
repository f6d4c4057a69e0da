import { didYouMean } from '../options/check';
import type { OptionSpec } from '../options/spec';
import type { TaskOptions } from '../tasks/kind';
import { kindFactory, kindNames } from '../tasks/registry';
import type { TaskSpec } from '../tasks/task';
import { UsageError } from './usage';

/** A value as its option takes it: a list where the option is one, a number where the text is one and the option takes numbers. */
function optionValue(spec: OptionSpec<unknown>, text: string): unknown {
  if (spec.fault(text) === undefined) return text;
  const number = Number(text);
  if (text !== '' && !Number.isNaN(number) && spec.fault(number) === undefined) return number;
  if (text === 'true' || text === 'false') return text === 'true';
  return text;
}

/**
 * Reads a task's kind: its name, or its name with options in parentheses, `binary(yes)`, `ordinal(low,middle,high)`,
 * `binary(positive=yes,lossWeight=2)`. Options without a name are the kind's `positional` ones in order; the last takes the rest where it is a list.
 * Where the task's name is no column, a column that is named first is its label column: `a=binary(ATTACK)`.
 * @param name the task's name
 * @param columns those of the table
 * @throws UsageError for an unknown kind or option, or a value that the kind refuses
 */
export function kindFromText(name: string, text: string, columns: readonly string[]): TaskSpec {
  const [, kindName, inner] = /^([^()]*?)\s*(?:\((.*)\))?$/s.exec(text) ?? [];
  const factory = kindName === undefined ? undefined : kindFactory(kindName);
  if (!factory) {
    const written = kindName ?? text;
    throw new UsageError(`--tasks: "${name}" has the kind "${written}"${didYouMean(written, kindNames)}; kinds: ${kindNames.join(', ')}`);
  }
  if (inner === undefined) return factory();
  const { positional = [], options } = factory.kind;
  const specs = options as Readonly<Record<string, OptionSpec<unknown>>>;
  const given: Record<string, unknown> = {};
  const unnamed: string[] = [];
  for (const part of inner.split(',').map((one) => one.trim())) {
    const [, option, value] = /^(\w+)\s*=(.*)$/.exec(part) ?? [];
    if (option === undefined || !Object.hasOwn(specs, option)) unnamed.push(part);
    else given[option] = optionValue(specs[option]!, value!.trim());
  }
  const namesColumn = !columns.includes(name) && given.column === undefined && Object.hasOwn(specs, 'column');
  if (namesColumn && unnamed.length > 0 && columns.includes(unnamed[0]!)) given.column = unnamed.shift();
  for (const [i, option] of positional.entries()) {
    if (unnamed.length === 0) break;
    const spec = specs[option]!;
    const isList = i === positional.length - 1 && spec.fault(unnamed) === undefined;
    given[option] = isList ? unnamed.splice(0) : optionValue(spec, unnamed.shift()!);
  }
  if (unnamed.length > 0) {
    const takes =
      positional.length === 0 ? `no option without a name; it has ${Object.keys(specs).join(', ')}` : `${positional.join(', ')}`;
    throw new UsageError(`--tasks: "${name}": ${kindName}(...) takes ${takes}; got ${unnamed.map((one) => `"${one}"`).join(', ')} besides`);
  }
  try {
    return factory(given as TaskOptions);
  } catch (error) {
    throw new UsageError(`--tasks: "${name}": ${(error as Error).message}`);
  }
}
