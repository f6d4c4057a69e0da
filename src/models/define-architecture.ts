import type { Tensor } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import type { Paper } from '../balancing/balancing';
import { describeOptions, type OptionSpecs, readOptions } from '../options/spec';
import { ofThisPackage } from '../provenance';
import type { Steps } from '../steps';
import type { Task } from '../tasks/task';
import { isEncoder } from './encoder-option';
import type { ModelPartInfo } from './info';
import { type Method, method } from './method';
import type {
  Architecture,
  Encoder,
  ForwardContext,
  InputShape,
  Network,
  Problem,
  SolvableProblem,
  TaskGroup,
  Values,
} from './network/network';

/** What an architecture is: its name in the registry, its paper and its options. */
export interface ArchitectureInfo extends ModelPartInfo {
  readonly paper: Paper;
  /** Name of the option that takes the encoder which the architecture is built around; absent where there is none. */
  readonly encoder?: string;
}

/** Makes a method from an architecture's options; carries what is known of the architecture without making one. */
export interface ArchitectureFactory<Arguments extends readonly unknown[]> {
  /**
   * @throws TypeError on an unknown option, a missing one or one of the wrong type
   * @throws RangeError on an option out of its range
   */
  (...args: Arguments): Method;
  readonly info: ArchitectureInfo;
  /** The same from one record of options, encoders among them, as in `architecture.options`. */
  readonly fromOptions: (options: Readonly<Record<string, unknown>>) => Method;
}

/** The parts of an architecture that are its own. */
export interface ArchitectureDefinition<Arguments extends readonly unknown[], Options extends object> {
  readonly name: string;
  readonly title: string;
  readonly paper: Paper;
  readonly encoder?: keyof Options & string;
  readonly options: OptionSpecs<Options>;
  /** Refuses options that do not go together. */
  readonly check?: (options: Required<Options>) => void;
  /** One record of options from the factory's arguments. */
  readonly read: (...args: Arguments) => Options;
  readonly build: (problem: Problem, options: Required<Options>) => Network;
  readonly separate?: boolean;
  /** See `Architecture.partition`. */
  readonly partition?: (tasks: readonly Task[], options: Required<Options>) => readonly TaskGroup[];
  /** See `Architecture.solve`. */
  readonly solve?: (problem: SolvableProblem, options: Required<Options>) => readonly Float32Array[] | Steps<readonly Float32Array[]>;
  /** See `Architecture.widthMultiple`. */
  readonly widthMultiple?: (options: Required<Options>) => number;
}

/** Makes an architecture's factory. */
export function defineArchitecture<Arguments extends readonly unknown[], Options extends object>(
  definition: ArchitectureDefinition<Arguments, Options>,
): ArchitectureFactory<Arguments> {
  const { name, title, paper, encoder, read } = definition;
  const make = (given: Options): Architecture => {
    const options = readOptions(name, definition.options, given);
    definition.check?.(options);
    return ofThisPackage({
      name,
      options: options as Readonly<Record<string, unknown>>,
      ...(definition.separate ? { separate: true } : {}),
      ...(definition.widthMultiple && { widthMultiple: definition.widthMultiple(options) }),
      ...(definition.partition && { partition: (tasks: readonly Task[]) => definition.partition!(tasks, options) }),
      ...(definition.solve && { solve: (problem: SolvableProblem) => definition.solve!(problem, options) }),
      build(problem) {
        if (problem.tasks.length === 0) throw new RangeError(`${name}: cannot build a network without tasks`);
        return finished(definition.build(problem, options), problem.input);
      },
      mapEncoders: (change) =>
        make(Object.fromEntries(Object.entries(options).map(([key, value]) => [key, isEncoder(value) ? change(value) : value])) as Options),
    });
  };
  return Object.assign((...args: Arguments) => method(make(read(...args))), {
    info: { name, title, paper, ...(encoder === undefined ? {} : { encoder }), options: describeOptions(definition.options) },
    fromOptions: (options: Readonly<Record<string, unknown>>) => method(make(options as Options)),
  });
}

/**
 * Options of a factory that takes its encoder as a first argument of its own.
 * @throws TypeError when the options are no object or name the encoder again
 */
export function withTrunk<Options extends object>(
  name: string,
  trunk: Encoder,
  options: Options | undefined,
): Options & { trunk: Encoder } {
  if (options !== undefined && (typeof options !== 'object' || options === null || isEncoder(options) || 'trunk' in options)) {
    throw new TypeError(`${name}(trunk, options): options must be an object of further options, the encoder comes first`);
  }
  return { ...(options as Options), trunk };
}

/** Adds to a network what all have: the mask of token ids, and a penalty that every parameter takes part in. */
function finished(network: Network, input: InputShape): Network {
  const ids = input.vocabulary !== undefined && input.shape.length === 1;
  const masked = (x: Tensor, context: ForwardContext): ForwardContext =>
    ids ? { ...context, mask: tf.cast(tf.notEqual(x, 0), 'float32') } : context;
  const { forward, representation, layered, penalty, diagnose } = network;
  return {
    parameters: network.parameters,
    forward: (values, x, context) => forward(values, x, masked(x, context)),
    ...(representation && {
      representation: {
        encode: (values: Values, x: Tensor, context: ForwardContext) => representation.encode(values, x, masked(x, context)),
        decode: representation.decode,
      },
    }),
    // A mask would have to reach the layers' own backward passes.
    ...(network.layered && !ids && { layered: network.layered }),
    ...(layered && { layered }),
    ...(penalty && {
      penalty: (values: Values, x?: Tensor, context?: ForwardContext) => {
        const term = penalty(values, x, x && context ? masked(x, context) : context);
        // TensorFlow.js refuses the gradient by what a function does not read.
        const stack = term.shape[0]!;
        const read = network.parameters.map(({ name }) => tf.sum(tf.reshape(tf.mul(values[name]!, 0), [stack, -1]), 1));
        return tf.addN([term, ...read]);
      },
    }),
    ...(diagnose && { diagnose: (values: Values, x: Tensor, context: ForwardContext) => diagnose(values, x, masked(x, context)) }),
  };
}
