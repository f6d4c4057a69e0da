import type { MethodInfo, Paper } from '../balancing/balancing';
import { balancers, weightings } from '../balancing/registry';
import { type UpdateOptions, usualHeads } from '../models/method';
import { architectures, encoderFactory } from '../models/registry';

/** A part of a method that was published. */
export interface MethodPart {
  readonly name: string;
  readonly title: string;
  readonly paper: Paper;
}

interface Definition {
  readonly architecture: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly balancing?: { readonly name: string; readonly options: Readonly<Record<string, unknown>> };
  readonly update?: UpdateOptions;
}

type Entry = { readonly info: MethodPart & Partial<Pick<MethodInfo, 'kind' | 'heads'>> };

function entryOf(registry: object, name: string): Entry | undefined {
  return Object.hasOwn(registry, name) ? (registry as Readonly<Record<string, Entry>>)[name] : undefined;
}

/** Architecture and balancing of a method, as the registries know them; what they do not know is left out. */
export function partsOf(definition: unknown): MethodPart[] {
  const { architecture, balancing } = definition as Definition;
  const entries = [
    entryOf(architectures, architecture),
    ...(balancing ? [entryOf(balancers, balancing.name) ?? entryOf(weightings, balancing.name)] : []),
  ];
  return entries.flatMap((entry) => (entry ? [{ name: entry.info.name, title: entry.info.title, paper: entry.info.paper }] : []));
}

/** A paper in one line. */
export function paperText({ authors, year, title, arxiv }: Paper): string {
  return `${authors} (${year}) ${title}${arxiv === undefined ? '' : `, arXiv ${arxiv}`}`;
}

/** An object literal; `{}` without fields. */
function recordCode(record: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(record).map(
    ([key, inner]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${valueCode(inner)}`,
  );
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

/** The call that makes an encoder, options at their defaults left out. An encoder of the user's own appears under the name it gave itself. */
function encoderCode(name: string, own: boolean, options: Readonly<Record<string, unknown>>): string {
  const factory = own ? undefined : encoderFactory(name);
  if (!factory) return name;
  const { first, rest, options: known } = factory.info;
  const usual = new Map(known.map((option) => [option.name, JSON.stringify(option.default)]));
  const others = Object.fromEntries(
    Object.entries(options).filter(([key, value]) => key !== first && JSON.stringify(value) !== usual.get(key)),
  );
  const before = first === undefined ? [] : rest ? (options[first] as unknown[]).map(valueCode) : [valueCode(options[first])];
  return `tl.${name}(${[...before, ...(Object.keys(others).length > 0 ? [recordCode(others)] : [])].join(', ')})`;
}

function valueCode(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueCode).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const { encoder, own = false, options = {} } = value as { encoder?: unknown; own?: boolean; options?: Readonly<Record<string, unknown>> };
  return typeof encoder === 'string' ? encoderCode(encoder, own, options) : recordCode(value as Readonly<Record<string, unknown>>);
}

/** The options of `.with(...)` that are not what they are by themselves; empty where all are. */
function updateCode(update: UpdateOptions, info: Entry['info'] | undefined): string {
  const { scale = 'native', gradients = 'parameters', groups = 'all' } = update;
  const kind = info?.kind === 'weighting' ? 'weighting' : 'aggregator';
  const usual = usualHeads({ kind, ...(info?.heads && { heads: info.heads }) }, groups);
  const heads = update.heads ?? usualHeads({ kind }, 'all');
  const given = {
    ...(scale === 'native' ? {} : { scale }),
    ...(gradients === 'parameters' ? {} : { gradients }),
    ...(heads === usual ? {} : { heads }),
    ...(groups === 'all' ? {} : { groups }),
  };
  return Object.keys(given).length > 0 ? `, ${valueCode(given)}` : '';
}

/** TypeScript that makes the method. An encoder of the user's own appears under the name it gave itself. */
export function methodCode(definition: unknown): string {
  const { architecture, options, balancing, update } = definition as Definition;
  const base = entryOf(architectures, architecture)
    ? `tl.architectures.${architecture}.fromOptions(${valueCode(options)})`
    : `${architecture}(${valueCode(options)})`;
  if (!balancing) return base;
  const registry = entryOf(balancers, balancing.name) ? 'balancers' : 'weightings';
  const given = Object.keys(balancing.options).length > 0 ? valueCode(balancing.options) : '';
  const how = updateCode(update ?? {}, (entryOf(balancers, balancing.name) ?? entryOf(weightings, balancing.name))?.info);
  return `${base}.with(tl.${registry}.${balancing.name}(${given})${how})`;
}
