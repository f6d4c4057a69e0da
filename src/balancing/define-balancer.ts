import { describeOptions, type OptionSpecs, readOptions } from '../options/spec';
import { ofThisPackage } from '../provenance';
import { type PlainArray, plainOps } from './array-ops';
import type {
  Context,
  GramianBalancer,
  GramianSession,
  HeadsUpdate,
  JacobianBalancer,
  JacobianSession,
  Json,
  Matrix,
  MethodFactory,
  MethodInfo,
  Paper,
  StartOptions,
  State,
  StepInput,
  StepResult,
  TensorRule,
} from './balancing';
import { checkLosses, checkMatrix, checkTasks } from './check';
import { checkStep, inputOf } from './define-weighting';
import { type RandomState, randomStart, stepStream } from './method-random';
import { optionsAt, placesOf, type StateParts, stepAt } from './presence';
import { combineRows, flatten, gramianOf } from './solvers/linear-algebra';

/** What is known of an aggregator, whatever it needs. */
interface AggregatorDefinition<Options extends object> {
  readonly name: string;
  readonly title: string;
  readonly paper: Paper;
  readonly options: OptionSpecs<Options>;
  /** See `MethodInfo.heads`. @default 'plain' */
  readonly heads?: HeadsUpdate;
}

/** The parts of a Gramian-based aggregator that are its own. */
export interface GramianCore {
  /** The parts of the state that belong to tasks. */
  readonly parts?: StateParts;
  /** Whether `weigh` is told of absent tasks itself; only for wrappers of other methods. @default false */
  readonly knowsAbsent?: boolean;
  /** See `WeightsMethod.lastLayer`. @default false */
  readonly lastLayer?: boolean;
  /** See `Method.weighsHeads`. @default false */
  readonly weighsHeads?: boolean;
  /** The state before the first step; left out by methods without state. */
  readonly init?: (tasks: number, seed: number) => State;
  /**
   * Weights and next state.
   * @param gramian the checked Gramian, row-major
   * @param tasks how many tasks there are
   */
  readonly weigh: (
    gramian: Float64Array,
    tasks: number,
    input: StepInput,
    state: State,
  ) => { readonly weights: ArrayLike<number>; readonly heads?: ArrayLike<number>; readonly state?: State };
  /** The state once the losses after the step are known; only for wrappers of methods that learn from them. */
  readonly after?: (input: StepInput, state: State) => State;
}

/** A Gramian-based aggregator: what is known of it, and how to make it from its options. */
export interface GramianDefinition<Options extends object> extends AggregatorDefinition<Options> {
  readonly independentBatches?: boolean;
  readonly create: (options: Required<Options>) => GramianCore;
}

/** A coordinate-wise aggregator: what is known of it, and how to make its rule from its options. */
export interface JacobianDefinition<Options extends object> extends AggregatorDefinition<Options> {
  /** Whether the update is the combination of the task gradients with the rule's weights. */
  readonly hasWeights: boolean;
  readonly create: (options: Required<Options>) => TensorRule;
}

function infoOf<Options extends object>({ name, title, paper, options, heads = 'plain' }: AggregatorDefinition<Options>): MethodInfo {
  return { name, title, kind: 'aggregator', paper, options: describeOptions(options), heads };
}

function weighed(core: GramianCore, input: StepInput, state: State): StepResult {
  const { weights, heads, state: next } = core.weigh(flatten(input.gramian!), input.gramian!.length, input, state);
  return { weights: Array.from(weights), ...(heads && { heads: Array.from(heads) }), state: next ?? state };
}

