import { balancers, weightings } from '../balancing/registry';
import { isEncoder } from '../models/encoder-option';
import { type Balancing, type Method, method as wrap } from '../models/method';
import type { Architecture, Encoder } from '../models/network/network';
import { architectures, encoderFactory } from '../models/registry';
import { didYouMean } from '../options/check';
import {
  type Bounds,
  type CallSpecs,
  COUNT,
  choiceOption,
  type FilledSpec,
  flagOption,
  listOption,
  numberOption,
  readCall,
  SEED,
} from '../options/spec';
import { isOfThisPackage } from '../provenance';
import { random } from '../random/random';
import { adam, adamw, type Optimizer, sgd } from '../training/optimizer';
import { type Draws, drawsOption } from './draws';
import { isSearch, type MethodSearch } from './method-search';
import { sobolDimensions, sobolPoint } from './sobol';

/** What is tuned, within the same budget for every method. */
export interface TuneOptions {
  /** Candidates per method and seed. The first is the method as it is given. @default 16 */
  readonly budget?: number;
  /** Range of the learning rate, drawn on a log scale. @default [1e-4, 1e-2] */
  readonly learningRate?: readonly [number, number];
  /** Weight decays to choose from. @default [0, 1e-4, 1e-2] for this package's optimizers */
  readonly weightDecay?: readonly number[];
  /** Dropouts to choose from, for encoders that have one. @default [0, 0.2, 0.5] */
  readonly dropout?: readonly number[];
  /** Factors of the encoders' widths. @default [1] */
  readonly width?: readonly number[];
  /** Values of a method's own options (of its balancing or architecture) to choose from: method -> option -> values. */
  readonly options?: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;
  /** How candidates are spread: independent draws, or a Sobol sequence. @default 'random' */
  readonly sampler?: 'random' | 'sobol';
  /** Seed of the draws. @default 0 */
  readonly seed?: number;
  /**
   * Whether the seeds of the study try the same candidates. `'joint'`: what is said holds for these candidates, and the luck of drawing them is in no
   * interval. `'perSeed'`: each seed draws its own, the same for all methods, so that what is said holds for tuning as a procedure (Bouthillier and
   * others 2021, 2103.03098); a plan then trains the candidate with the median learning rate of those chosen. @default 'joint'
   */
  readonly draws?: Draws;
  /**
   * Successive halving (Jamieson and Talwalkar 2016): all candidates get a ninth of the epochs, the best third of them a third, the best
   * third of those all. It costs about a third of the search. @default false
   */
  readonly halving?: boolean;
}

/** `TuneOptions` that were checked and filled in. */
export type CheckedTune = Required<TuneOptions>;

