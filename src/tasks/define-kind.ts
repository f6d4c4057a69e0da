import { describeOptions, readOptions } from '../options/spec';
import type { Kind, KindFactory, TaskOptions } from './kind';
import type { TaskSpec } from './task';

/** Makes the factory of a kind of task: it checks options by the kind's specification and returns plain data. */
export function defineKind<Options extends TaskOptions>(kind: Kind<Options>): KindFactory<Options> {
  const make = (options?: Options): TaskSpec & Options => {
    const read = readOptions(kind.name, kind.options, options) as Options;
    kind.check?.(`${kind.name}(options)`, read);
    // What was not given stays out, so that a specification says what its user said.
    const given = Object.entries(read).filter(([name]) => (options as Readonly<Record<string, unknown>> | undefined)?.[name] !== undefined);
    return { kind: kind.name, ...(Object.fromEntries(given) as Options) };
  };
  const info = {
    name: kind.name,
    title: kind.title,
    options: describeOptions(kind.options),
    metrics: kind.metrics.map(({ name }) => name),
  };
  // Messages name a factory that was not called.
  return Object.assign(Object.defineProperty(make, 'name', { value: kind.name }), { info, kind });
}
