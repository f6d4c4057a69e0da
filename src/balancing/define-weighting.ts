import { describeOptions, type OptionSpecs, readOptions } from '../options/spec';
import { ofThisPackage } from '../provenance';
import type {
  Context,
  Matrix,
  MethodFactory,
  MethodInfo,
  Need,
  Paper,
  StartOptions,
  State,
  StepInput,
  StepResult,
  Weighting,
  WeightingSession,
} from './balancing';
import { checkLosses, checkMatrix, checkSquare, checkTasks } from './check';
import { inputAt, optionsAt, placesOf, type StateParts, stateAt, stateWith, stepAt } from './presence';
import { gramianOf } from './solvers/linear-algebra';

/** The parts of a loss weighting that are its own. */
export interface WeightingCore {
  /** See `WeightsMethod.lastLayer`. @default false */
  readonly lastLayer?: boolean;
  /** The parts of the state that belong to tasks. */
  readonly parts?: StateParts;
  /** The state before the first step; left out by methods without state. */
  readonly init?: (tasks: number, seed: number) => State;
  /** Weights and next state; losses (and the Gramian, where needed) are checked already. */
  readonly step: (input: StepInput, state: State) => StepResult;
  /** The scalarized loss; the weighted sum of the losses unless given. */
  readonly value?: (input: StepInput, state: State) => number;
  readonly after?: (input: StepInput, state: State) => State;
}

/** What is known of a loss weighting, and how to make it from its options. */
export interface WeightingDefinition<Options extends object> {
  readonly name: string;
  readonly title: string;
  readonly paper: Paper;
  readonly needs: 'losses' | 'gramian';
  /** See `MethodInfo.revision`. */
  readonly revision?: number;
  /** See `Weighting.usesBatch`. @default true */
  readonly usesBatch?: boolean;
  readonly options: OptionSpecs<Options>;
  readonly create: (options: Required<Options>) => WeightingCore;
}

/** What a weighting computes, with absent tasks left out. */
interface Functions {
  readonly init: (tasks: number, seed: number) => State;
  readonly step: (input: StepInput, state: State) => StepResult;
  readonly value: (input: StepInput, state: State) => number;
  /** Only where the method learns from the losses after a step. */
  readonly after?: (input: StepInput, state: State) => State;
}

function functionsOf<Options extends object>(
  { name, needs, ...definition }: WeightingDefinition<Options>,
  options: Required<Options>,
  core: WeightingCore,
): Functions {
  const coreAt = (places: readonly number[]): WeightingCore => definition.create(optionsAt(definition.options, options, places));
  const parts = core.parts ?? {};
  const scalarized = (own: WeightingCore, input: StepInput, state: State): number => {
    if (own.value !== undefined) return own.value(input, state);
    const { weights } = own.step(input, state);
    return input.losses.reduce((sum, loss, t) => sum + weights[t]! * loss, 0);
  };
  const after = (input: StepInput, state: State): State => {
    const places = placesOf(input.present);
    if (places === undefined) return core.after!(input, state);
    if (places.length === 0) return state;
    const tasks = input.losses.length;
    const next = coreAt(places).after!(inputAt(input, places), stateAt(parts, state, places, tasks));
    return stateWith(parts, state, next, places, tasks);
  };
  return {
    init(tasks, seed) {
      checkTasks(`${name}().init(tasks, seed)`, tasks);
      return core.init?.(tasks, seed) ?? {};
    },
    step(input, state) {
      checkStep(name, input, needs);
      const places = placesOf(input.present);
      return places === undefined ? core.step(input, state) : stepAt(parts, input, state, places, coreAt(places).step);
    },
    value(input, state) {
      const places = placesOf(input.present);
      if (places === undefined) return scalarized(core, input, state);
      if (places.length === 0) return 0;
      return scalarized(coreAt(places), inputAt(input, places), stateAt(parts, state, places, input.losses.length));
    },
    ...(core.after && {
      after(input: StepInput, state: State): State {
        if (input.nextLosses === undefined) throw new TypeError(`${name}().after(input, state): input.nextLosses is missing`);
        checkLosses(`${name}().after(input, state): before the step`, input.losses, undefined, input.present);
        checkLosses(`${name}().after(input, state): after the step`, input.nextLosses, input.losses.length, input.present);
        return after(input, state);
      },
    }),
  };
}

