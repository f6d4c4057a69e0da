import type { MethodFactory, Weighting } from '../balancing';
import { defineWeighting } from '../define-weighting';
import { logOfLosses } from '../log-losses';

/** Scale-invariant weighting has no options. */
export type ScaleInvariantOptions = Readonly<Record<never, never>>;

/**
 * Scale-invariant weighting, the sum of the logarithms of the losses (the SI baseline of Navon and others 2022, arXiv 2202.01017).
 * The weight 1 / loss of a task grows without bound as its loss vanishes; it is held at a loss of 1e-12.
 *
 * A task without a label in a batch is left out of it.
 */
export const scaleInvariant: MethodFactory<ScaleInvariantOptions, Weighting> = defineWeighting<ScaleInvariantOptions>({
  name: 'scaleInvariant',
  title: 'Scale-invariant (sum of log losses)',
  paper: {
    authors: 'Navon, Shamsian, Achituve, Maron, Kawaguchi, Chechik, Fetaya',
    year: 2022,
    title: 'Multi-Task Learning as a Bargaining Game',
    arxiv: '2202.01017',
  },
  needs: 'losses',
  options: {},
  create: () => ({
    step: ({ losses }, state) => ({ weights: logOfLosses('scaleInvariant', losses).map((value) => Math.exp(-value)), state }),
    value: ({ losses }) => logOfLosses('scaleInvariant', losses).reduce((sum, value) => sum + value, 0),
  }),
});
