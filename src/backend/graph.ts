import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import * as tf from '@tensorflow/tfjs-core';
import { threadsPerOp } from './native-settings';
import { type Cut, productPlan } from './product-plan';
import { temporaryFolder } from './temporary-folder';
import { type WholePackets, type WholeSum, wholePackets, wholeSum } from './whole-packets';

/*
 * tfjs-node runs each op by a native call of its own, which costs more than the op itself for small models. Every op goes through
 * two methods of its backend; recording these while a function runs once gives the exact list of TensorFlow ops, which is then
 * loaded as a graph and run by a single native call.
 */

type DType = 'float32' | 'int32' | 'bool';
const DTYPE_CODE: Readonly<Record<string, number>> = { float32: 1, int32: 3, bool: 10, string: 7, resource: 20 };

/** An attribute of an op as tfjs-node's backend passes it. */
interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}
interface Metadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}
interface Binding {
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_SHAPE: number;
  readonly TF_ATTR_INT: number;
  loadSavedModel(directory: string, tags: string): number;
  deleteSavedModel(id: number): void;
  runSavedModel(id: number, inputs: number[], inputNames: string, outputNames: string): Metadata[];
}
type Execute = (op: string, attributes: OpAttribute[], inputs: TensorInfo[], outputs?: number) => Tensor | Tensor[];
interface NativeBackend {
  readonly binding: Binding;
  executeSingleOutput?: Execute;
  executeMultipleOutputs?: Execute;
  getInputTensorIds(inputs: readonly TensorInfo[]): number[];
  createOutputTensor(metadata: Metadata): Tensor;
  readSync(dataId: object): Float32Array | Int32Array | Uint8Array;
}

// tfjs-node ships the protobuf classes of TensorFlow's graphs, without types.
interface Message {
  serializeBinary(): Uint8Array;
  [method: string]: (...values: unknown[]) => unknown;
}
type MessageClass = new () => Message;
let messages: Record<string, MessageClass & Record<string, MessageClass & Record<string, MessageClass>>> | undefined;
function proto(): NonNullable<typeof messages> {
  messages ??= require('@tensorflow/tfjs-node/dist/proto/api_pb.js') as NonNullable<typeof messages>;
  return messages;
}
function make(Class: MessageClass, fields: Readonly<Record<string, unknown>>): Message {
  const message = new Class();
  for (const [name, value] of Object.entries(fields)) message[`set${name}`]!(value);
  return message;
}
function nativeBackend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

/** True where graphs can be built: on tfjs-node's backend. */
export function canBuildGraphs(): boolean {
  return tf.getBackend() === 'tensorflow';
}

/** What an op reads: an input of the recording, an output of an earlier op, or a constant. */
type Source =
  | { readonly from: 'input'; readonly index: number }
  | { readonly from: 'op'; readonly index: number; readonly output: number }
  | { readonly from: 'constant'; readonly index: number };
interface RecordedOp {
  readonly op: string;
  readonly attributes: readonly Message[];
  readonly names: readonly string[];
  readonly inputs: readonly Source[];
}

/** The ops that a function ran, ready to be put into graphs any number of times. */
export interface Recording {
  readonly ops: readonly RecordedOp[];
  readonly constants: readonly Message[];
  readonly outputs: readonly Source[];
}

function shapeMessage(shape: readonly number[]): Message {
  return make(proto().TensorShape!, { DimList: shape.map((size) => make(proto().TensorShape!.Dim!, { Size: size })) });
}
function typeAttribute(dtype: string): Message {
  return make(proto().AttrValue!, { Type: DTYPE_CODE[dtype] });
}
function tensorMessage(values: Float32Array | Int32Array | Uint8Array, shape: readonly number[], dtype: string): Message {
  return make(proto().Tensor!, {
    Dtype: DTYPE_CODE[dtype],
    TensorShape: shapeMessage(shape),
    TensorContent: new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice(),
  });
}
function attributeMessage({ name, type, value }: OpAttribute): Message {
  const { binding } = nativeBackend();
  const { AttrValue } = proto();
  switch (type) {
    case binding.TF_ATTR_TYPE:
      return make(AttrValue!, { Type: value });
    case binding.TF_ATTR_BOOL:
      return make(AttrValue!, { B: value });
    case binding.TF_ATTR_FLOAT:
      return make(AttrValue!, { F: value });
    case binding.TF_ATTR_STRING:
      return make(AttrValue!, { S: Buffer.from(value as string) });
    case binding.TF_ATTR_SHAPE:
      return make(AttrValue!, { Shape: shapeMessage(value as number[]) });
    case binding.TF_ATTR_INT:
      return Array.isArray(value)
        ? make(AttrValue!, { List: make(AttrValue!.ListValue!, { IList: value }) })
        : make(AttrValue!, { I: value });
    default:
      throw new Error(`Cannot record attribute "${name}": its type ${type} is unknown`);
  }
}

