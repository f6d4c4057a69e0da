import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { crmogm } from '../../src/balancing/aggregators/crmogm';
import { dbmtl } from '../../src/balancing/aggregators/dbmtl';
import { excessmtl } from '../../src/balancing/aggregators/excessmtl';
import { graddrop } from '../../src/balancing/aggregators/graddrop';
import { imtl } from '../../src/balancing/aggregators/imtl';
import { moco } from '../../src/balancing/aggregators/moco';
import { nashmtl } from '../../src/balancing/aggregators/nashmtl';
import { upgrad } from '../../src/balancing/aggregators/upgrad';
import { type PlainArray, plainOps } from '../../src/balancing/array-ops';
import { gramianOf } from '../../src/balancing/solvers/linear-algebra';
import { gradnorm, gradnormObjective } from '../../src/balancing/weightings/gradnorm';
import { rlw } from '../../src/balancing/weightings/rlw';
import { stch } from '../../src/balancing/weightings/stch';
import { expectClose, norm } from './matrices';

/*
 * Methods with state against LibMTL and TorchJD over several steps; see `reference/make_peers.py`. All compute in float64: what is left
 * are the 1e-8 that LibMTL adds where it divides, and float32 where it says so.
 */

interface Sequence {
  readonly jacobians: number[][][];
  readonly losses: number[][];
}

const peers = JSON.parse(readFileSync(join(__dirname, 'reference', 'peers.json'), 'utf8')) as {
  readonly moco: (Sequence & { rho: number; updates: number[][] })[];
  readonly dbmtl: (Sequence & { beta: number; sigma: number; updates: number[][]; heads: number[][] })[];
  readonly imtl: Sequence & { learningRate: number; updates: number[][]; heads: number[][] };
  readonly graddrop: { leak: number; signals: number[][][]; activations: number[][]; uniform: number[]; combined: number[][] }[];
  readonly stch: { mu: number; warmup: number; losses: number[][][]; weights: number[][][] };
  readonly gradnorm: Sequence & {
    alpha: number;
    learningRate: number;
    initial: number[];
    objective: { weights: number[][]; byLogits: number[][] };
    paper: number[][];
  };
  readonly rlw: Record<'square' | 'squaredLogRatio', { mean: number; error: number }>;
  readonly crmogm: { alpha: number; jacobians: number[][][]; weights: number[][] };
  readonly excessmtl: {
    readonly small: { eta: number; jacobians: number[][][]; libmtl: number[][]; torchjd: number[][] };
    readonly wide: { eta: number; parameters: number; libmtl: number[][]; torchjd: number[][] };
  };
  readonly nashmtl: { jacobians: number[][][]; torchjd: number[][]; libmtl: number[][]; unclipped: number[][] };
};

test.each(peers.moco)('MoCo follows LibMTL, rho $rho', ({ rho, jacobians, losses, updates }) => {
  const session = moco({ rho }).start(3);
  jacobians.forEach((j, k) => {
    expectClose(session.combine(j, { losses: losses[k]! }), updates[k]!, 1e-7);
  });
});

test.each(peers.dbmtl)('DB-MTL follows LibMTL, beta $beta, sigma $sigma', ({ beta, sigma, jacobians, losses, updates }) => {
  const session = dbmtl({ beta, sigma }).start(3);
  jacobians.forEach((j, k) => {
    // The first running means are some .1 long; LibMTL adds 1e-8 to them.
    expectClose(session.combine(j, { losses: losses[k]! }), updates[k]!, 1e-6);
  });
});

test.each(peers.dbmtl)(
  "DB-MTL's heads follow the log losses as LibMTL's do, beta $beta, sigma $sigma",
  ({ beta, sigma, losses, heads }) => {
    const { rule } = dbmtl({ beta, sigma });
    const column = (values: number[]): PlainArray => ({ rows: values.length, columns: 1, values });
    losses.forEach((values, k) => {
      const state = { mean: column([0, 0, 0]), steps: column([0, 0, 0]) };
      expectClose([...rule.apply(plainOps, column([1, 2, 3]), column(values), state, {}).heads!.values], heads[k]!, 1e-6);
    });
  },
);

test('IMTL follows LibMTL: updates, scales of the heads, and their steps', () => {
  const { learningRate, jacobians, losses, updates, heads } = peers.imtl;
  const method = imtl({ learningRate });
  const session = method.start(3);
  jacobians.forEach((j, k) => {
    const input = { losses: losses[k]!, gramian: gramianOf(j), epoch: 0, step: k, epochLosses: [] };
    expectClose(method.step(input, session.state()).heads!, heads[k]!, 1e-10);
    expectClose(session.combine(j, { losses: losses[k]! }), updates[k]!, 1e-10);
  });
});

test.each(peers.graddrop)('GradDrop lets through what LibMTL does of gradients by activations, leak $leak', (peer) => {
  const { leak, signals, activations, uniform, combined } = peer;
  const width = uniform.length;
  const pure = signals.flatMap((rows) =>
    uniform.map((_, d) => rows.reduce((sum, row, b) => sum + row[d]! * Math.sign(activations[b]![d]!), 0)),
  );
  const factors = graddrop({ leak }).rule.factors!(
    plainOps,
    { rows: signals.length, columns: width, values: pure },
    { threshold: { rows: 1, columns: width, values: uniform } },
  );
  combined.forEach((row, b) => {
    const ours = row.map((_, d) => signals.reduce((sum, rows, t) => sum + rows[b]![d]! * factors.values[t * width + d]!, 0));
    expectClose(ours, row, 1e-12);
  });
});