/** Makes the factory of an aggregator that needs no more than the Gramian. */
export function defineGramianBalancer<Options extends object>(
  definition: GramianDefinition<Options>,
): MethodFactory<Options, GramianBalancer> {
  const { name } = definition;
  const info = infoOf(definition);
  const factory = (given?: Options): GramianBalancer => {
    const options = readOptions(name, definition.options, given);
    const core = definition.create(options);
    const after = core.after;
    const init = (tasks: number, seed: number): State => {
      checkTasks(`${name}().init(tasks, seed)`, tasks);
      return core.init?.(tasks, seed) ?? {};
    };
    const step = (input: StepInput, state: State): StepResult => {
      checkStep(name, input, 'gramian');
      const places = core.knowsAbsent === true ? undefined : placesOf(input.present);
      if (places === undefined) return weighed(core, input, state);
      const own = definition.create(optionsAt(definition.options, options, places));
      return stepAt(core.parts ?? {}, input, state, places, (part, partState) => weighed(own, part, partState));
    };
    const inputFrom = (where: string, jacobian: Matrix, context: Context): StepInput => {
      checkMatrix(where, jacobian, 'Jacobian');
      const gramian = gramianOf(jacobian);
      for (let t = 0; t < gramian.length; t++) {
        if (!Number.isFinite(gramian[t]![t])) {
          throw new RangeError(`${where}: the squared length of the gradient of task ${t} overflows; scale the gradients down`);
        }
      }
      if (context.losses !== undefined) checkLosses(where, context.losses, jacobian.length, context.present);
      return inputOf(where, context.losses ?? jacobian.map(() => 1), { ...context, gramian }, 'gramian');
    };
    return ofThisPackage({
      info,
      needs: 'gramian',
      options: options as Readonly<Record<string, unknown>>,
      independentBatches: definition.independentBatches === true,
      ...(core.weighsHeads && { weighsHeads: true }),
      ...(core.lastLayer && { lastLayer: true }),
      init,
      step,
      ...(after === undefined ? {} : { after }),
      weights(jacobian, context = {}) {
        const input = inputFrom(`${name}().weights(J)`, jacobian, context);
        return step(input, context.state ?? init(jacobian.length, context.seed ?? 0)).weights;
      },
      combine(jacobian, context = {}) {
        const input = inputFrom(`${name}().combine(J)`, jacobian, context);
        return combineRows(jacobian, step(input, context.state ?? init(jacobian.length, context.seed ?? 0)).weights);
      },
      start(tasks: number, { seed = 0 }: StartOptions = {}): GramianSession {
        let state = init(tasks, seed);
        let steps = 0;
        const advance = (what: string, jacobian: Matrix, context: Context): number[] => {
          const where = `${name} session: ${what}(J)`;
          const input = inputFrom(where, jacobian, { step: steps, ...context });
          checkTaskCount(where, jacobian, tasks);
          const result = step(input, context.state ?? state);
          state = result.state;
          steps++;
          return result.weights;
        };
        return {
          weights: (jacobian, context = {}) => advance('weights', jacobian, context),
          combine: (jacobian, context = {}) => combineRows(jacobian, advance('combine', jacobian, context)),
          state: () => state,
          restore(saved) {
            state = saved;
          },
        };
      },
    });
  };
  return Object.assign(factory, { info });
}

/** State of a coordinate-wise method run on plain arrays: the rule's arrays and the method's random stream. */
interface RuleState extends State {
  readonly random: RandomState;
  /** Undefined in JSON terms (null) before the first gradients tell their length. */
  readonly arrays: Readonly<Record<string, Json>> | null;
}

/** A rule's state after a step, with the rows of absent tasks as they were. */
function keptWhereAbsent(
  rule: TensorRule,
  before: Readonly<Record<string, PlainArray>>,
  after: Readonly<Record<string, PlainArray>>,
  here: (task: number) => boolean,
): Record<string, PlainArray> {
  const kept = rule.state.map(({ name, rows }): [string, PlainArray] => {
    const [was, is] = [before[name]!, after[name]!];
    const values = is.values.map((value, i) => (rows === 'one' || here(Math.floor(i / is.columns)) ? value : was.values[i]!));
    return [name, { ...is, values }];
  });
  return Object.fromEntries(kept);
}

/** Shape of one of a rule's arrays. */
type ArraySize = (shape: { readonly rows: string; readonly columns: string }) => [rows: number, columns: number];

/**
 * A rule's arrays before a step: those of the state, or new ones.
 * @throws TypeError where the state is that of other tasks or parameters
 */
function arraysOf(where: string, rule: TensorRule, state: RuleState, size: ArraySize): Record<string, PlainArray> {
  const arrays: Record<string, PlainArray> = {};
  for (const spec of rule.state) {
    const [rows, columns] = size(spec);
    const saved = state.arrays?.[spec.name] as unknown as PlainArray | undefined;
    if (saved !== undefined && (saved.rows !== rows || saved.columns !== columns)) {
      throw new TypeError(
        `${where}: the state is that of a ${saved.rows} x ${saved.columns} array '${spec.name}', not ${rows} x ${columns}; start anew when tasks or parameters change`,
      );
    }
    arrays[spec.name] = saved ?? { rows, columns, values: new Array<number>(rows * columns).fill(spec.fill) };
  }
  return arrays;
}

/** What a rule draws in a step. */
function drawsOf(name: string, rule: TensorRule, state: RuleState, size: ArraySize): Record<string, PlainArray> {
  if (rule.draws.length === 0) return {};
  const stream = stepStream(name, state.random);
  return Object.fromEntries(
    rule.draws.map((spec): [string, PlainArray] => {
      const [rows, columns] = size(spec);
      const draw = spec.kind === 'uniform' ? stream.uniform : stream.normal;
      return [spec.name, { rows, columns, values: Array.from({ length: rows * columns }, () => draw()) }];
    }),
  );
}