/** One way to train a method. */
export interface Candidate {
  /** What differs from the method as it is given. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly method: Method;
  readonly learningRate: number;
  readonly optimizer: Optimizer;
}

const optimizers: Readonly<Record<string, (options: Readonly<Record<string, number>>) => Optimizer>> = { adam, adamw, sgd };

/** Values to choose from. */
function valuesOption(fallback: readonly number[], doc: string, bounds: Bounds): FilledSpec<readonly number[]> {
  const list = listOption(fallback, doc, bounds);
  return {
    ...list,
    fault: (value) => {
      if (!Array.isArray(value)) return { kind: 'type', expected: 'an array of values to choose from' };
      return value.length === 0 ? undefined : list.fault(value);
    },
  };
}

const rangeOption: FilledSpec<readonly [number, number]> = {
  type: 'array of two numbers > 0, the lower first',
  default: [1e-4, 1e-2],
  doc: 'range of the learning rate',
  fault: (value) => {
    if (!Array.isArray(value) || value.length !== 2) return { kind: 'type', expected: 'an array of two numbers, the lower first' };
    const wrong = listOption(undefined, '', { above: 0 }).fault(value);
    if (wrong !== undefined) return wrong;
    const [low, high] = value as [number, number];
    return high >= low ? undefined : { kind: 'range', expected: `a number at least ${low}`, at: '[1]', found: high };
  },
};

/** @param decays whether the optimizer is one whose weight decay can be varied */
function tuneSpecs(decays: boolean): CallSpecs<TuneOptions> {
  return {
    budget: numberOption(16, 'candidates per method and seed', COUNT),
    learningRate: rangeOption,
    weightDecay: valuesOption(decays ? [0, 1e-4, 1e-2] : [], 'weight decays to choose from', { min: 0 }),
    dropout: valuesOption([0, 0.2, 0.5], 'dropouts to choose from', { min: 0, below: 1 }),
    width: valuesOption([1], "factors of the encoders' widths", { above: 0 }),
    options: {
      type: 'object: method -> option -> values',
      default: {},
      doc: "values of a method's own options",
      fault: (value) =>
        typeof value === 'object' && value !== null ? undefined : { kind: 'type', expected: 'an object of methods by name' },
    },
    sampler: choiceOption('random', ['random', 'sobol'], 'how candidates are spread'),
    seed: numberOption(0, 'seed of the draws', SEED),
    draws: drawsOption,
    halving: flagOption(false, 'whether most candidates get a part of the epochs only'),
  };
}

/**
 * Checks what is to be tuned.
 * @throws TypeError for an unknown option, RangeError for a value out of range
 */
export function checkTune(who: string, tune: TuneOptions | true, optimizer: Optimizer, methods: readonly string[]): CheckedTune {
  const known = isOfThisPackage(optimizer) && Object.hasOwn(optimizers, optimizer.name);
  const checked = readCall<TuneOptions>(who, tuneSpecs(known), tune === true ? {} : tune, 'tune');
  if (checked.weightDecay.length > 0 && !known)
    throw new TypeError(`${who}: tune.weightDecay needs adam(), adamw() or sgd(), got an optimizer "${optimizer.name}"`);
  for (const name of Object.keys(checked.options)) {
    if (!methods.includes(name))
      throw new RangeError(
        `${who}: tune.options names "${name}", which is no method${didYouMean(name, methods)}; methods: ${methods.join(', ')}`,
      );
  }
  return checked;
}

/** The encoder with another dropout, in its parts too; undefined where there is none. */
function withDropout(encoder: Encoder, dropout: number): Encoder | undefined {
  const make = isOfThisPackage(encoder) ? encoderFactory(encoder.name) : undefined;
  if (!make) return undefined;
  let found = 'dropout' in encoder.options;
  const inner = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inner);
    if (!isEncoder(value)) return value;
    const changed = withDropout(value, dropout);
    if (changed) found = true;
    return changed ?? value;
  };
  const options = Object.fromEntries(
    Object.entries(encoder.options).map(([key, value]) => [key, key === 'dropout' ? dropout : inner(value)]),
  );
  return found ? make.fromOptions(options) : undefined;
}

function withArchitecture(method: Method, architecture: Architecture): Method {
  const bare = wrap(architecture);
  return method.balancing ? bare.with(method.balancing, method.update) : bare;
}

function mapped(method: Method, change: (encoder: Encoder) => Encoder): Method {
  const { mapEncoders } = method.architecture;
  return mapEncoders ? withArchitecture(method, mapEncoders(change)) : method;
}

/** Whether a change of encoders changes anything. */
function reaches(method: Method, change: (encoder: Encoder) => Encoder | undefined): boolean {
  let found = false;
  mapped(method, (encoder) => {
    const changed = change(encoder);
    if (changed) found = true;
    return changed ?? encoder;
  });
  return found;
}

/** The method with one of its own options changed. */
function withOption(who: string, name: string, method: Method, option: string, value: unknown): Method {
  const { architecture, balancing, update } = method;
  if (balancing && Object.hasOwn(balancing.options, option)) {
    const registries: Readonly<Record<string, (options: never) => Balancing>> = { ...weightings, ...balancers };
    const make = isOfThisPackage(balancing) && Object.hasOwn(registries, balancing.info.name) ? registries[balancing.info.name] : undefined;
    if (!make)
      throw new TypeError(`${who}: tune.options.${name}: ${balancing.info.name} is not registered, so its options cannot be varied`);
    return wrap(architecture).with(make({ ...balancing.options, [option]: value } as never), update);
  }
  if (Object.hasOwn(architecture.options, option)) {
    const registry: Readonly<Record<string, { readonly fromOptions: (options: Readonly<Record<string, unknown>>) => Method }>> = {
      ...architectures,
    };
    const make = isOfThisPackage(architecture) && Object.hasOwn(registry, architecture.name) ? registry[architecture.name] : undefined;
    if (!make) throw new TypeError(`${who}: tune.options.${name}: ${architecture.name} is not registered, so its options cannot be varied`);
    return withArchitecture(method, make.fromOptions({ ...architecture.options, [option]: value }).architecture);
  }
  const known = [...Object.keys(balancing?.options ?? {}), ...Object.keys(architecture.options)];
  throw new TypeError(
    `${who}: tune.options.${name}: no option "${option}"${didYouMean(option, known)}; options: ${known.join(', ') || 'none'}`,
  );
}

/**
 * Where candidate `index` lies in the space that is searched, `[dimensions]` in [0, 1): the first 4 for all methods, then those of its own options.
 * @param seed the study's seed that draws it; undefined where all seeds have the same
 */
