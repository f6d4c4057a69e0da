import type { MethodFactory, Weighting } from '../balancing';
import { defineWeighting } from '../define-weighting';
import { logOfLosses } from '../log-losses';

/** The geometric loss strategy has no options. */
export type GlsOptions = Readonly<Record<never, never>>;

function geometricMean(logs: readonly number[]): number {
  return Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length);
}

/**
 * Geometric loss strategy (Chennupati, Sistu, Yogamani, Rawashdeh 2019, arXiv 1904.08492): the geometric mean of the losses, whose
 * weights are mean / (T L_t). Losses below 1e-12 count as 1e-12.
 *
 * A task without a label in a batch is left out: the mean is that of the other losses.
 */
export const gls: MethodFactory<GlsOptions, Weighting> = defineWeighting<GlsOptions>({
  name: 'gls',
  title: 'Geometric loss strategy',
  paper: {
    authors: 'Chennupati, Sistu, Yogamani, Rawashdeh',
    year: 2019,
    title: 'MultiNet++: Multi-Stream Feature Aggregation and Geometric Loss Strategy for Multi-Task Learning',
    arxiv: '1904.08492',
  },
  needs: 'losses',
  options: {},
  create: () => ({
    step({ losses }, state) {
      const logs = logOfLosses('gls', losses);
      const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
      return { weights: logs.map((value) => Math.exp(mean - value) / losses.length), state };
    },
    value: ({ losses }) => geometricMean(logOfLosses('gls', losses)),
  }),
});
