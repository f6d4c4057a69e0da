import { withDefaults } from '../options/check';
import { requireSome } from './axes';
import type { Figure } from './figure';
import { type LinePanel, linePanels } from './lines';

/** How gradients agree over training, as one line: a pair of tasks, or a method's mean over pairs. */
export interface CosineHistory {
  readonly name: string;
  /** `[points]`: steps or epochs. */
  readonly steps: readonly number[];
  /** `[points]`, in `[-1, 1]`. */
  readonly cosine: readonly number[];
  /** Edges of a band, for instance over seeds. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** Histories of one panel, for instance a layer, are drawn together. @default all in one panel */
  readonly panel?: string;
}

/** How gradient cosines are drawn. */
export interface CosineHistoryOptions {
  readonly title?: string;
  /** What `steps` counts. @default 'step' */
  readonly unit?: string;
}

/**
 * Cosine between task gradients over training; below zero the tasks pull against each other.
 *
 * @throws RangeError when there is no history; TypeError when lengths differ.
 */
export function conflictOverTime(histories: readonly CosineHistory[], options: CosineHistoryOptions = {}): Figure {
  requireSome('gradient conflict', histories, 'histories');
  const { title, unit } = withDefaults<Required<CosineHistoryOptions>>('plots.conflictOverTime', options, {
    title: 'Agreement of task gradients over training',
    unit: 'step',
  });
  const byPanel = new Map<string, CosineHistory[]>();
  for (const history of histories) byPanel.set(history.panel ?? '', [...(byPanel.get(history.panel ?? '') ?? []), history]);
  const panels = [...byPanel].map(
    ([name, group]): LinePanel => ({
      title: name,
      lines: group.map(({ name, steps, cosine, low, high }) => ({
        name,
        x: steps,
        y: cosine,
        ...(low === undefined ? {} : { low }),
        ...(high === undefined ? {} : { high }),
      })),
    }),
  );
  const values = histories.flatMap((history) => history.cosine.filter(Number.isFinite));
  const negative = values.filter((value) => value < 0).length / Math.max(1, values.length);
  return linePanels({
    title,
    subtitle: `Cosine between gradients on the shared parameters; below 0 they conflict (${Math.round(negative * 100)} % of the points).`,
    text: `Gradient cosines over training: ${Math.round(negative * 100)} % below zero`,
    panels,
    xTitle: unit,
    yTitle: 'cosine',
    yRange: [-1.05, 1.05],
    reference: 0,
  });
}