test('the variant log of smooth Tchebycheff follows LibMTL through warm-up and after', () => {
  const { mu, warmup, losses, weights } = peers.stch;
  const method = stch({ variant: 'log', mu, warmup });
  const means = losses.map((batches) => batches[0]!.map((_, t) => batches.reduce((sum, batch) => sum + batch[t]! / batches.length, 0)));
  losses.forEach((batches, epoch) => {
    batches.forEach((batch, b) => {
      expectClose(method.weights(batch, { epoch, epochLosses: means.slice(0, epoch) }), weights[epoch]![b]!, 1e-7);
    });
  });
});

test("GradNorm's objective has LibMTL's gradient, by the logits that LibMTL learns", () => {
  const { alpha, jacobians, losses, initial, objective } = peers.gradnorm;
  jacobians.forEach((j, k) => {
    const weights = objective.weights[k]!;
    const lossRatios = losses[k]!.map((loss, t) => loss / initial[t]!);
    const { gradient } = gradnormObjective({ weights, norms: j.map(norm), lossRatios, alpha });
    const inner = gradient.reduce((sum, g, t) => sum + (g * weights[t]!) / weights.length, 0);
    // The weights are T softmax(logits). LibMTL's loss ratios are float32.
    expectClose(
      gradient.map((g, t) => weights[t]! * (g - inner)),
      objective.byLogits[k]!,
      1e-6,
    );
  });
});

test("GradNorm's weights are those of the paper's rule on PyTorch's autograd and Adam", () => {
  const { alpha, learningRate, jacobians, losses, paper } = peers.gradnorm;
  const session = gradnorm({ alpha, learningRate }).start(3);
  jacobians.forEach((jacobian, k) => {
    expectClose(session.weights(losses[k]!, { jacobian }), paper[k]!, 1e-8);
  });
});

test("random weights have LibMTL's moments, and the exact one of a log ratio", () => {
  const session = rlw().start(3, { seed: 5 });
  const draws = Array.from({ length: 20000 }, () => session.weights([1, 1, 1]));
  const estimate = (values: number[]): { mean: number; error: number } => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return { mean, error: Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0)) / values.length };
  };
  const squares = estimate(draws.map(([a]) => a! ** 2));
  const ratios = estimate(draws.map(([a, b]) => Math.log(a! / b!) ** 2));
  // Four standard errors.
  for (const [ours, theirs] of [
    [squares, peers.rlw.square],
    [ratios, peers.rlw.squaredLogRatio],
    // The log ratio of two weights is the difference of two standard normal numbers: its variance is 2.
    [ratios, { mean: 2, error: 0 }],
  ] as const) {
    expect(Math.abs(ours.mean - theirs.mean)).toBeLessThan(4 * Math.hypot(ours.error, theirs.error));
  }
});

test('CR-MOGM around UPGrad follows TorchJD', () => {
  const { alpha, jacobians, weights } = peers.crmogm;
  const session = crmogm({ method: upgrad(), alpha }).start(3);
  jacobians.forEach((j, k) => {
    expectClose(session.weights(j), weights[k]!, 1e-6);
  });
});

test('ExcessMTL follows LibMTL, and TorchJD with one step of warm-up: the first step is the baseline', () => {
  const { eta, jacobians, libmtl, torchjd } = peers.excessmtl.small;
  const session = excessmtl({ eta }).start(3);
  jacobians.forEach((j, k) => {
    const weights = session.weights!(j);
    // LibMTL's sum to the number of tasks. Both add 1e-7 under the root, which moves the smallest squares, of some 1e-4, by a thousandth.
    expectClose(
      weights,
      libmtl[k]!.map((w) => w / 3),
      1e-5,
    );
    expectClose(weights, torchjd[k]!, 1e-5);
  });
});

test('ExcessMTL follows LibMTL and TorchJD where there are many parameters', () => {
  const { eta, parameters, libmtl, torchjd } = peers.excessmtl.wide;
  const session = excessmtl({ eta }).start(2);
  libmtl.forEach((expected, k) => {
    const j = [1, 2.5].map((scale, t) => Array.from({ length: parameters }, (_, p) => scale * Math.cos(0.37 * (p + 1) * (t + 1) + k)));
    const weights = session.weights!(j);
    expectClose(
      weights,
      expected.map((w) => w / 2),
      1e-6,
    );
    expectClose(weights, torchjd[k]!, 1e-6);
  });
});

test('Nash-MTL follows TorchJD and LibMTL, whatever the scale of the gradients', () => {
  const { jacobians, torchjd, libmtl, unclipped } = peers.nashmtl;
  const [clipped, whole] = [nashmtl().start(3), nashmtl({ maxNorm: null }).start(3)];
  jacobians.forEach((j, k) => {
    // They stop where G alpha = 1 / alpha holds within 1e-3 of the normalized Gramian; updates are 1 and sqrt(3) long.
    const update = clipped.combine(j);
    expectClose(update, torchjd[k]!, 2e-3);
    expectClose(update, libmtl[k]!, 2e-3);
    expectClose(whole.combine(j), unclipped[k]!, 4e-3);
    expect(norm(unclipped[k]!)).toBeCloseTo(Math.sqrt(3), 2);
  });
});
