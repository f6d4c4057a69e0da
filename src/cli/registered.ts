import type { HeadsUpdate, Paper } from '../balancing/balancing';
import { balancers, weightings } from '../balancing/registry';
import type { Balancing, Method } from '../models/method';
import { architectures } from '../models/registry';
import type { OptionInfo } from '../options/spec';

/** What a registered name is. */
export interface Registered {
  readonly name: string;
  readonly kind: 'architecture' | 'weighting' | 'aggregator';
  readonly title: string;
  readonly aliases: readonly string[];
  readonly paper: Paper;
  readonly options: readonly OptionInfo[];
  /** Of a way of balancing: what heads follow unless told otherwise. */
  readonly heads?: HeadsUpdate;
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
