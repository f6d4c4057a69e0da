import type { Paper } from '../balancing/balancing';
import { describeOptions, type OptionSpecs, readOptions } from '../options/spec';
import { ofThisPackage } from '../provenance';
import type { ModelPartInfo } from './info';
import type { Encoder, InputShape, Layer } from './network/network';

/** What an encoder is: its name in the registry and its options. */
export interface EncoderInfo extends ModelPartInfo {
  /** The option that the factory takes as its first argument, or all arguments together (`rest`); absent where it takes an object only. */
  readonly first?: string;
  readonly rest?: boolean;
}

/** Makes an encoder from its arguments; carries what is known of it without making one. */
export interface EncoderFactory<Arguments extends readonly unknown[]> {
  /**
   * @throws TypeError on an unknown option, a missing one or one of the wrong type
   * @throws RangeError on an option out of its range
   */
  (...args: Arguments): Encoder;
  readonly info: EncoderInfo;
  /** The same from one record of options, as in `encoder.options`. */
  readonly fromOptions: (options: Readonly<Record<string, unknown>>) => Encoder;
}

/** The parts of an encoder that are its own. */
export interface EncoderDefinition<Arguments extends readonly unknown[], Options extends object> {
  readonly name: string;
  readonly title: string;
  readonly paper?: Paper;
  readonly options: OptionSpecs<Options>;
  readonly first?: keyof Options & string;
  readonly rest?: boolean;
  /** Refuses options that do not go together. */
  readonly check?: (options: Required<Options>) => void;
  /** One record of options from the factory's arguments. */
  readonly read: (...args: Arguments) => Options;
  /** See `Encoder.flattens`. */
  readonly flattens?: (options: Required<Options>) => boolean;
  /** The options of the same encoder with its widths scaled, see `Encoder.scaled`; undefined where they cannot be. */
  readonly scaled?: (options: Required<Options>, factor: number, multiple?: number) => Options | undefined;
  readonly build: (input: InputShape, scope: string, options: Required<Options>) => readonly Layer[];
}

/** Makes an encoder's factory. */
export function defineEncoder<Arguments extends readonly unknown[], Options extends object>(
  definition: EncoderDefinition<Arguments, Options>,
): EncoderFactory<Arguments> {
  const { name, title, paper, first, rest, read, scaled } = definition;
  const make = (given: Options): Encoder => {
    const options = readOptions(name, definition.options, given);
    definition.check?.(options);
    const resized = scaled?.(options, 1);
    return ofThisPackage({
      name,
      options: options as Readonly<Record<string, unknown>>,
      ...(definition.flattens?.(options) && { flattens: true }),
      ...(scaled && resized && { scaled: (factor: number, multiple?: number) => make(scaled(options, factor, multiple)!) }),
      build: (input: InputShape, scope: string) => definition.build(input, scope, options),
    });
  };
  const info: EncoderInfo = {
    name,
    title,
    ...(paper && { paper }),
    options: describeOptions(definition.options),
    ...(first !== undefined && { first }),
    ...(rest && { rest }),
  };
  return Object.assign((...args: Arguments) => make(read(...args)), {
    info,
    fromOptions: (options: Readonly<Record<string, unknown>>) => make(options as Options),
  });
}

/**
 * One record of options from a first argument and further options.
 * @throws TypeError when the further options are no object, or name the first argument again
 */
export function withFirst<First extends string, Value, Rest extends object>(
  who: string,
  first: First,
  value: Value,
  options: Rest | undefined,
): Rest & { readonly [Name in First]: Value } {
  if (options !== undefined && (typeof options !== 'object' || options === null || Array.isArray(options) || Object.hasOwn(options, first)))
    throw new TypeError(`${who}(${first}, options): options must be an object of further options; ${first} comes before it`);
  return { ...(options as Rest), [first]: value } as Rest & { readonly [Name in First]: Value };
}
