import type { Paper } from '../balancing/balancing';
import { balancers, weightings } from '../balancing/registry';
import type { Balancing, Method } from '../models/method';
import { architectures, encoders } from '../models/registry';
import type { OptionInfo } from '../options/spec';
import { kinds } from '../tasks/registry';

/** What a registered name is. */
export interface Registered {
  readonly name: string;
  readonly kind: 'architecture' | 'weighting' | 'aggregator' | 'encoder' | 'task kind';
  readonly title: string;
  readonly aliases: readonly string[];
  /** Absent where nothing in particular was published. */
  readonly paper?: Paper;
  readonly options: readonly OptionInfo[];
}

/** A registered architecture, with what makes a method of it. */
export interface RegisteredArchitecture extends Registered {
  /** Name of the option that takes the trunk; absent where there is none. */
  readonly encoder?: string;
  readonly make: (options: Readonly<Record<string, unknown>>) => Method;
}

/** A registered loss weighting or gradient aggregator, with what makes one. */
export interface RegisteredBalancing extends Registered {
  readonly make: (options: Readonly<Record<string, unknown>>) => Balancing;
}

const aliases: Readonly<Record<string, readonly string[]>> = { singleTask: ['single'], hardSharing: ['hard'], softSharing: ['soft'] };

/** Every architecture. */
export const registeredArchitectures: readonly RegisteredArchitecture[] = Object.values(architectures).map(({ info, fromOptions }) => ({
  ...info,
  kind: 'architecture',
  aliases: aliases[info.name] ?? [],
  make: fromOptions,
}));

/** Every way of balancing; what is a weighting and an aggregator is there once. */
export const registeredBalancings: readonly RegisteredBalancing[] = [
  ...new Map(
    [...Object.values(weightings), ...Object.values(balancers)].map((factory): [string, RegisteredBalancing] => [
      factory.info.name,
      { ...factory.info, aliases: [], make: factory as (options: Readonly<Record<string, unknown>>) => Balancing },
    ]),
  ).values(),
];

/** Every encoder. */
export const registeredEncoders: readonly Registered[] = Object.values(encoders).map(({ info: { name, title, paper, options } }) => ({
  name,
  kind: 'encoder',
  title,
  aliases: [],
  ...(paper && { paper }),
  options,
}));

/** Every kind of task. */
export const registeredKinds: readonly (Registered & { readonly metrics: readonly string[] })[] = Object.values(kinds).map(
  ({ info: { name, title, options, metrics } }) => ({ name, kind: 'task kind', title, aliases: [], options, metrics }),
);
