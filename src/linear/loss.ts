import type { LinearTask } from './linear-task';

/** 'squared': half the squared error, for regression; 'logistic': log loss, for labels 0 and 1. */
export type LinearLoss = 'squared' | 'logistic';

/** What counts the same in the data loss: every row, or every task whatever its rows. */
export type TaskWeighting = 'rows' | 'tasks';

/** How inputs and labels become a loss. */
export interface LossOptions {
  readonly loss: LinearLoss;
  readonly weighting: TaskWeighting;
  readonly intercept: boolean;
  readonly standardize: boolean;
}

/**
 * The data loss as a function of the parameters: the weights, flat `[tasks, features]`, followed by the intercepts where the loss keeps
 * them (`[tasks]`; the squared loss has them eliminated). It goes through a linear image of the parameters, so that the image of a
 * combination is the combination of images and a gradient step needs one product with the data each way.
 */
export interface DataLoss {
  readonly tasks: number;
  readonly features: number;
  /** Number of parameters. */
  readonly size: number;
  readonly imageSize: number;
  /** Least constant with which the gradient is Lipschitz. */
  readonly lipschitz: number;
  /** Mean curvature of a weight: a natural scale of lambda for quadratic penalties. */
  readonly curvature: number;
  image(parameters: Float64Array, out: Float64Array): void;
  value(parameters: Float64Array, image: Float64Array): number;
  gradient(image: Float64Array, out: Float64Array): void;
  /** Parameters with zero weights and the best intercepts. */
  start(): Float64Array;
  /** Weights and intercepts for inputs as the user has them. */
  restore(parameters: Float64Array): { readonly weights: number[][]; readonly intercepts: number[] };
}

/** The squared loss, intercepts eliminated: half of w'Hw - b'w + c with one block of H per task. */
export interface QuadraticLoss extends DataLoss {
  /** H, `[features * features]` per task. */
  readonly hessians: readonly Float64Array[];
}

/** Whether a loss is quadratic, so that a quadratic penalty makes the fit one linear system. */
export function isQuadratic(loss: DataLoss): loss is QuadraticLoss {
  return 'hessians' in loss;
}

/** The logistic loss, which has a quadratic model at every point. */
export interface LogisticLoss extends DataLoss {
  curvatureAt(image: Float64Array): Curvature;
}

/** Second derivatives of a loss at a point, by task, with the intercepts eliminated. */
export interface Curvature {
  /** `[features * features]` per task. */
  readonly hessians: readonly Float64Array[];
  /** `[features]` per task: how far its best intercept falls where a weight rises by one; zero without intercepts. */
  readonly means: readonly Float64Array[];
  /** Second derivative by each task's intercept. */
  readonly levels: readonly number[];
}

/** Whether a loss has quadratic models only. */
export function isLogistic(loss: DataLoss): loss is LogisticLoss {
  return 'curvatureAt' in loss;
}

/** Largest eigenvalue of a positive semi-definite map by power iteration, rounded up by 2 %. */
function largestEigenvalue(apply: (v: Float64Array) => Float64Array, size: number): number {
  // A fixed start without symmetry, so that it is not orthogonal to the answer.
  let v: Float64Array = Float64Array.from({ length: size }, (_, i) => 1 + ((i * 0.618034) % 1));
  let value = 0;
  for (let i = 0; i < 300; i++) {
    const norm = Math.hypot(...v);
    if (norm === 0) return 0;
    v = v.map((x) => x / norm);
    const image = apply(v);
    const next = image.reduce((sum, x, k) => sum + x * v[k]!, 0);
    if (Math.abs(next - value) <= 1e-4 * next && i > 10) return 1.02 * next;
    value = next;
    v = image;
  }
  return 1.02 * value;
}