function isTrue(attributes: readonly OpAttribute[], name: string): boolean {
  return attributes.some((attribute) => attribute.name === name && attribute.value === true);
}

/**
 * Runs a TensorFlow op by its name on the native backend; inside a recording the op is recorded like any other.
 * @throws Error when the backend is not native
 */
export function nativeOp(
  op: string,
  attributes: Readonly<Record<string, { readonly type: DType } | { readonly int: number } | { readonly bool: boolean }>>,
  inputs: readonly Tensor[],
): Tensor {
  const backend = nativeBackend();
  const { binding } = backend;
  const list = Object.entries(attributes).map(([name, value]): OpAttribute => {
    if ('type' in value) return { name, type: binding.TF_ATTR_TYPE, value: DTYPE_CODE[value.type] };
    if ('int' in value) return { name, type: binding.TF_ATTR_INT, value: value.int };
    return { name, type: binding.TF_ATTR_BOOL, value: value.bool };
  });
  return backend.executeSingleOutput!(op, list, [...inputs]) as Tensor;
}

/** What the two functions below put together: ops with the attributes that they need. */
function opsOf(backend: NativeBackend) {
  const attribute = (name: string, type: DType): OpAttribute => ({ name, type: backend.binding.TF_ATTR_TYPE, value: DTYPE_CODE[type] });
  const T = attribute('T', 'float32');
  const run = (name: string, list: OpAttribute[], inputs: TensorInfo[]): Tensor =>
    backend.executeSingleOutput!(name, list, inputs) as Tensor;
  const integers = (values: readonly number[]): Tensor => tf.tensor1d([...values], 'int32');
  return {
    run,
    reshape: (x: TensorInfo, shape: readonly number[]): Tensor => run('Reshape', [T, attribute('Tshape', 'int32')], [x, integers(shape)]),
    /** Adds `extra` entries of `value` at the end of each axis. */
    pad: (x: TensorInfo, extra: readonly number[], value: number): Tensor => {
      const padding = tf.tensor2d(
        extra.flatMap((n) => [0, n]),
        [extra.length, 2],
        'int32',
      );
      return run('PadV2', [T, attribute('Tpaddings', 'int32')], [x, padding, tf.scalar(value)]);
    },
    /** The first `size` entries of each axis. */
    start: (x: TensorInfo, size: readonly number[]): Tensor =>
      run('Slice', [T, attribute('Index', 'int32')], [x, integers(size.map(() => 0)), integers(size)]),
    keepDims: (keep: boolean): OpAttribute[] => [
      { name: 'keep_dims', type: backend.binding.TF_ATTR_BOOL, value: keep },
      T,
      attribute('Tidx', 'int32'),
    ],
  };
}

/** A sum of an input that is filled up with zeros. */
function inWholeSum(
  backend: NativeBackend,
  attributes: readonly OpAttribute[],
  x: TensorInfo,
  axes: readonly number[],
  whole: WholeSum,
): Tensor {
  const { run, reshape, pad, start, keepDims } = opsOf(backend);
  const { outer, terms, columns, extraTerms, extraColumns } = whole;
  const shape = isTrue(attributes, 'keep_dims')
    ? x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
    : x.shape.filter((_, axis) => !axes.includes(axis));
  return tf.tidy(() => {
    const filled = pad(reshape(x, [outer, terms, columns]), [0, extraTerms, extraColumns], 0);
    return reshape(start(run('Sum', keepDims(false), [filled, tf.tensor1d([1], 'int32')]), [outer, columns]), shape);
  });
}

/** Runs an op on a last input that is filled up by copies of 1, and cuts what they gave off. */
function inWholePackets(
  backend: NativeBackend,
  { rows, columns, extra }: WholePackets,
  op: string,
  attributes: OpAttribute[],
  read: readonly TensorInfo[],
): Tensor {
  const input = read[read.length - 1]!;
  const { run, reshape, pad, start } = opsOf(backend);
  return tf.tidy(() => {
    const numerator = read.slice(0, -1).map((constant) => reshape(constant, []));
    const whole = run(op, attributes, [...numerator, pad(reshape(input, [rows, columns]), [extra, 0], 1)]);
    return reshape(start(whole, [rows, columns]), input.shape);
  });
}

