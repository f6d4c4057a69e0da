import type { OptionSpecs } from '../options/spec';
import type { Json, Matrix, State, StepInput, StepResult } from './balancing';

/*
 * A batch may have no label of a task. Such a task has no loss, so a method must not read one: it works on the present tasks as if there
 * were no others, gives the absent ones weight 0, and leaves what it remembers of them as it was.
 */

/**
 * How a part of a state belongs to the tasks: `task`, a number (or null) each; `pair`, a row-major `[tasks, tasks]` matrix; `shares`, as
 * `task`, but only the ratios between tasks matter and the mean is 1; `simplex`, the same with the sum 1.
 */
export type StatePart = 'task' | 'pair' | 'shares' | 'simplex';

/** The parts of a state that belong to tasks, by name; what is not named belongs to all tasks together. */
export interface StateParts {
  readonly [name: string]: StatePart | StateParts;
}

/** The present tasks' places; undefined where all are present. */
export function placesOf(present: readonly boolean[] | undefined): number[] | undefined {
  if (present === undefined || present.every(Boolean)) return undefined;
  return present.flatMap((here, t) => (here ? [t] : []));
}

/** The rows and columns of some tasks. */
function squareAt(matrix: Matrix, places: readonly number[]): number[][] {
  return places.map((i) => places.map((j) => matrix[i]![j]!));
}

/** What a step is told, of some tasks only. */
export function inputAt(input: StepInput, places: readonly number[]): StepInput {
  const at = <T>(values: readonly T[]): T[] => places.map((t) => values[t]!);
  const { gramian, crossGramian, likelihoodFactors, nextLosses, present: _, ...rest } = input;
  return {
    ...rest,
    losses: at(input.losses),
    // Only few methods look at it, and it grows with training.
    get epochLosses() {
      return input.epochLosses.map(at);
    },
    ...(gramian === undefined ? {} : { gramian: squareAt(gramian, places) }),
    ...(crossGramian === undefined ? {} : { crossGramian: squareAt(crossGramian, places) }),
    ...(likelihoodFactors === undefined ? {} : { likelihoodFactors: at(likelihoodFactors) }),
    ...(nextLosses === undefined ? {} : { nextLosses: at(nextLosses) }),
  };
}

/** Options, those with a number a task of some tasks only. */
export function optionsAt<Options extends object>(
  specs: OptionSpecs<Options>,
  options: Required<Options>,
  places: readonly number[],
): Required<Options> {
  const picked: Record<string, unknown> = { ...options };
  for (const name of Object.keys(specs) as (keyof typeof specs)[]) {
    const value = options[name as keyof Required<Options>];
    if (specs[name].perTask && Array.isArray(value)) picked[name as string] = places.map((t) => value[t]);
  }
  return picked as Required<Options>;
}

/** What the numbers of some tasks are multiplied by to be a state of these tasks alone; 0 where they sum to 0. */
function scaleOf(part: StatePart, values: readonly number[]): number {
  if (part !== 'shares' && part !== 'simplex') return 1;
  const sum = values.reduce((a, b) => a + b, 0);
  return sum > 0 ? (part === 'shares' ? values.length : 1) / sum : 0;
}

function arrayAt(part: StatePart, all: readonly Json[], places: readonly number[], tasks: number): Json[] {
  if (part === 'pair') return places.flatMap((i) => places.map((j) => all[i * tasks + j]!));
  const own = places.map((t) => all[t]!);
  if (part === 'task') return own;
  const numbers = own as number[];
  const scale = scaleOf(part, numbers);
  return scale === 0 ? numbers.map(() => (part === 'shares' ? 1 : 1 / places.length)) : numbers.map((value) => value * scale);
}

function arrayWith(part: StatePart, all: readonly Json[], next: readonly Json[], places: readonly number[], tasks: number): Json[] {
  const result = [...all];
  if (part === 'pair') {
    for (const [a, i] of places.entries()) for (const [b, j] of places.entries()) result[i * tasks + j] = next[a * places.length + b]!;
    return result;
  }
  const scale = scaleOf(
    part,
    places.map((t) => all[t] as number),
  );
  // Together the present tasks keep the share they had.
  for (const [k, t] of places.entries()) result[t] = part === 'task' ? next[k]! : scale === 0 ? 0 : (next[k] as number) / scale;
  return result;
}

const isState = (value: Json | undefined): value is State => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The state of a method for some tasks alone. */
export function stateAt(parts: StateParts, state: State, places: readonly number[], tasks: number): State {
  const picked: Record<string, Json> = { ...state };
  for (const [name, part] of Object.entries(parts)) {
    const value = state[name];
    if (typeof part !== 'string') {
      if (isState(value)) picked[name] = stateAt(part, value, places, tasks);
    } else if (Array.isArray(value)) picked[name] = arrayAt(part, value as readonly Json[], places, tasks);
  }
  return picked;
}

/** A state with what some tasks' own became. */
export function stateWith(parts: StateParts, state: State, next: State, places: readonly number[], tasks: number): State {
  const merged: Record<string, Json> = { ...next };
  for (const [name, part] of Object.entries(parts)) {
    const [before, after] = [state[name], next[name]];
    if (typeof part !== 'string') {
      if (isState(before) && isState(after)) merged[name] = stateWith(part, before, after, places, tasks);
    } else if (Array.isArray(before) && Array.isArray(after)) merged[name] = arrayWith(part, before, after, places, tasks);
  }
  return merged;
}

/**
 * A step of a method on the present tasks alone.
 * @param places the present tasks
 * @param run the step, for these tasks
 */
export function stepAt(
  parts: StateParts,
  input: StepInput,
  state: State,
  places: readonly number[],
  run: (input: StepInput, state: State) => StepResult,
): StepResult {
  const tasks = input.losses.length;
  const none = (): number[] => new Array<number>(tasks).fill(0);
  if (places.length === 0) return { weights: none(), state };
  const result = run(inputAt(input, places), stateAt(parts, state, places, tasks));
  const ofAll = (own: readonly number[]): number[] => {
    const all = none();
    for (const [k, t] of places.entries()) all[t] = own[k]!;
    return all;
  };
  return {
    weights: ofAll(result.weights),
    ...(result.heads && { heads: ofAll(result.heads) }),
    state: stateWith(parts, state, result.state, places, tasks),
  };
}
