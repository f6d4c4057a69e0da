import { describeOptions, type OptionSpec, type OptionSpecs, optionalOption, readOptions } from '../options/spec';
import type { Kind, KindFactory, TaskOptions } from './kind';
import type { TaskSpec } from './task';

/** The metric that verdicts go by. */
function choiceOption(names: readonly string[]): OptionSpec<string> {
  const type = names.map((name) => `'${name}'`).join(' | ');
  return optionalOption(type, `the metric that verdicts go by; ${names[0]} without`, (value) =>
    typeof value !== 'string' ? 'type' : names.includes(value) ? undefined : 'range',
  );
}

/** Makes the factory of a kind of task: it checks options by the kind's specification and returns plain data. */
export function defineKind<Options extends TaskOptions>(kind: Kind<Options>): KindFactory<Options> {
  const names = kind.metrics.map(({ name }) => name);
  const specs = { ...kind.options, metric: choiceOption(names) } as unknown as OptionSpecs<Options>;
  const make = (options?: Options): TaskSpec & Options => {
    const read = readOptions(kind.name, specs, options) as Options;
    kind.check?.(`${kind.name}(options)`, read);
    // What was not given stays out, so that a specification says what its user said.
    const given = Object.entries(read).filter(([name]) => (options as Readonly<Record<string, unknown>> | undefined)?.[name] !== undefined);
    return { kind: kind.name, ...(Object.fromEntries(given) as Options) };
  };
  const info = {
    name: kind.name,
    title: kind.title,
    options: describeOptions(specs),
    metrics: names,
  };
  // Messages name a factory that was not called.
  return Object.assign(Object.defineProperty(make, 'name', { value: kind.name }), { info, kind });
}