function pointOf(tune: CheckedTune, index: number, name: string, own: readonly string[], seed: number | undefined): number[] {
  const stream = seed === undefined ? 'tune' : `tune/${seed}`;
  if (tune.sampler === 'sobol') {
    const point = sobolPoint(index, 4 + own.length);
    if (seed === undefined) return point;
    // Moved as a whole, the points stay as even as they were (Cranley and Patterson 1976).
    const shift = random(tune.seed, stream);
    return point.map((value) => (value + shift.uniform()) % 1);
  }
  const draws = random(tune.seed, `${stream}/${index}`);
  return [...Array.from({ length: 4 }, () => draws.uniform()), ...own.map((option) => draws.split(`${name}/${option}`).uniform())];
}

/** Methods that candidates share where they differ in their learning rate only, and so are trained in one stack: by what else is changed. */
export type SharedMethods = Map<string, Method>;

/**
 * The ways to train a method that are tried. The learning rates, weight decays, dropouts and widths are the same draws for every method.
 * @param tune undefined: only what the search itself leaves open
 * @param seed the study's seed that they are for; undefined where all seeds have the same
 * @param made methods of the candidates of other seeds
 */
export function candidatesOf(
  who: string,
  name: string,
  given: Method | MethodSearch,
  tasks: number,
  tune: CheckedTune | undefined,
  settings: { readonly learningRate: number; readonly optimizer: Optimizer },
  seed?: number,
  made: SharedMethods = new Map(),
): Candidate[] {
  const search = isSearch(given) ? given : undefined;
  const base = search ? search.base : (given as Method);
  const count = tune ? tune.budget : search ? search.size : 1;
  const own = Object.entries((tune && Object.hasOwn(tune.options, name) ? tune.options[name] : undefined) ?? {});
  for (const [option, values] of own) {
    if (!Array.isArray(values) || values.length === 0)
      throw new TypeError(`${who}: tune.options.${name}.${option} must be a non-empty array of values, got ${JSON.stringify(values)}`);
    for (const value of values) withOption(who, name, base, option, value);
  }
  const dimensions = 4 + own.length;
  if (tune?.sampler === 'sobol' && dimensions > sobolDimensions)
    throw new RangeError(
      `${who}: tune.sampler "sobol" takes at most ${sobolDimensions - 4} options of a method, got ${own.length}; use "random"`,
    );
  const hasDropout = reaches(base, (encoder) => withDropout(encoder, 0));
  const hasWidth = reaches(base, (encoder) => encoder.scaled?.(1));
  const optionNames = own.map(([option]) => option);
  const shared = ({ learningRate: _, weightDecay: __, ...structure }: Readonly<Record<string, unknown>>, method: Method): Method => {
    const key = JSON.stringify(structure);
    if (!made.has(key)) made.set(key, method);
    return made.get(key)!;
  };
  return [...Array(count).keys()].map((index): Candidate => {
    const start = search ? search.candidate(index, tasks, seed) : { changes: {}, method: base };
    if (!tune || index === 0) return { changes: start.changes, method: shared(start.changes, start.method), ...settings };
    const point = pointOf(tune, index, name, optionNames, seed);
    const choose = <T>(values: readonly T[], dimension: number): T => values[Math.floor(point[dimension]! * values.length)]!;
    const changes: Record<string, unknown> = { ...start.changes };
    const [low, high] = tune.learningRate;
    const learningRate = low * (high / low) ** point[0]!;
    changes.learningRate = learningRate;
    let { method } = start;
    let { optimizer } = settings;
    if (tune.weightDecay.length > 0) {
      changes.weightDecay = choose(tune.weightDecay, 1);
      optimizer = optimizers[optimizer.name]!({ ...optimizer.options, weightDecay: changes.weightDecay as number });
    }
    if (tune.dropout.length > 0 && hasDropout) {
      const dropout = choose(tune.dropout, 2);
      changes.dropout = dropout;
      method = mapped(method, (encoder) => withDropout(encoder, dropout) ?? encoder);
    }
    if (tune.width.length > 0 && hasWidth) {
      const width = choose(tune.width, 3);
      if (tune.width.length > 1 || width !== 1) changes.width = width;
      if (width !== 1) method = mapped(method, (encoder) => encoder.scaled?.(width) ?? encoder);
    }
    for (const [i, [option, values]] of own.entries()) {
      changes[option] = choose(values, 4 + i);
      method = withOption(who, name, method, option, changes[option]);
    }
    return { changes, method: shared(changes, method), learningRate, optimizer };
  });
}