/** What a step of a coordinate-wise method gives. */
interface RuleStep {
  readonly update: number[];
  readonly weights: number[] | undefined;
  readonly state: RuleState;
}

/** One step of a rule on plain arrays. */
function applyRule(name: string, rule: TensorRule, where: string, jacobian: Matrix, context: Context, state: RuleState): RuleStep {
  const columns = checkMatrix(where, jacobian, 'Jacobian');
  const tasks = jacobian.length;
  const { present } = context;
  const losses = context.losses ?? jacobian.map(() => 1);
  checkLosses(where, losses, tasks, present);
  const here = (t: number): boolean => present?.[t] !== false;
  const size: ArraySize = (shape) => [shape.rows === 'tasks' ? tasks : 1, shape.columns === 'parameters' ? columns : 1];
  const arrays = arraysOf(where, rule, state, size);
  const perTask = (values: readonly number[]): PlainArray => ({ rows: tasks, columns: 1, values });
  const flat: PlainArray = { rows: tasks, columns, values: jacobian.flatMap((row, t) => (here(t) ? row : row.map(() => 0))) };
  const result = rule.apply(
    plainOps,
    flat,
    perTask(losses.map((loss, t) => (here(t) ? loss : 0))),
    arrays,
    drawsOf(name, rule, state, size),
    placesOf(present) && perTask(losses.map((_, t) => (here(t) ? 1 : 0))),
  );
  return {
    update: [...result.update.values],
    weights: result.weights === undefined ? undefined : [...result.weights.values],
    state: {
      random: { seed: state.random.seed, draws: state.random.draws + 1 },
      arrays: keptWhereAbsent(rule, arrays, result.state, here) as unknown as Record<string, Json>,
    },
  };
}

const freshState = (seed: number): RuleState => ({ random: randomStart(seed), arrays: null });

/** A session that goes from step to step. */
function ruleSession(name: string, rule: TensorRule, hasWeights: boolean, tasks: number, seed: number): JacobianSession {
  let state = freshState(seed);
  const next = (what: string, jacobian: Matrix, context: Context): RuleStep => {
    const where = `${name} session: ${what}(J)`;
    const result = applyRule(name, rule, where, jacobian, context, (context.state as RuleState | undefined) ?? state);
    checkTaskCount(where, jacobian, tasks);
    state = result.state;
    return result;
  };
  return {
    combine: (jacobian, context = {}) => next('combine', jacobian, context).update,
    ...(hasWeights ? { weights: (jacobian: Matrix, context: Context = {}): number[] => next('weights', jacobian, context).weights! } : {}),
    state: () => state,
    restore(saved) {
      state = saved as RuleState;
    },
  };
}

/** Makes the factory of an aggregator that works on the coordinates of the gradients. */
export function defineJacobianBalancer<Options extends object>(
  definition: JacobianDefinition<Options>,
): MethodFactory<Options, JacobianBalancer> {
  const { name, hasWeights } = definition;
  const info = infoOf(definition);
  const factory = (given?: Options): JacobianBalancer => {
    const options = readOptions(name, definition.options, given);
    const rule = definition.create(options);
    const alone = (what: string, jacobian: Matrix, context: Context): RuleStep => {
      const from = (context.state as RuleState | undefined) ?? freshState(context.seed ?? 0);
      return applyRule(name, rule, `${name}().${what}(J)`, jacobian, context, from);
    };
    return ofThisPackage({
      info,
      needs: 'jacobian',
      options: options as Readonly<Record<string, unknown>>,
      independentBatches: false,
      ...(rule.weighsHeads && { weighsHeads: true }),
      rule,
      combine: (jacobian, context = {}) => alone('combine', jacobian, context).update,
      ...(hasWeights
        ? { weights: (jacobian: Matrix, context: Context = {}): number[] => alone('weights', jacobian, context).weights! }
        : {}),
      start(tasks: number, { seed = 0 }: StartOptions = {}): JacobianSession {
        checkTasks(`${name}().start(tasks)`, tasks);
        return ruleSession(name, rule, hasWeights, tasks, seed);
      },
    });
  };
  return Object.assign(factory, { info });
}

function checkTaskCount(where: string, jacobian: Matrix, tasks: number): void {
  if (jacobian.length !== tasks) {
    throw new TypeError(`${where}: the session was started for ${tasks} tasks, got a Jacobian with ${jacobian.length} rows`);
  }
}