/**
 * An op whose result depends on where its input lies in a tensor, put together of ops whose do not; undefined for other ops.
 * @param isConstant whether an input has the same value at every run
 */
function inAnyPlace(
  backend: NativeBackend,
  op: string,
  attributes: OpAttribute[],
  read: readonly TensorInfo[],
  isConstant: (input: TensorInfo) => boolean,
): Tensor | undefined {
  if ((op === 'Sum' || op === 'Mean') && read[0]!.dtype === 'float32') {
    const axes = [...backend.readSync(read[1]!.dataId)].sort((a, b) => a - b);
    const whole = wholeSum(read[0]!.shape, axes);
    if (!whole) return undefined;
    const sum = inWholeSum(backend, attributes, read[0]!, axes, whole);
    return op === 'Sum' ? sum : tf.div(sum, whole.terms);
  }
  const constantNumerator = read.length === 2 && read[0]!.shape.every((size) => size === 1) && isConstant(read[0]!);
  const packets = wholePackets(op, read, constantNumerator);
  return packets && inWholePackets(backend, packets, op, attributes, read);
}

/** Runs `work` op by op with the same rounding as in a graph: see {@link wholePackets}. On other backends it just runs. */
export function withWholePackets<T>(work: () => T): T {
  if (!canBuildGraphs()) return work();
  const backend = nativeBackend();
  const single = backend.executeSingleOutput!;
  // An own property hides the method of the prototype; inside a recording or a call of this function there is one already.
  if (Object.hasOwn(backend, 'executeSingleOutput')) return work();
  backend.executeSingleOutput = (op, attributes, read) => {
    // Op by op, quotients are what they are.
    return inAnyPlace(backend, op, attributes, read, () => false) ?? single.call(backend, op, attributes, read);
  };
  try {
    return work();
  } finally {
    delete backend.executeSingleOutput;
  }
}

/** A factor of a matrix product as a graph reads it. */
interface Factor {
  readonly shape: readonly number[];
  readonly source: Source;
}

/** Collects the ops that run, and where what they read comes from. */
class Recorder {
  readonly ops: RecordedOp[] = [];
  readonly constants: Message[] = [];
  private readonly sources = new WeakMap<object, Source>();

  constructor(
    private readonly backend: NativeBackend,
    inputs: readonly Tensor[],
  ) {
    for (const [index, input] of inputs.entries()) {
      if (this.sources.has(input.dataId))
        throw new TypeError(`record: input ${index} is the same tensor as an earlier one; give each input a tensor of its own`);
      this.sources.set(input.dataId, { from: 'input', index });
    }
  }

  /** Where a tensor comes from; one that is not known is a constant. */
  readonly sourceOf = (tensor: TensorInfo): Source => {
    const wide = (tensor as unknown as { valueArray?: Int32Array }).valueArray;
    if (wide) return this.constant(make(proto().Tensor!, { Dtype: 9, TensorShape: shapeMessage([]), Int64ValList: [wide[0]] }));
    let source = this.sources.get(tensor.dataId);
    if (!source) {
      source = this.constant(tensorMessage(this.backend.readSync(tensor.dataId), tensor.shape, tensor.dtype));
      this.sources.set(tensor.dataId, source);
    }
    return source;
  };

  /** Whether a tensor has the same value at every run. */
  isConstant({ dataId }: TensorInfo): boolean {
    return (this.sources.get(dataId)?.from ?? 'constant') === 'constant';
  }

  /** Records an op as it ran. */
  note(op: string, attributes: readonly OpAttribute[], read: readonly TensorInfo[], outputs: readonly Tensor[]): void {
    // The op-by-op runtime infers this attribute, which tfjs-node leaves out; a graph must name it.
    const typed = op === 'ExpandDims' ? [...attributes, typeOf(this.backend, 'T', read[0]!)] : attributes;
    this.ops.push({ op, names: typed.map((a) => a.name), attributes: typed.map(attributeMessage), inputs: read.map(this.sourceOf) });
    for (const [output, tensor] of outputs.entries()) this.sources.set(tensor.dataId, { from: 'op', index: this.ops.length - 1, output });
  }

