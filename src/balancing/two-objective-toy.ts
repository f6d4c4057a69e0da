import { type AdamState, adamStart, adamStep } from './adam';
import type { Balancer, Weighting } from './balancing';
import { gramianOf } from './solvers/linear-algebra';

/** A point of the plane. */
export type Point = readonly [number, number];

/** The losses below which the logarithms of the toy are cut off. */
const FLOOR = 5e-6;

/** Options of {@link twoObjectives}. */
export interface TwoObjectivesOptions {
  /** Factor of the first loss: 1 in CAGrad's figures, 0.1 in those of Nash-MTL and FAMO. @default 0.1 */
  readonly scale?: number;
}

/** Options of {@link TwoObjectives.descend}. */
export interface DescendOptions {
  /** @default 50000 */
  readonly steps?: number;
  /** Learning rate of Adam. @default 0.001 */
  readonly learningRate?: number;
  /** Keep every so many points of the path; the first and last are always kept. @default 100 */
  readonly every?: number;
  /** Seed of a random method. @default 0 */
  readonly seed?: number;
}

/** A descent: where it ended, when it reached the Pareto set, and its path. */
export interface Descent {
  readonly end: Point;
  /** The first step after which |x2 + 8.3552| < 0.1; undefined where that never held. */
  readonly reachedAt: number | undefined;
  readonly path: readonly Point[];
}

/** A problem with two parameters and two losses with conflicting minima. */
export interface TwoObjectives {
  /** The two losses at a point. */
  losses(x: Point): [number, number];
  /** The gradients of the two losses at a point, `[2, 2]`. */
  gradients(x: Point): [[number, number], [number, number]];
  /** Lower bounds of the losses, for FAMO. */
  readonly minLosses: readonly [number, number];
  /** The end points of the Pareto set, a segment. */
  readonly paretoSet: readonly [Point, Point];
  /** Starting points of the published figures. */
  readonly starts: readonly Point[];
  /** Descends from a point with Adam along the updates of a method. */
  descend(method: Balancer | Weighting, start: Point, options?: DescendOptions): Descent;
}

/** d log(max(|a|, floor)) / da, with the gradient passed on at the cut itself, as PyTorch's clamp does. */
function logSlope(a: number): number {
  return Math.abs(a) >= FLOOR ? 1 / a : 0;
}

/**
 * The problem with two parameters on which CAGrad (Liu and others 2021, arXiv 2110.14048), Nash-MTL (Navon and others 2022,
 * arXiv 2202.01017) and FAMO (Liu and others 2023, arXiv 2306.03792) show their methods: a curved valley with a steep wall leads to
 * the Pareto set, and the plain sum of the losses gets stuck on the way from some starts.
 * @throws RangeError when the scale is not positive
 */