/** A session that goes from step to step. */
function weightingSession(
  name: string,
  needs: Need,
  { init, step, value, after }: Functions,
  tasks: number,
  seed: number,
): WeightingSession {
  let state = init(tasks, seed);
  let steps = 0;
  let last: StepInput | undefined;
  const nextInput = (where: string, losses: readonly number[], context: Context): StepInput => {
    const input = inputOf(where, losses, { step: steps, ...context }, needs);
    checkLosses(where, losses, tasks, context.present);
    return input;
  };
  return {
    weights(losses, context = {}) {
      last = nextInput(`${name} session: weights(losses)`, losses, context);
      const result = step(last, context.state ?? state);
      state = result.state;
      steps++;
      return result.weights;
    },
    value(losses, context = {}) {
      return value(nextInput(`${name} session: value(losses)`, losses, context), context.state ?? state);
    },
    after(nextLosses) {
      if (last === undefined) throw new TypeError(`${name} session: after(nextLosses) must follow weights(losses)`);
      if (after !== undefined) state = after({ ...last, nextLosses }, state);
    },
    state: () => state,
    restore(saved) {
      state = saved;
    },
  };
}

/** Makes the factory of a loss weighting. */
export function defineWeighting<Options extends object>(definition: WeightingDefinition<Options>): MethodFactory<Options, Weighting> {
  const { name, title, paper, needs, revision } = definition;
  const info: MethodInfo = {
    name,
    title,
    kind: 'weighting',
    paper,
    options: describeOptions(definition.options),
    heads: 'weighted',
    ...(revision === undefined ? {} : { revision }),
  };
  const factory = (given?: Options): Weighting => {
    const options = readOptions(name, definition.options, given);
    const core = definition.create(options);
    const functions = functionsOf(definition, options, core);
    const { init, step, value, after } = functions;
    const stateOf = (context: Context, tasks: number): State => context.state ?? init(tasks, context.seed ?? 0);
    return ofThisPackage({
      info,
      needs,
      usesBatch: definition.usesBatch ?? true,
      options: options as Readonly<Record<string, unknown>>,
      independentBatches: false,
      ...(core.lastLayer && { lastLayer: true }),
      init,
      step,
      ...(after && { after }),
      weights(losses, context = {}) {
        return step(inputOf(`${name}().weights(losses)`, losses, context, needs), stateOf(context, losses.length)).weights;
      },
      value(losses, context = {}) {
        return value(inputOf(`${name}().value(losses)`, losses, context, needs), stateOf(context, losses.length));
      },
      start: (tasks: number, { seed = 0 }: StartOptions = {}) => weightingSession(name, needs, functions, tasks, seed),
    });
  };
  return Object.assign(factory, { info });
}

/** Fills in what a stand-alone call leaves out. */
export function inputOf(where: string, losses: readonly number[], context: Context, needs: Need): StepInput {
  checkLosses(where, losses, undefined, context.present);
  let gramian: Matrix | undefined = context.gramian;
  if (gramian === undefined && context.jacobian !== undefined) {
    checkMatrix(where, context.jacobian, 'Jacobian');
    gramian = gramianOf(context.jacobian);
  }
  if (needs === 'gramian' && gramian === undefined) {
    throw new TypeError(`${where}: this method looks at the task gradients; give { jacobian } or { gramian } as second argument`);
  }
  const epochLosses = context.epochLosses ?? [];
  return {
    losses,
    ...(context.present === undefined ? {} : { present: context.present }),
    ...(gramian === undefined ? {} : { gramian }),
    epoch: context.epoch ?? epochLosses.length,
    step: context.step ?? 0,
    epochLosses,
    ...(context.crossGramian === undefined ? {} : { crossGramian: context.crossGramian }),
    ...(context.likelihoodFactors === undefined ? {} : { likelihoodFactors: context.likelihoodFactors }),
    ...(context.learningRate === undefined ? {} : { learningRate: context.learningRate }),
    ...(context.parameterStep === undefined ? {} : { parameterStep: context.parameterStep }),
  };
}

/** Checks what a step is told against what the method needs. */
export function checkStep(name: string, input: StepInput, needs: Need): void {
  const where = `${name}().step(input, state)`;
  if (needs === 'losses') {
    checkLosses(where, input.losses, undefined, input.present);
    return;
  }
  if (input.gramian === undefined) throw new TypeError(`${where}: input.gramian, the Gramian of the task gradients, is missing`);
  checkSquare(where, input.gramian, 'Gramian', input.losses.length);
}