  /** Records a product of matrices, in parts where that is faster. */
  noteProduct(attributes: readonly OpAttribute[], factors: readonly TensorInfo[], product: TensorInfo): void {
    this.sources.set(product.dataId, this.product(attributes, factors, product));
  }

  private product(attributes: readonly OpAttribute[], factors: readonly TensorInfo[], product: TensorInfo): Source {
    const { AttrValue } = proto();
    const T = typeAttribute('float32');
    const int = typeAttribute('int32');
    const models = product.shape.slice(0, -2);
    const whole = factors.map((factor): Factor => {
      const { shape } = factor;
      if (shape.length === product.shape.length) return { shape, source: this.sourceOf(factor) };
      // oneDNN reads beyond a factor of lower rank (TensorFlow issue 117700).
      const full = [...models, ...shape.slice(-2)];
      return { shape: full, source: this.emit('BroadcastTo', { T, Tidx: int }, [this.sourceOf(factor), this.integers(full)]) };
    });
    const [left, right] = whole as [Factor, Factor];
    const flags = Object.fromEntries(attributes.map((a) => [a.name, attributeMessage(a)]));
    const multiplied = (a: Source, b: Source): Source => this.emit('BatchMatMulV2', flags, [a, b]);
    // Where TensorFlow splits ops itself, the parts would wait for one another.
    const plan =
      threadsPerOp() > 1 ? undefined : productPlan(left.shape, right.shape, isTrue(attributes, 'adj_x'), isTrue(attributes, 'adj_y'));
    if (!plan) return multiplied(left.source, right.source);
    const results = plan.parts.map((part) => multiplied(this.cut(left, part.left), this.cut(right, part.right)));
    const N = make(AttrValue!, { I: results.length });
    if (plan.concat === undefined) return this.emit('AddN', { N, T }, results);
    const axis = this.constant(tensorMessage(Int32Array.of(plan.concat), [], 'int32'));
    return this.emit('ConcatV2', { N, T, Tidx: int }, [...results, axis]);
  }

  private cut({ source, shape }: Factor, part: Cut | undefined): Source {
    if (!part) return source;
    const begin = shape.map((_, axis) => (axis === part.axis ? part.start : 0));
    const size = shape.map((all, axis) => (axis === part.axis ? part.size : all));
    const types = { T: typeAttribute('float32'), Index: typeAttribute('int32') };
    return this.emit('Slice', types, [source, this.integers(begin), this.integers(size)]);
  }

  private emit(op: string, attributes: Readonly<Record<string, Message>>, read: readonly Source[]): Source {
    this.ops.push({ op, names: Object.keys(attributes), attributes: Object.values(attributes), inputs: read });
    return { from: 'op', index: this.ops.length - 1, output: 0 };
  }

  private constant(message: Message): Source {
    this.constants.push(message);
    return { from: 'constant', index: this.constants.length - 1 };
  }

  private integers(values: readonly number[]): Source {
    return this.constant(tensorMessage(Int32Array.from(values), [values.length], 'int32'));
  }
}

function typeOf(backend: NativeBackend, name: string, tensor: TensorInfo): OpAttribute {
  return { name, type: backend.binding.TF_ATTR_TYPE, value: DTYPE_CODE[tensor.dtype] };
}

/**
 * Attributes and inputs of the op that gives what a product gives, without computing it: its values do not matter, and where oneDNN sums
 * thousands of terms on the main thread, a signal (of a profiler) corrupts the heap (oneDNN issue 4845).
 */
function fillLike(
  backend: NativeBackend,
  attributes: readonly OpAttribute[],
  [a, b]: readonly TensorInfo[],
): readonly [attributes: OpAttribute[], inputs: Tensor[]] {
  const shape = [
    ...tf.broadcast_util.assertAndGetBroadcastShape(a!.shape.slice(0, -2), b!.shape.slice(0, -2)),
    a!.shape.at(isTrue(attributes, 'adj_x') ? -1 : -2)!,
    b!.shape.at(isTrue(attributes, 'adj_y') ? -2 : -1)!,
  ];
  const types = [typeOf(backend, 'T', a!), { ...typeOf(backend, 'index_type', a!), value: DTYPE_CODE.int32 }];
  return [types, [tf.tensor1d(shape, 'int32'), tf.scalar(0)]];
}

/**
 * Runs `step` once on `inputs` and records the ops it runs.
 *
 * Whatever `step` reads that is not among `inputs` becomes a constant of the recording.
 * @param step a function of tensors; it must not decide anything by a tensor's values
 * @param inputs example inputs; only their shapes and types matter
 */