export function twoObjectives({ scale = 0.1 }: TwoObjectivesOptions = {}): TwoObjectives {
  if (!(scale > 0)) throw new RangeError(`twoObjectives(options): option 'scale' must be a positive number, got ${scale}`);
  const losses = ([x1, x2]: Point): [number, number] => {
    const t = Math.tanh(x2);
    const half = Math.tanh(x2 / 2);
    const upper = Math.max(half, 0);
    const lower = Math.max(-half, 0);
    const log1 = Math.log(Math.max(Math.abs(0.5 * (-x1 - 7) + t), FLOOR)) + 6;
    const log2 = Math.log(Math.max(Math.abs(0.5 * (-x1 + 3) - t + 2), FLOOR)) + 6;
    const bowl = 0.1 * (x2 + 8) ** 2;
    const q1 = ((7 - x1) ** 2 + bowl) / 10 - 20;
    const q2 = ((x1 + 7) ** 2 + bowl) / 10 - 20;
    return [scale * (log1 * upper + q1 * lower), log2 * upper + q2 * lower];
  };
  const gradients = ([x1, x2]: Point): [[number, number], [number, number]] => {
    const t = Math.tanh(x2);
    const slope = 1 - t * t;
    const half = Math.tanh(x2 / 2);
    const upper = Math.max(half, 0);
    const lower = Math.max(-half, 0);
    const halfSlope = (1 - half * half) / 2;
    // At x2 = 0 both clamps pass the gradient on.
    const upperSlope = half >= 0 ? halfSlope : 0;
    const lowerSlope = half <= 0 ? -halfSlope : 0;
    const a1 = 0.5 * (-x1 - 7) + t;
    const a2 = 0.5 * (-x1 + 3) - t + 2;
    const log1 = Math.log(Math.max(Math.abs(a1), FLOOR)) + 6;
    const log2 = Math.log(Math.max(Math.abs(a2), FLOOR)) + 6;
    const bowl = 0.1 * (x2 + 8) ** 2;
    const q1 = ((7 - x1) ** 2 + bowl) / 10 - 20;
    const q2 = ((x1 + 7) ** 2 + bowl) / 10 - 20;
    const bowlSlope = 0.02 * (x2 + 8);
    return [
      [
        scale * (-0.5 * logSlope(a1) * upper - 0.2 * (7 - x1) * lower),
        scale * (logSlope(a1) * slope * upper + log1 * upperSlope + bowlSlope * lower + q1 * lowerSlope),
      ],
      [
        -0.5 * logSlope(a2) * upper + 0.2 * (x1 + 7) * lower,
        -logSlope(a2) * slope * upper + log2 * upperSlope + bowlSlope * lower + q2 * lowerSlope,
      ],
    ];
  };
  return {
    losses,
    gradients,
    minLosses: [-21 * scale, -21],
    paretoSet: [
      [-7, -8.3552],
      [7, -8.3552],
    ],
    starts: [
      [-8.5, 7.5],
      [0, 0],
      [9, 9],
      [-7.5, -0.5],
      [9, -1],
    ],
    descend(method, start, { steps = 50_000, learningRate = 1e-3, every = 100, seed = 0 } = {}) {
      const update = updater(method, seed);
      let adam: AdamState = adamStart(start);
      let point = start;
      let current = losses(point);
      let reachedAt: number | undefined;
      const path: Point[] = [start];
      for (let step = 0; step < steps; step++) {
        const { direction, learn } = update(gradients(point), current, step);
        adam = adamStep(adam, direction, learningRate);
        point = [adam.values[0]!, adam.values[1]!];
        current = losses(point);
        learn?.(current);
        if (reachedAt === undefined && Math.abs(point[1] + 8.3552) < 0.1) reachedAt = step + 1;
        if ((step + 1) % every === 0 || step === steps - 1) path.push(point);
      }
      return { end: point, reachedAt, path };
    },
  };
}

/** The direction of a step, and what tells the method the losses after it. */
interface Update {
  readonly direction: number[];
  readonly learn?: (nextLosses: [number, number]) => void;
}

/** Runs a method step by step on two losses. */
function updater(
  method: Balancer | Weighting,
  seed: number,
): (jacobian: [[number, number], [number, number]], losses: [number, number], step: number) => Update {
  if (method.needs === 'jacobian') {
    const session = method.start(2, { seed });
    return (jacobian, losses) => ({ direction: session.combine(jacobian, { losses }) });
  }
  let state = method.init(2, seed);
  const { after } = method;
  return (jacobian, losses, step) => {
    const input = { losses, gramian: gramianOf(jacobian), epoch: 0, step, epochLosses: [] };
    const result = method.step(input, state);
    state = result.state;
    const [w1, w2] = [result.weights[0]!, result.weights[1]!];
    return {
      direction: [w1 * jacobian[0][0] + w2 * jacobian[1][0], w1 * jacobian[0][1] + w2 * jacobian[1][1]],
      ...(after === undefined
        ? {}
        : {
            learn: (nextLosses: [number, number]): void => {
              state = after({ ...input, nextLosses }, state);
            },
          }),
    };
  };
}
