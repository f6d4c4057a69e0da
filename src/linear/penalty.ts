/**
 * What ties the tasks' weight vectors together: a convex function of the weight matrix. The objective is
 * loss + lambda x value(weights) + ridge / 2 x |weights|^2. Weights are flat and row-major, `[tasks, features]`.
 */
export interface Penalty {
  readonly name: string;
  /** The penalty, without lambda. */
  value(weights: Float64Array, tasks: number, features: number): number;
  /**
   * Proximal map in place: weights becomes the V that minimizes |V - weights|^2 / 2 + step x value(V).
   * @returns value(V)
   */
  prox(weights: Float64Array, tasks: number, features: number, step: number): number;
  /**
   * The smallest lambda at which all weights are zero, from the gradient of the loss there (the dual norm);
   * absent for penalties that never reach zero.
   */
  zeroAt?(gradient: Float64Array, tasks: number, features: number): number;
  /** For penalties that are half of tr(W' Q W): Q, `[tasks * tasks]`, so that the squared loss is fitted as one linear system. */
  coupling?(tasks: number): Float64Array;
}
