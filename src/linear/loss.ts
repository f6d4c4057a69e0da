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
  readonly standardise: boolean;
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
  { standardise, intercept }: LossOptions,
): { shift: Float64Array; scale: Float64Array } {
  const shift = new Float64Array(features);
  const scale = new Float64Array(features).fill(1);
  if (!standardise) return { shift, scale };
  const rows = tasks.reduce((n, t) => n + t.inputs.length, 0);
  if (intercept) for (const { inputs } of tasks) for (const x of inputs) for (let f = 0; f < features; f++) shift[f]! += x[f]! / rows;
  const squares = new Float64Array(features);
  for (const { inputs } of tasks) for (const x of inputs) for (let f = 0; f < features; f++) squares[f]! += (x[f]! - shift[f]!) ** 2 / rows;
  squares.forEach((v, f) => {
    if (v > 1e-24 * shift[f]! ** 2) scale[f] = Math.sqrt(v);
  });
  return { shift, scale };
}

/** One task's rows, standardised. */
interface Block {
  readonly rows: number;
  /** Weight of each row's loss. */
  readonly weight: number;
  /** `[rows * features]` */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

function block(task: LinearTask, features: number, weight: number, shift: Float64Array, scale: Float64Array): Block {
  const x = new Float64Array(task.inputs.length * features);
  task.inputs.forEach((row, r) => {
    for (let f = 0; f < features; f++) x[r * features + f] = (row[f]! - shift[f]!) / scale[f]!;
  });
  return { rows: task.inputs.length, weight, x, y: Float64Array.from(task.labels) };
}

/**
 * The data loss of all tasks: the mean over all rows ('rows'), or the mean over tasks of each task's mean ('tasks').
 * @param tasks checked, without missing labels
 */
export function dataLoss(tasks: readonly LinearTask[], options: LossOptions): DataLoss {
  const features = tasks[0]!.inputs[0]!.length;
  const total = tasks.reduce((n, t) => n + t.inputs.length, 0);
  const { shift, scale } = scaling(tasks, features, options);
  const blocks = tasks.map((t) => {
    const weight = options.weighting === 'rows' ? 1 / total : 1 / (tasks.length * t.inputs.length);
    return block(t, features, weight, shift, scale);
  });
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

/** Squared loss by the tasks' Gramians (image H w, `[tasks, features]`), so that an iteration costs nothing per row. */
function squaredLoss(blocks: readonly Block[], features: number, intercept: boolean, restore: Restore): QuadraticLoss {
  const d = features;
  const moments = blocks.map(({ rows, weight, x, y }) => {
    const mean = new Float64Array(d);
    let level = 0;
    if (intercept) {
      for (let r = 0; r < rows; r++) {
        for (let f = 0; f < d; f++) mean[f]! += x[r * d + f]! / rows;
        level += y[r]! / rows;
      }
    }
    const h = new Float64Array(d * d);
    const b = new Float64Array(d);
    let c = 0;
    const row = new Float64Array(d);
    for (let r = 0; r < rows; r++) {
      for (let f = 0; f < d; f++) row[f] = x[r * d + f]! - mean[f]!;
      const target = y[r]! - level;
      c += (weight * target * target) / 2;
      for (let f = 0; f < d; f++) {
        const v = weight * row[f]!;
        b[f]! += v * target;
        for (let g = 0; g <= f; g++) h[f * d + g]! += v * row[g]!;
      }
    }
    for (let f = 0; f < d; f++) for (let g = 0; g < f; g++) h[g * d + f] = h[f * d + g]!;
    return { mean, level, h, b, c };
  });
  const product = (h: Float64Array, v: Float64Array, from: number, out: Float64Array, to: number): void => {
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
  };
  const size = blocks.length * d;
  return {
    hessians: moments.map(({ h }) => h),
    tasks: blocks.length,
    features: d,
    size,
    imageSize: size,
    lipschitz: Math.max(
      ...moments.map(({ h }) =>
        largestEigenvalue((v) => {
          const out = new Float64Array(d);
          product(h, v, 0, out, 0);
          return out;
        }, d),
      ),
    ),
    curvature: moments.reduce((sum, { h }) => sum + h.reduce((trace, v, at) => trace + (at % (d + 1) === 0 ? v : 0), 0), 0) / size,
    image(w, out) {
      moments.forEach(({ h }, t) => {
        product(h, w, t * d, out, t * d);
      });
    },
    value(w, image) {
      let sum = 0;
      moments.forEach(({ b, c }, t) => {
        sum += c;
        for (let f = 0; f < d; f++) sum += w[t * d + f]! * (image[t * d + f]! / 2 - b[f]!);
      });
      return sum;
    },
    gradient(image, out) {
      moments.forEach(({ b }, t) => {
        for (let f = 0; f < d; f++) out[t * d + f] = image[t * d + f]! - b[f]!;
      });
    },
    start: () => new Float64Array(size),
    restore: (w) => restore(w, (t) => moments[t]!.level - moments[t]!.mean.reduce((sum, m, f) => sum + m * w[t * d + f]!, 0)),
  };
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

/** Logistic loss by rows (image: the logits of all rows). */
function logisticLoss(blocks: readonly Block[], features: number, intercept: boolean, restore: Restore): DataLoss {
  const d = features;
  const weightsSize = blocks.length * d;
  const size = weightsSize + (intercept ? blocks.length : 0);
  const first = blocks.map((_, t) => blocks.slice(0, t).reduce((n, b) => n + b.rows, 0));
  const imageSize = blocks.reduce((n, b) => n + b.rows, 0);
  const residuals = blocks.map(({ rows }) => new Float64Array(rows));
  const curvatureOf = (b: Block): number =>
    largestEigenvalue(
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
  return {
    tasks: blocks.length,
    features: d,
    size,
    imageSize,
    lipschitz: Math.max(...blocks.map(curvatureOf)),
    curvature: blocks.reduce((sum, { x, weight }) => sum + x.reduce((s, v) => s + (weight / 4) * v * v, 0), 0) / weightsSize,
    image(p, out) {
      blocks.forEach((b, t) => {
        rowProducts(b.x, d, p, t * d, intercept ? p[weightsSize + t]! : 0, out, first[t]!);
      });
    },
    value(_p, image) {
      let sum = 0;
      blocks.forEach(({ rows, weight, y }, t) => {
        let own = 0;
        for (let r = 0; r < rows; r++) {
          const z = image[first[t]! + r]!;
          // log(1 + e^z) - y z, without overflow.
          own += Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y[r]! * z;
        }
        sum += weight * own;
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
