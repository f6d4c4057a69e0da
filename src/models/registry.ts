import { isOfThisPackage } from '../provenance';
import * as allArchitectures from './architectures';
import type { ArchitectureInfo } from './define-architecture';
import type { EncoderInfo } from './define-encoder';
import { isEncoder } from './encoder-option';
import * as allEncoders from './encoders/index';
import { type Balancing, type Method, usualHeads } from './method';
import type { Encoder } from './network/network';

/*
 * Methods as JSON, for saved models and reports. An encoder of the user's own has no name here and must be given again when loading.
 */

type Options = Readonly<Record<string, unknown>>;

/** Every sharing architecture by name. `info` tells what each is; `fromOptions` makes one from a record of options. */
export const architectures: Readonly<typeof allArchitectures> = { ...allArchitectures };

/** Every encoder by name. `info` tells what each is; `fromOptions` makes one from a record of options, as in `encoder.options`. */
export const encoders: Readonly<typeof allEncoders> = { ...allEncoders };

/** What every registered factory has. */
interface Registered<Made> {
  readonly fromOptions: (options: Options) => Made;
}

/** The factory of that name, of this package's encoders; undefined where there is none. */
export function encoderFactory(name: string): (Registered<Encoder> & { readonly info: EncoderInfo }) | undefined {
  return Object.hasOwn(encoders, name) ? encoders[name as keyof typeof encoders] : undefined;
}

/** The same of its architectures. */
function architectureFactory(name: string): (Registered<Method> & { readonly info: ArchitectureInfo }) | undefined {
  return Object.hasOwn(architectures, name) ? architectures[name as keyof typeof architectures] : undefined;
}

/** A method's names and options. */
export function methodToJSON(method: Method): unknown {
  const plain = (value: unknown): unknown => {
    if (isEncoder(value)) return { encoder: value.name, ...provenance(value), options: plain(value.options) };
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, plain(v)]));
    return value;
  };
  const { architecture, balancing } = method;
  return {
    architecture: architecture.name,
    ...provenance(architecture),
    options: plain(architecture.options),
    ...(balancing ? { balancing: balancingToJSON(balancing), update: updateToJSON(method) } : {}),
  };
}

function balancingToJSON(balancing: Balancing): unknown {
  const { name, revision } = balancing.info;
  return { name, ...provenance(balancing), ...(revision === undefined ? {} : { revision }), options: balancing.options };
}

/** How an update is used. What was the only way once is left out, so that methods and runs described then are still known. */
function updateToJSON({ balancing, update }: Method): Partial<Method['update']> {
  const { scale, gradients, heads, groups } = update;
  const { kind } = balancing!.info;
  return {
    scale,
    gradients,
    ...(heads === usualHeads({ kind }, 'all') ? {} : { heads }),
    ...(groups === 'all' ? {} : { groups }),
  };
}

/** What tells code of the user's own, which may have the name of this package's, from it. */
function provenance(thing: { readonly version?: string | number }): { readonly own?: true; readonly version?: string | number } {
  return { ...(isOfThisPackage(thing) ? {} : { own: true }), ...(thing.version === undefined ? {} : { version: thing.version }) };
}

/**
 * The parts of a method that are the user's own code without a version: what they compute cannot be told from one process to the next.
 * @returns in words, for instance `encoder "gated"`; empty where all is known
 */
export function unversionedParts({ architecture, balancing }: Method): string[] {
  const unknown = (what: string, name: string, thing: { readonly version?: string | number }): string[] =>
    isOfThisPackage(thing) || thing.version !== undefined ? [] : [`${what} "${name}"`];
  const inside = (value: unknown): string[] => {
    if (typeof value !== 'object' || value === null) return [];
    if (isEncoder(value)) return [...unknown('encoder', value.name, value), ...inside(value.options)];
    return Object.values(value).flatMap(inside);
  };
  return [
    ...unknown('architecture', architecture.name, architecture),
    ...inside(architecture.options),
    ...(balancing ? unknown('balancing', balancing.info.name, balancing) : []),
  ];
}

/**
 * The method that `methodToJSON` described, for predicting: balancing plays no part in that.
 * @throws Error when it names an architecture or an encoder that this package does not have
 */
export function methodFromJSON(json: unknown): Method {
  const made = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(made);
    if (typeof value !== 'object' || value === null) return value;
    const { encoder, own, options } = value as { encoder?: string; own?: boolean; options?: Options };
    if (typeof encoder === 'string') {
      const make = own ? undefined : encoderFactory(encoder);
      if (!make)
        throw new Error(
          `Cannot rebuild the encoder "${encoder}": it is not one of this package's; give the method as load(directory, { method })`,
        );
      return make.fromOptions(made(options) as Options);
    }
    return Object.fromEntries(Object.entries(value).map(([key, v]) => [key, made(v)]));
  };
  const { architecture, own, options } = json as { architecture: string; own?: boolean; options: Options };
  const make = own ? undefined : architectureFactory(architecture);
  if (!make)
    throw new Error(
      `Cannot rebuild the architecture "${architecture}": it is not one of this package's; give the method as load(directory, { method })`,
    );
  return make.fromOptions(made(options) as Options);
}
