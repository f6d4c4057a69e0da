import { csvSpecs } from '../data/read/read-csv';
import { taskDataSpecs } from '../data/task-data';
import { mlp } from '../models/encoders/mlp';
import { type OptionText, saidOf, withOptionNames } from '../options/option-error';
import { defaultText, type OptionSpec } from '../options/spec';
import { compareSpecs } from '../study/compare';
import { kindNames } from '../tasks/registry';
import { adamwSpecs } from '../training/optimizer';

type Specs = Readonly<Record<string, OptionSpec<unknown>>>;

/** A flag of `taskloom compare`. */
export interface Flag {
  /** Without the hyphens: `batch-size`. */
  readonly name: string;
  /** What stands for its value in the help: `N`; empty where it takes none. */
  readonly value: string;
  /** The option of the library that it gives, with its check; absent where it is the command line's own. */
  readonly option?: string;
  readonly spec?: OptionSpec<unknown>;
}

/** Options by name that have a flag. */
function flagsOf(specs: Specs): Flag[] {
  return Object.entries(specs).flatMap(([option, spec]) => {
    if (spec.flag === undefined) return [];
    const [, name, value] = /^--(\S+)\s*(.*)$/.exec(spec.flag)!;
    return [{ name: name!, value: value!, option, spec }];
  });
}

/** Flags that give an option of `compare`. */
export const compareFlags: readonly Flag[] = flagsOf(compareSpecs as Specs);

/** Flags that give an option of the table or of how it is read. */
const tableFlags: readonly Flag[] = [...flagsOf(taskDataSpecs as Specs), ...flagsOf(csvSpecs as Specs)];

/** Flags of options that other calls take. */
const otherFlags: readonly Flag[] = flagsOf(adamwSpecs as Specs);

const own = (name: string, value: string): Flag => ({ name, value });

/** Every flag, in the order of the help. */
export const allFlags: readonly Flag[] = [
  own('tasks', 'LIST'),
  ...tableFlags,
  own('methods', 'LIST'),
  own('trunk', 'LIST'),
  own('dropout', 'X'),
  ...compareFlags,
  ...otherFlags,
  own('json', 'FILE'),
  own('html', 'FILE'),
  own('quiet', ''),
  own('help', ''),
];

/** What an option of the library is called on the command line. */
const flagOf: ReadonlyMap<string, string> = new Map([
  ...[...tableFlags, ...compareFlags, ...otherFlags].map(({ name, option }) => [option!, `--${name}`] as const),
  ['tasks', '--tasks'],
  ['sizes', '--trunk'],
  ['dropout', '--dropout'],
]);

/** An option in the words of the command line, alone or with its value: `--ignore id`. */
function flagWords(option: string, value?: OptionText): string {
  const [, name, rest] = /^(\w+)(.*)$/s.exec(option) ?? [];
  const flag = flagOf.get(name ?? option);
  if (flag === undefined) return option;
  if (value === undefined || typeof value === 'boolean') return `${flag}${rest}`;
  const text = typeof value === 'string' ? value : value.join(',');
  return `${flag} ${/[\s;|&$"'`\\*?()<>]/.test(text) ? `'${text}'` : text}`;
}

/** The texts of a choice as they are typed: `per-task` for `perTask`. */
export function typed(choice: string): string {
  return choice.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** A message of the library in the words of the command line. */
export function inFlags(error: Error): string {
  const said = saidOf(error);
  if (!said) return error.message;
  const { who, text } = said;
  const words = withOptionNames(text, flagWords);
  const [, maker, others] = /^(\w+)(\(options\))?$/.exec(who) ?? [];
  if (others !== undefined && maker !== mlp.info.name) {
    const place = kindNames.includes(maker!) ? '--tasks' : '--methods';
    return `${place}: ${withOptionNames(text).replace(/^option '([^']*)'/, `option '$1' of ${maker}`)}`;
  }
  return words.replace(/^option '(--[^']*)'/, '$1').replace(/^Cannot build task data: (?=--)/, '');
}

/** A note of the library, which names options with their values as code does, in the words of the command line. */
export function noteInFlags(note: string): string {
  return note.replace(/\b(ignore|categorical|missing): \[((?:'[^']*'(?:, )?)+)\]/g, (_, option: string, list: string) =>
    flagWords(
      option,
      [...list.matchAll(/'([^']*)'/g)].map(([, value]) => value!),
    ),
  );
}

/** Columns in which the help says what a flag is, and where lines end. */
const PLACE = 22;
const WIDTH = 120;

/** One flag as lines of the help. */
function lines({ name, value }: Pick<Flag, 'name' | 'value'>, text: string): string {
  const out: string[] = [];
  let line = `  --${name}${value === '' ? '' : ` ${value}`}`.padEnd(PLACE - 1);
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      out.push(line);
      line = ' '.repeat(PLACE - 1);
    }
    line += ` ${word}`;
  }
  return [...out, line].join('\n');
}

/** A flag's lines in the help: what it is, its values and its default, as its specification has them. */
export function helpOf(name: string): string {
  const flag = [...tableFlags, ...compareFlags, ...otherFlags].find((one) => one.name === name);
  if (flag?.spec === undefined) throw new Error(`no specification for --${name}`);
  const { spec } = flag;
  const choices = spec.choices === undefined ? '' : `: ${spec.choices.map(typed).join(' or ')}`;
  const usual = spec.choices === undefined ? defaultText(spec, flagWords) : typed(String(spec.default));
  const hasDefault = flag.value !== '' && (spec.default !== undefined || spec.otherwise !== undefined);
  const ending = hasDefault ? ` (default: ${usual})` : '';
  return lines(flag, `${withOptionNames(spec.doc, flagWords)}${choices}${ending}`);
}

/** The lines of a flag of the command line's own. */
export function helpOfOwn(name: string, text: string): string {
  const flag = allFlags.find((one) => one.name === name);
  if (!flag) throw new Error(`no flag --${name}`);
  return lines(flag, text);
}
