import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Penalty } from './penalty';

/**
 * Graph-regularized multi-task learning (Evgeniou, Micchelli and Pontil 2005): half the sum over pairs of tasks of
 * graph[i][j] |w_i - w_j|^2. The complete graph with weights 1 / tasks is the mean-regularized penalty.
 * @param graph `[tasks, tasks]`, symmetric, not negative; the diagonal is not read
 * @throws TypeError when the graph is not square
 * @throws RangeError when it is not symmetric or has a negative weight
 */
export function graphRegularized(graph: readonly ArrayLike<number>[]): Penalty {
  const n = graph.length;
  const laplacian = Matrix.zeros(n, n);
  for (let i = 0; i < n; i++) {
    if (graph[i]!.length !== n)
      throw new TypeError(`graphRegularized: the graph must be [tasks, tasks]; row ${i} of ${n} has ${graph[i]!.length} values.`);
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const v = graph[i]![j]!;
      if (!(v >= 0) || v !== graph[j]![i]) {
        throw new RangeError(
          `graphRegularized: the graph must be symmetric and not negative; [${i}][${j}] is ${v} and [${j}][${i}] ${graph[j]![i]}.`,
        );
      }
      laplacian.set(i, j, -v);
      laplacian.set(i, i, laplacian.get(i, i) + v);
    }
  }
  const decomposition = new EigenvalueDecomposition(laplacian, { assumeSymmetric: true });
  const eigenvalues = decomposition.realEigenvalues.map((v) => Math.max(0, v));
  const vectors = decomposition.eigenvectorMatrix;
  const checkTasks = (tasks: number): void => {
    if (tasks !== n) throw new TypeError(`graphRegularized: the graph has ${n} tasks, the data ${tasks}.`);
  };
  /** Applies f of the Laplacian to the task axis, in place. */
  const apply = (w: Float64Array, tasks: number, features: number, f: (eigenvalue: number) => number): void => {
    checkTasks(tasks);
    const m = Matrix.from1DArray(tasks, features, w as unknown as number[]);
    const spectrum = vectors.transpose().mmul(m);
    for (let i = 0; i < n; i++) spectrum.mulRow(i, f(eigenvalues[i]!));
    w.set(vectors.mmul(spectrum).to1DArray());
  };
  const value = (w: Float64Array, tasks: number, features: number): number => {
    const image = Float64Array.from(w);
    apply(image, tasks, features, (e) => e);
    return w.reduce((sum, v, i) => sum + v * image[i]!, 0) / 2;
  };
  return {
    name: 'graph-regularized',
    value,
    prox(w, tasks, features, step) {
      apply(w, tasks, features, (e) => 1 / (1 + step * e));
      return value(w, tasks, features);
    },
    coupling(tasks) {
      checkTasks(tasks);
      return Float64Array.from(laplacian.to1DArray());
    },
  };
}
