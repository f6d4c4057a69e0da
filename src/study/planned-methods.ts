import { balancers, weightings } from '../balancing/registry';
import type { Balancing, Method, UpdateOptions } from '../models/method';
import { methodFromJSON } from '../models/registry';
import { adam, adamw, type Optimizer, sgd } from '../training/optimizer';
import { recordedNames, type TrainingSettings } from '../training/settings';
import type { Candidate } from './candidates';
import type { ComparisonData, MethodRecord } from './comparison-data';

/** How a method of a comparison is trained again. */
export type PlannedMethod = Pick<Candidate, 'method' | 'learningRate' | 'optimizer'>;

/** The methods of comparisons that were trained in this process, as they were given and tuned: they may hold code of the user's own. */
const trained = new WeakMap<ComparisonData, Readonly<Record<string, PlannedMethod>>>();

/** Remembers how the methods of a comparison are trained. */
export function rememberMethods(data: ComparisonData, methods: Readonly<Record<string, PlannedMethod>>): void {
  trained.set(data, methods);
}

/** The candidate that tuning chose most often; the first of equals. */
export function mostChosen(candidates: readonly Candidate[], chosen: readonly number[]): Candidate {
  const counts = candidates.map((_, k) => chosen.filter((one) => one === k).length);
  return candidates[counts.indexOf(Math.max(...counts))]!;
}

/** Of candidates that seeds drew and chose, each its own, the one with the median learning rate (the lower of the middle two). */
export function middleChosen(chosen: readonly Candidate[]): Candidate | undefined {
  return [...chosen].sort((a, b) => a.learningRate - b.learningRate)[Math.floor((chosen.length - 1) / 2)];
}

interface Definition {
  readonly balancing?: { readonly name: string; readonly own?: true; readonly options: Readonly<Record<string, unknown>> };
  readonly update?: UpdateOptions;
  readonly search?: string;
}

function rebuilt({ name, definition }: MethodRecord): Method {
  const { balancing, update } = definition as Definition;
  const base = methodFromJSON(definition);
  if (!balancing) return base;
  const registry: Readonly<Record<string, (options: never) => Balancing>> = { ...weightings, ...balancers };
  const make = !balancing.own && Object.hasOwn(registry, balancing.name) ? registry[balancing.name] : undefined;
  if (!make) throw new Error(`the balancing "${balancing.name}" of ${name} is not one of this package's`);
  return base.with(make(balancing.options as never), update);
}

const optimizers: Readonly<Record<string, (options: Readonly<Record<string, number>>) => Optimizer>> = { adam, adamw, sgd };

function optimizerOf({ design }: ComparisonData): Optimizer {
  const name = String(design.optimizer);
  const make = Object.hasOwn(optimizers, name) ? optimizers[name] : undefined;
  if (!make) throw new Error(`the optimizer "${name}" is not one of this package's`);
  return make(design.optimizerOptions as never);
}

/**
 * How a method of a comparison is trained again: as it was given, with the candidate that tuning chose most often; of a comparison from a file as
 * the file describes it.
 * @throws Error where the file does not tell: code of the user's own, or what tuning chose
 */
export function methodOf(data: ComparisonData, name: string): PlannedMethod {
  const own = trained.get(data);
  if (own && Object.hasOwn(own, name)) return own[name]!;
  const record = data.methods.find((method) => method.name === name)!;
  try {
    const tuned = data.tuning !== undefined && Object.hasOwn(data.tuning, name);
    if (tuned || (record.definition as Definition).search !== undefined) throw new Error('what tuning changes is not in the file');
    return { method: rebuilt(record), learningRate: data.design.learningRate as number, optimizer: optimizerOf(data) };
  } catch (error) {
    throw new Error(`Cannot train ${name} from a file (${(error as Error).message}); give the method itself to fit`, { cause: error });
  }
}

/** The settings that a comparison was trained with. */
export function settingsOf({ design }: ComparisonData): TrainingSettings {
  // Each part of a plan has its own optimizer and learning rate.
  const names = recordedNames.filter((name) => name !== 'optimizer' && name !== 'learningRate');
  return Object.fromEntries(names.flatMap((name) => (design[name] === undefined || design[name] === null ? [] : [[name, design[name]]])));
}
