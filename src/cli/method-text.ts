import { mlp } from '../models/encoders/mlp';
import { type Method, updateOptionNames } from '../models/method';
import type { Encoder } from '../models/network/network';
import { didYouMean } from '../options/check';
import type { OptionInfo } from '../options/spec';
import { type Registered, registeredArchitectures, registeredBalancings } from './registered';
import { UsageError } from './usage';

type Options = Record<string, unknown>;

/** Names as people type them: case, hyphens and underscores do not matter. */
const plain = (name: string): string => name.toLowerCase().replace(/[-_]/g, '');

function find<T extends Registered>(what: string, name: string, among: readonly T[]): T {
  const found = among.find((entry) => [entry.name, ...entry.aliases].some((known) => plain(known) === plain(name)));
  if (found) return found;
  const names = among.flatMap((entry) => [entry.name, ...entry.aliases]);
  throw new UsageError(`--methods: unknown ${what} "${name}"${didYouMean(name, names)}; there are ${names.join(', ')}`);
}

/** Options of how a balancing method's update is used. */
const updateOptions: Readonly<Record<string, OptionInfo>> = Object.fromEntries(
  updateOptionNames.map((name) => [name, { name, type: 'text', default: null, doc: '' }]),
);

/** An option's value from text, by what the option takes; what does not fit stays text, which the method then refuses. */
function optionValue(text: string, { type }: OptionInfo): unknown {
  if (text === 'null') return null;
  const numbers = text.split('/').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (numbers.every((value) => !Number.isNaN(value))) {
    if (type.startsWith('encoder')) return mlp(numbers);
    if (type.startsWith('array')) return numbers;
    if (/^(number|integer)/.test(type) && numbers.length === 1) return numbers[0];
  }
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/**
 * Reads `--methods`: `ARCHITECTURE[+BALANCING][:option=value,...]`, separated by commas. Options belong to the name that they follow; those
 * after the balancing method may also be the architecture's.
 * @param trunk the encoder of every architecture
 * @throws UsageError when a name or an option is unknown, or a method is there twice
 */
export function methodsOf(text: string, trunk: Encoder): Record<string, Method> {
  const entries: string[] = [];
  for (const piece of text.split(',')) {
    // A comma also separates a method's options: `gateDropout=0.1` in `mmoe:experts=4,gateDropout=0.1` begins no method.
    const isOption = /^[^:+]*=/.test(piece);
    if (isOption && entries.length > 0) entries.push(`${entries.pop()!},${piece}`);
    else if (piece.trim() !== '') entries.push(piece.trim());
  }
  if (entries.length === 0) throw new UsageError('--methods names no method; write for instance --methods single,hard+pcgrad');
  const methods = new Map<string, Method>();
  for (const entry of entries) {
    if (methods.has(entry)) throw new UsageError(`--methods: "${entry}" is there twice`);
    methods.set(entry, methodOf(entry, trunk));
  }
  return Object.fromEntries(methods);
}

function methodOf(entry: string, trunk: Encoder): Method {
  const [first, ...rest] = entry.split('+').map(readPart);
  if (rest.length > 1) throw new UsageError(`--methods: "${entry}" has more than one balancing method; expected ARCHITECTURE+BALANCING`);
  const architecture = find('architecture', first!.name, registeredArchitectures);
  const balancing = rest[0] ? find('balancing method', rest[0].name, registeredBalancings) : undefined;
  const own: Options = architecture.encoder === undefined ? {} : { [architecture.encoder]: trunk };
  const balancingOptions: Options = {};
  const update: Options = {};
  const place = (given: readonly (readonly [string, string])[], targets: readonly (readonly [Options, readonly OptionInfo[]])[]): void => {
    for (const [name, value] of given) {
      const target = targets.find(([, infos]) => infos.some((info) => info.name === name));
      if (!target) {
        const known = targets.flatMap(([, infos]) => infos.map((info) => info.name));
        throw new UsageError(
          `--methods: "${entry}" has the unknown option "${name}"${didYouMean(name, known)}; options: ${known.join(', ') || 'none'}`,
        );
      }
      target[0][name] = optionValue(value, target[1].find((info) => info.name === name)!);
    }
  };
  place(first!.options, [[own, architecture.options]]);
  if (!balancing) return architecture.make(own);
  place(rest[0]!.options, [
    [balancingOptions, balancing.options],
    [own, architecture.options],
    [update, Object.values(updateOptions)],
  ]);
  return architecture.make(own).with(balancing.make(balancingOptions), update);
}

function readPart(text: string): { readonly name: string; readonly options: readonly (readonly [string, string])[] } {
  const colon = text.indexOf(':');
  const name = (colon < 0 ? text : text.slice(0, colon)).trim();
  if (colon < 0) return { name, options: [] };
  const options = text
    .slice(colon + 1)
    .split(',')
    .map((option): [string, string] => {
      const equals = option.indexOf('=');
      if (equals < 1) throw new UsageError(`--methods: option "${option}" of "${name}" has no value; write option=value`);
      return [option.slice(0, equals).trim(), option.slice(equals + 1).trim()];
    });
  return { name, options };
}
