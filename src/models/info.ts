import type { Paper } from '../balancing/balancing';
import type { OptionInfo } from '../options/spec';

/** What is known of everything that models are made of: its name in the registry, its paper and its options. */
export interface ModelPartInfo {
  readonly name: string;
  readonly title: string;
  /** Absent where nothing in particular was published. */
  readonly paper?: Paper;
  readonly options: readonly OptionInfo[];
}