export function record(step: (...inputs: Tensor[]) => Tensor[], inputs: readonly Tensor[]): Recording {
  const backend = nativeBackend();
  const recorder = new Recorder(backend, inputs);
  const single = backend.executeSingleOutput!;
  const multiple = backend.executeMultipleOutputs!;
  backend.executeSingleOutput = (op, attributes, read) => {
    if (op === 'BatchMatMulV2' && read[0]!.dtype === 'float32') {
      const product = single.call(backend, 'Fill', ...fillLike(backend, attributes, read)) as Tensor;
      recorder.noteProduct(attributes, read, product);
      return product;
    }
    const composed = inAnyPlace(backend, op, attributes, read, (tensor) => recorder.isConstant(tensor));
    if (composed) return composed;
    const output = single.call(backend, op, attributes, read) as Tensor;
    recorder.note(op, attributes, read, [output]);
    return output;
  };
  backend.executeMultipleOutputs = (op, attributes, read, count) => {
    const outputs = multiple.call(backend, op, attributes, read, count) as Tensor[];
    recorder.note(op, attributes, read, outputs);
    return outputs;
  };
  try {
    const outputs = tf.tidy(() => step(...inputs));
    const recorded = outputs.map(recorder.sourceOf);
    tf.dispose(outputs);
    return { ops: recorder.ops, constants: recorder.constants, outputs: recorded };
  } finally {
    // The recorded methods live on the prototype; dropping the own properties restores them.
    delete backend.executeSingleOutput;
    delete backend.executeMultipleOutputs;
  }
}

/** An output of a node of a graph, as TensorFlow writes it: `node:index`. */
export type Ref = string;

/** An op attribute by what it holds. */
export type Attribute =
  | { readonly type: DType }
  | { readonly int: number }
  | { readonly bool: boolean }
  | { readonly shape: readonly number[] }
  | { readonly string: string };

/** A loaded graph with its own variables; `dispose` frees both. */
export interface Graph {
  readonly nodes: number;
  /**
   * One native call.
   * @param feeds placeholder and value
   * @param outputs what to return; every output is a tensor that the caller disposes
   */
  run(feeds: readonly (readonly [Ref, Tensor])[], outputs: readonly Ref[]): Tensor[];
  dispose(): void;
}

/** A graph that is complete could not be handed to TensorFlow: not for what is in it, as a rule, but for the machine at that moment. */
export class GraphLoadError extends Error {
  override readonly name = 'GraphLoadError';
}

let graphs = 0;

/** Collects nodes and loads them as one TensorFlow graph. */
export class GraphBuilder {
  private readonly nodes: Message[] = [];
  private readonly constants = new Map<Message, Ref>();
  private readonly placeholders = new Set<Ref>();
  private readonly id: number = graphs++;

  /** Number of nodes so far. */
  get size(): number {
    return this.nodes.length;
  }

  private node(name: string, op: string, inputs: readonly string[], attributes: Iterable<readonly [string, Message]>): string {
    const node = make(proto().NodeDef!, { Name: name, Op: op, InputList: [...inputs] });
    const map = node.getAttrMap!() as Map<string, Message>;
    for (const [key, value] of attributes) map.set(key, value);
    this.nodes.push(node);
    return name;
  }

  /** An input that every run feeds. */
  placeholder(dtype: DType, shape: readonly number[]): Ref {
    const attributes: [string, Message][] = [
      ['dtype', typeAttribute(dtype)],
      ['shape', make(proto().AttrValue!, { Shape: shapeMessage(shape) })],
    ];
    const ref = `${this.node(`in${this.nodes.length}`, 'Placeholder', [], attributes)}:0`;
    this.placeholders.add(ref);
    return ref;
  }

  /**
   * A node.
   * @param inputs outputs of other nodes
   * @param after names of nodes that must have run before
   * @returns the node's name; its first output is `name:0`
   */
  op(op: string, inputs: readonly Ref[], attributes: Readonly<Record<string, Attribute>> = {}, after: readonly string[] = []): string {
    const { AttrValue } = proto();
    const messages = Object.entries(attributes).map(([key, value]): [string, Message] => {
      if ('type' in value) return [key, typeAttribute(value.type)];
      if ('int' in value) return [key, make(AttrValue!, { I: value.int })];
      if ('bool' in value) return [key, make(AttrValue!, { B: value.bool })];
      if ('shape' in value) return [key, make(AttrValue!, { Shape: shapeMessage(value.shape) })];
      return [key, make(AttrValue!, { S: Buffer.from(value.string) })];
    });
    return this.node(`${op}${this.nodes.length}`, op, [...inputs, ...after.map((name) => `^${name}`)], messages);
  }