/** Shift and scale of each feature over the rows of all tasks; a constant feature keeps its scale. */
function scaling(
  tasks: readonly LinearTask[],
  features: number,
  { standardize, intercept }: LossOptions,
): { shift: Float64Array; scale: Float64Array } {
  const shift = new Float64Array(features);
  const scale = new Float64Array(features).fill(1);
  if (!standardize) return { shift, scale };
  const rows = tasks.reduce((n, t) => n + t.inputs.length, 0);
  if (intercept) for (const { inputs } of tasks) for (const x of inputs) for (let f = 0; f < features; f++) shift[f]! += x[f]! / rows;
  const squares = new Float64Array(features);
  for (const { inputs } of tasks) for (const x of inputs) for (let f = 0; f < features; f++) squares[f]! += (x[f]! - shift[f]!) ** 2 / rows;
  squares.forEach((v, f) => {
    if (v > 1e-24 * shift[f]! ** 2) scale[f] = Math.sqrt(v);
  });
  return { shift, scale };
}

/** One task's rows, standardized. */
interface Block {
  readonly rows: number;
  /** Weight of each row's loss. */
  readonly weight: number;
  /** `[rows * features]` */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** The rows of a task less shift, by scale: `[rows * features]`. */
function standardized({ inputs }: LinearTask, features: number, shift: Float64Array, scale: Float64Array): Float64Array {
  const x = new Float64Array(inputs.length * features);
  inputs.forEach((row, r) => {
    for (let f = 0; f < features; f++) x[r * features + f] = (row[f]! - shift[f]!) / scale[f]!;
  });
  return x;
}

const sameRows = (a: LinearTask, b: LinearTask): boolean =>
  a.inputs.length === b.inputs.length && a.inputs.every((row, r) => row === b.inputs[r]);

/**
 * The data loss of all tasks: the mean over all rows ('rows'), or the mean over tasks of each task's mean ('tasks').
 * @param tasks checked, without missing labels
 */
export function dataLoss(tasks: readonly LinearTask[], options: LossOptions): DataLoss {
  const features = tasks[0]!.inputs[0]!.length;
  const total = tasks.reduce((n, t) => n + t.inputs.length, 0);
  const { shift, scale } = scaling(tasks, features, options);
  const blocks: Block[] = [];
  for (const task of tasks) {
    const rows = task.inputs.length;
    const weight = options.weighting === 'rows' ? 1 / total : 1 / (tasks.length * rows);
    // Labels of the same rows share their inputs: one copy in memory, and one in the processor's cache.
    const same = blocks.find((_, t) => sameRows(tasks[t]!, task));
    blocks.push({ rows, weight, x: same?.x ?? standardized(task, features, shift, scale), y: Float64Array.from(task.labels) });
  }
  const restore = (weights: Float64Array, intercepts: (t: number) => number): { weights: number[][]; intercepts: number[] } => {
    const rows = blocks.map((_, t) => Array.from({ length: features }, (_, f) => weights[t * features + f]! / scale[f]!));
    const back = (t: number): number => (options.intercept ? intercepts(t) - rows[t]!.reduce((sum, w, f) => sum + w * shift[f]!, 0) : 0);
    return { weights: rows, intercepts: blocks.map((_, t) => back(t)) };
  };
  return options.loss === 'squared'
    ? squaredLoss(blocks, features, options.intercept, restore)
    : logisticLoss(blocks, features, options.intercept, restore);
}

type Restore = (
  weights: Float64Array,
  intercepts: (t: number) => number,
) => { readonly weights: number[][]; readonly intercepts: number[] };

/** Sum over rows of weights[r] (x[r] - mean)(x[r] - mean)', `[d * d]`; four rows and two columns at a time, which saves most loads and stores. */
function centeredGramian({ rows, x }: Block, d: number, weights: Float64Array, mean: Float64Array): Float64Array {
  const h = new Float64Array(d * d);
  const part = new Float64Array(4 * d);
  const even = d - (d % 2);
  for (let r = 0; r < rows; r += 4) {
    const count = Math.min(4, rows - r);
    part.fill(0, count * d);
    for (let k = 0; k < count; k++) {
      const root = Math.sqrt(weights[r + k]!);
      for (let f = 0; f < d; f++) part[k * d + f] = root * (x[(r + k) * d + f]! - mean[f]!);
    }
    for (let f = 0; f < even; f += 2) {
      const at = f * d;
      // One by one: taken apart as arrays they would cost as much as the sums.
      const a = part[f]!;
      const b = part[d + f]!;
      const c = part[2 * d + f]!;
      const e = part[3 * d + f]!;
      const p = part[f + 1]!;
      const q = part[d + f + 1]!;
      const s = part[2 * d + f + 1]!;
      const u = part[3 * d + f + 1]!;
      for (let g = 0; g <= f + 1; g++) {
        const v = part[g]!;
        const w = part[d + g]!;
        const y = part[2 * d + g]!;
        const z = part[3 * d + g]!;
        h[at + g]! += a * v + b * w + (c * y + e * z);
        h[at + d + g]! += p * v + q * w + (s * y + u * z);
      }
    }
    for (let f = even; f < d; f++) {
      const [a, b, c, e] = [part[f]!, part[d + f]!, part[2 * d + f]!, part[3 * d + f]!];
      for (let g = 0; g <= f; g++) h[f * d + g]! += a * part[g]! + b * part[d + g]! + (c * part[2 * d + g]! + e * part[3 * d + g]!);
    }
  }
  for (let f = 0; f < d; f++) for (let g = 0; g < f; g++) h[g * d + f] = h[f * d + g]!;
  return h;
}

/** out[to + f] = row f of h times the d values of v from `from` on. */
function symmetricProduct(h: Float64Array, d: number, v: Float64Array, from: number, out: Float64Array, to: number): void {
  for (let f = 0; f < d; f++) {
    // Four sums at once: one would wait for itself at every addition.
    let [p, q, r, s] = [0, 0, 0, 0];
    let g = 0;
    for (; g + 3 < d; g += 4) {
      const at = f * d + g;
      p += h[at]! * v[from + g]!;
      q += h[at + 1]! * v[from + g + 1]!;
      r += h[at + 2]! * v[from + g + 2]!;
      s += h[at + 3]! * v[from + g + 3]!;
    }
    for (; g < d; g++) p += h[f * d + g]! * v[from + g]!;
    out[to + f] = p + q + (r + s);
  }
}

/** Largest eigenvalue of blocks, `[d * d]` each. */
export function largestEigenvalueOf(hessians: readonly Float64Array[]): number {
  const ofOne = (h: Float64Array): number => {
    const d = Math.sqrt(h.length);
    return largestEigenvalue((v) => {
      const out = new Float64Array(d);
      symmetricProduct(h, d, v, 0, out, 0);
      return out;
    }, d);
  };
  return Math.max(...hessians.map(ofOne));
}

/** Sum over tasks of w'Hw / 2 - b'w, and a constant (image H w, `[tasks, features]`): an iteration costs nothing per row. */
export function quadraticLoss(
  hessians: readonly Float64Array[],
  b: Float64Array,
  constant: number,
  lipschitz: number,
  restore: DataLoss['restore'],
): QuadraticLoss {
  const size = b.length;
  const d = size / hessians.length;
  return {
    hessians,
    tasks: hessians.length,
    features: d,
    size,
    imageSize: size,
    lipschitz,
    curvature: hessians.reduce((sum, h) => sum + h.reduce((trace, v, at) => trace + (at % (d + 1) === 0 ? v : 0), 0), 0) / size,
    image(w, out) {
      hessians.forEach((h, t) => {
        symmetricProduct(h, d, w, t * d, out, t * d);
      });
    },
    value(w, image) {
      let sum = constant;
      for (let i = 0; i < size; i++) sum += w[i]! * (image[i]! / 2 - b[i]!);
      return sum;
    },
    gradient(image, out) {
      for (let i = 0; i < size; i++) out[i] = image[i]! - b[i]!;
    },
    start: () => new Float64Array(size),
    restore,
  };
}

/** Squared loss by the tasks' Gramians. */
function squaredLoss(blocks: readonly Block[], features: number, intercept: boolean, restore: Restore): QuadraticLoss {
  const d = features;
  const b = new Float64Array(blocks.length * d);
  let constant = 0;
  const moments = blocks.map((block, t) => {
    const { rows, weight, x, y } = block;
    const mean = new Float64Array(d);
    let level = 0;
    if (intercept) {
      for (let r = 0; r < rows; r++) {
        for (let f = 0; f < d; f++) mean[f]! += x[r * d + f]! / rows;
        level += y[r]! / rows;
      }
    }
    for (let r = 0; r < rows; r++) {
      const target = y[r]! - level;
      constant += (weight * target * target) / 2;
      for (let f = 0; f < d; f++) b[t * d + f]! += weight * target * (x[r * d + f]! - mean[f]!);
    }
    return { mean, level, h: centeredGramian(block, d, new Float64Array(rows).fill(weight), mean) };
  });
  const hessians = moments.map(({ h }) => h);
  return quadraticLoss(hessians, b, constant, largestEigenvalueOf(hessians), (w) =>
    restore(w, (t) => moments[t]!.level - moments[t]!.mean.reduce((sum, m, f) => sum + m * w[t * d + f]!, 0)),
  );
}

/** out[to + r] = bias + row r of x times the d weights from `from` on; four sums at a time, which the processor can overlap. */
function rowProducts(x: Float64Array, d: number, w: Float64Array, from: number, bias: number, out: Float64Array, to: number): void {
  const even = d - (d % 4);
  for (let at = 0, r = to; at < x.length; at += d, r++) {
    let [a, b, c, e] = [bias, 0, 0, 0];
    for (let f = 0; f < even; f += 4) {
      a += x[at + f]! * w[from + f]!;
      b += x[at + f + 1]! * w[from + f + 1]!;
      c += x[at + f + 2]! * w[from + f + 2]!;
      e += x[at + f + 3]! * w[from + f + 3]!;
    }
    for (let f = even; f < d; f++) a += x[at + f]! * w[from + f]!;
    out[r] = a + b + (c + e);
  }
}

/** out[to + f] += the sum over rows of residuals[r] x[r][f]; four rows at a time, which saves three of four stores. */
function addColumnProducts(x: Float64Array, d: number, residuals: Float64Array, out: Float64Array, to: number): void {
  const rows = residuals.length;
  const even = rows - (rows % 4);
  for (let r = 0; r < even; r += 4) {
    const at = r * d;
    const [a, b, c, e] = [residuals[r]!, residuals[r + 1]!, residuals[r + 2]!, residuals[r + 3]!];
    for (let f = 0; f < d; f++) {
      const i = at + f;
      out[to + f]! += a * x[i]! + b * x[i + d]! + (c * x[i + 2 * d]! + e * x[i + 3 * d]!);
    }
  }
  for (let r = even; r < rows; r++) for (let f = 0; f < d; f++) out[to + f]! += residuals[r]! * x[r * d + f]!;
}

/** The largest curvature that a task's logistic loss can have, its intercept included. */
function steepestCurvature(b: Block, d: number, intercept: boolean): number {
  return largestEigenvalue(
    (v) => {
      const image = new Float64Array(b.rows);
      rowProducts(b.x, d, v, 0, intercept ? v[d]! : 0, image, 0);
      const out = new Float64Array(v.length);
      const scaled = image.map((z) => (b.weight / 4) * z);
      addColumnProducts(b.x, d, scaled, out, 0);
      if (intercept) out[d] = scaled.reduce((sum, z) => sum + z, 0);
      return out;
    },
    d + (intercept ? 1 : 0),
  );
}

/** Sum of the logistic losses of a task's rows, whose logits begin at `from`. */
function lossOf({ rows, y }: Block, image: Float64Array, from: number): number {
  let sum = 0;
  for (let r = 0; r < rows; r++) {
    const z = image[from + r]!;
    // log(1 + e^z) - y z, without overflow.
    sum += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y[r]! * z;
  }
  return sum;
}

/** Second derivatives of a task's logistic loss at the logits that begin at `from`. */
function curvatureOf(
  b: Block,
  d: number,
  intercept: boolean,
  image: Float64Array,
  from: number,
): { readonly hessian: Float64Array; readonly mean: Float64Array; readonly level: number } {
  // Rows that are certain keep a trace of curvature, so that no task is without any.
  const rows = Float64Array.from({ length: b.rows }, (_, r) => {
    const p = 1 / (1 + Math.exp(-image[from + r]!));
    return b.weight * Math.max(p * (1 - p), 1e-9);
  });
  const level = rows.reduce((sum, v) => sum + v, 0);
  const mean = new Float64Array(d);
  if (intercept) {
    const shares = rows.map((v) => v / level);
    addColumnProducts(b.x, d, shares, mean, 0);
  }
  return { hessian: centeredGramian(b, d, rows, mean), mean, level };
}

/** Logistic loss by rows (image: the logits of all rows). */
function logisticLoss(blocks: readonly Block[], features: number, intercept: boolean, restore: Restore): LogisticLoss {
  const d = features;
  const weightsSize = blocks.length * d;
  const size = weightsSize + (intercept ? blocks.length : 0);
  const first = blocks.map((_, t) => blocks.slice(0, t).reduce((n, b) => n + b.rows, 0));
  const imageSize = blocks.reduce((n, b) => n + b.rows, 0);
  const residuals = blocks.map(({ rows }) => new Float64Array(rows));
  return {
    tasks: blocks.length,
    features: d,
    size,
    imageSize,
    lipschitz: Math.max(...blocks.map((b) => steepestCurvature(b, d, intercept))),
    curvature: blocks.reduce((sum, { x, weight }) => sum + x.reduce((s, v) => s + (weight / 4) * v * v, 0), 0) / weightsSize,
    image(p, out) {
      blocks.forEach((b, t) => {
        rowProducts(b.x, d, p, t * d, intercept ? p[weightsSize + t]! : 0, out, first[t]!);
      });
    },
    value(_p, image) {
      let sum = 0;
      blocks.forEach((b, t) => {
        sum += b.weight * lossOf(b, image, first[t]!);
      });
      return sum;
    },
    gradient(image, out) {
      out.fill(0);
      blocks.forEach(({ rows, weight, x, y }, t) => {
        const own = residuals[t]!;
        const from = first[t]!;
        let sum = 0;
        for (let r = 0; r < rows; r++) {
          own[r] = weight * (1 / (1 + Math.exp(-image[from + r]!)) - y[r]!);
          sum += own[r]!;
        }
        addColumnProducts(x, d, own, out, t * d);
        if (intercept) out[weightsSize + t] = sum;
      });
    },
    curvatureAt(image) {
      const parts = blocks.map((b, t) => curvatureOf(b, d, intercept, image, first[t]!));
      return { hessians: parts.map((p) => p.hessian), means: parts.map((p) => p.mean), levels: parts.map((p) => p.level) };
    },
    start() {
      const p = new Float64Array(size);
      if (intercept) {
        blocks.forEach(({ y, rows }, t) => {
          // Half a row of each class keeps the logit of a one-class task finite.
          const ones = y.reduce((a, v) => a + v, 0);
          p[weightsSize + t] = ones > 0 && ones < rows ? Math.log(ones / (rows - ones)) : Math.log((ones + 0.5) / (rows - ones + 0.5));
        });
      }
      return p;
    },
    restore: (p) => restore(p, (t) => p[weightsSize + t]!),
  };
}
