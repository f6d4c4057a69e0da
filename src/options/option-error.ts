/** An error about options, as it was said: names of options are marked in the text. */
export interface SaidOfOptions {
  /** The call, such as `compare`; empty where the text says it. */
  readonly who: string;
  readonly text: string;
}

/** Marks of an option, from the private use area of Unicode: no table and no option holds them. */
const OPEN = '\uE000';
const CLOSE = '\uE001';
const VALUE = '\uE002';

/** The name of an option in a message: code shows it as it is, the command line as its flag. */
export function optionName(name: string): string {
  return `${OPEN}${name}${CLOSE}`;
}

/** What an option is set to in a message. */
export type OptionText = string | boolean | readonly string[];

/** An option with its value in a message: `ignore: ['id']` in code, `--ignore id` on the command line. */
export function optionSetting(name: string, value: OptionText): string {
  return `${OPEN}${name}${VALUE}${JSON.stringify(value)}${CLOSE}`;
}

/** What a reader calls an option, alone or with its value. */
export type OptionWords = (name: string, value?: OptionText) => string;

const inCode: OptionWords = (name, value) => {
  if (value === undefined) return name;
  return typeof value === 'object' ? `${name}: [${value.map((one) => `'${one}'`).join(', ')}]` : `${name}: ${JSON.stringify(value)}`;
};

/** A text with its marked options in the words of whoever reads it. @param words default: those of code */
export function withOptionNames(text: string, words: OptionWords = inCode): string {
  return text.replace(/\uE000([^\uE001\uE002]*)(?:\uE002([^\uE001]*))?\uE001/g, (_, name: string, value?: string) =>
    value === undefined ? words(name) : words(name, JSON.parse(value) as OptionText),
  );
}

const said = new WeakMap<Error, SaidOfOptions>();

/** Remembers how an error was said, for a reader who calls options by other names. */
export function remember<E extends Error>(error: E, who: string, text: string): E {
  said.set(error, { who, text });
  return error;
}

/** An error about options: `who: text`, in which `optionName` marks their names. */
export function optionError<E extends Error>(Kind: new (message: string) => E, who: string, text: string): E {
  return remember(new Kind(`${who}: ${withOptionNames(text)}`), who, text);
}

/** How an error, or the error that it was made of, was said; undefined where it is not about options. */
export function saidOf(error: unknown): SaidOfOptions | undefined {
  if (!(error instanceof Error)) return undefined;
  return said.get(error) ?? saidOf(error.cause);
}