  /** A constant tensor. */
  constant(values: Float32Array | Int32Array, shape: readonly number[]): Ref {
    return this.constantOf(tensorMessage(values, shape, values instanceof Int32Array ? 'int32' : 'float32'));
  }

  private constantOf(message: Message): Ref {
    let ref = this.constants.get(message);
    if (!ref) {
      const dtype = make(proto().AttrValue!, { Type: message.getDtype!() });
      ref = `${this.node(
        `const${this.nodes.length}`,
        'Const',
        [],
        [
          ['dtype', dtype],
          ['value', make(proto().AttrValue!, { Tensor: message })],
        ],
      )}:0`;
      this.constants.set(message, ref);
    }
    return ref;
  }

  /** A float32 variable that lives as long as the graph; returns its handle. It has no value before it is assigned one. */
  variable(shape: readonly number[]): Ref {
    const name = `taskloom${this.id}_${this.nodes.length}`;
    return `${this.op('VarHandleOp', [], { dtype: { type: 'float32' }, shape: { shape }, shared_name: { string: name }, container: { string: '' } })}:0`;
  }

  read(variable: Ref, after: readonly string[] = []): Ref {
    return `${this.op('ReadVariableOp', [variable], { dtype: { type: 'float32' } }, after)}:0`;
  }

  /** @returns the name of the assigning node */
  assign(variable: Ref, value: Ref, after: readonly string[] = []): string {
    // A fed tensor is JavaScript's own memory, and a variable keeps what it is assigned: freed later by a thread of TensorFlow, it
    // would corrupt the JavaScript heap.
    const own = this.placeholders.has(value) ? `${this.op('DeepCopy', [value], { T: { type: 'float32' } })}:0` : value;
    return this.op('AssignVariableOp', [variable, own], { dtype: { type: 'float32' } }, after);
  }

  /** Puts a recording into the graph, reading `inputs`; returns the recording's outputs. */
  place(recording: Recording, inputs: readonly Ref[]): Ref[] {
    const names: string[] = [];
    const refOf = (source: Source): Ref => {
      if (source.from === 'input') return inputs[source.index]!;
      if (source.from === 'constant') return this.constantOf(recording.constants[source.index]!);
      return `${names[source.index]!}:${source.output}`;
    };
    for (const { op, names: keys, attributes, inputs: read } of recording.ops) {
      const refs = read.map(refOf);
      names.push(
        this.node(
          `${op}${this.nodes.length}`,
          op,
          refs,
          keys.map((key, i): [string, Message] => [key, attributes[i]!]),
        ),
      );
    }
    return recording.outputs.map(refOf);
  }

  /**
   * Loads the graph. No file is left behind.
   * @throws GraphLoadError when its file cannot be written or loaded
   */
  build(): Graph {
    const { GraphDef, VersionDef, MetaGraphDef, SavedModel } = proto();
    const graph = make(GraphDef!, { NodeList: this.nodes, Versions: make(VersionDef!, { Producer: 1087 }) });
    const meta = make(MetaGraphDef!, { GraphDef: graph, MetaInfoDef: make(MetaGraphDef!.MetaInfoDef!, { TagsList: ['serve'] }) });
    const saved = make(SavedModel!, { SavedModelSchemaVersion: 1, MetaGraphsList: [meta] });
    const backend = nativeBackend();
    const bytes = saved.serializeBinary();
    let directory: string | undefined;
    let id: number;
    try {
      directory = temporaryFolder();
      writeFileSync(join(directory, 'saved_model.pb'), bytes);
      id = backend.binding.loadSavedModel(directory, 'serve');
    } catch (error) {
      throw new GraphLoadError((error as Error).message, { cause: error });
    } finally {
      if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
    }
    return {
      nodes: this.nodes.length,
      run(feeds, outputs) {
        const inputs = backend.getInputTensorIds(feeds.map(([, tensor]) => tensor));
        const names = feeds.map(([ref]) => ref).join(',');
        return backend.binding.runSavedModel(id, inputs, names, outputs.join(',')).map((m) => backend.createOutputTensor(m));
      },
      dispose: () => backend.binding.deleteSavedModel(id),
    };
  }
}
