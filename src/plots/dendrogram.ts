import { withDefaults } from '../options/check';
import { nameAxis, nameWidth, requireLength, requireSome, valueAxis } from './axes';
import { type Figure, makeFigure, type Trace } from './figure';
import { escapeHtml, formatNumber } from './text';
import { ink, palette } from './theme';

/** One step of hierarchical clustering: leaves are 0 to n - 1, the k-th merge makes cluster n + k (SciPy's `linkage`). */
export interface Merge {
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

/** A hierarchy of names. */
export interface DendrogramInput {
  readonly labels: readonly string[];
  /** `[labels - 1]`, in order of height. */
  readonly merges: readonly Merge[];
  /** Clusters that join above this height are apart: they get colors of their own. */
  readonly cut?: number;
}

/** How a hierarchy is drawn. */
export interface DendrogramOptions {
  readonly title?: string;
  readonly subtitle?: string;
  /** What heights are. @default 'distance' */
  readonly unit?: string;
}

interface Node {
  readonly leaves: readonly number[];
  readonly height: number;
}

/** The clusters of a hierarchy, leaves first. */
interface Tree {
  readonly nodes: readonly Node[];
  /** Leaves from the top down. */
  readonly order: readonly number[];
  /** Place of each cluster between the leaves. */
  readonly position: readonly number[];
}

/** @throws TypeError when a merge names no earlier cluster */
function treeOf(labels: readonly string[], merges: readonly Merge[]): Tree {
  const nodes: Node[] = labels.map((_, leaf) => ({ leaves: [leaf], height: 0 }));
  for (const [index, merge] of merges.entries()) {
    const [left, right] = [nodes[merge.left], nodes[merge.right]];
    if (left === undefined || right === undefined) {
      throw new TypeError(
        `Cannot draw a dendrogram: merge ${index} joins clusters ${merge.left} and ${merge.right}, expected numbers below ${nodes.length}`,
      );
    }
    nodes.push({ leaves: [...left.leaves, ...right.leaves], height: merge.height });
  }
  const order = (nodes.at(-1) as Node).leaves;
  const position: number[] = [];
  for (const [place, leaf] of order.entries()) position[leaf] = place;
  for (const [index, merge] of merges.entries()) {
    position[labels.length + index] = ((position[merge.left] as number) + (position[merge.right] as number)) / 2;
  }
  return { nodes, order, position };
}

/** The group of each leaf, numbered from the top: a group is a largest cluster at or below the cut. */
function groupsBelow(
  cut: number,
  leaves: number,
  merges: readonly Merge[],
  nodes: readonly Node[],
  order: readonly number[],
): ReadonlyMap<number, number> {
  const groupOf = new Map<number, number>();
  const parents = new Map(merges.flatMap((merge, index) => [merge.left, merge.right].map((child) => [child, leaves + index])));
  const top = (leaf: number): number => {
    let node = leaf;
    for (let parent = parents.get(node); parent !== undefined && (nodes[parent] as Node).height <= cut; parent = parents.get(node))
      node = parent;
    return node;
  };
  const seen = new Map<number, number>();
  for (const leaf of order) {
    const root = top(leaf);
    if (!seen.has(root)) seen.set(root, seen.size);
    groupOf.set(leaf, seen.get(root) as number);
  }
  return groupOf;
}

/**
 * Which tasks join first: the tree of a hierarchical clustering, leaves on the left.
 *
 * @throws RangeError when there are no labels; TypeError when there is not one merge fewer than labels, or a merge names no earlier cluster.
 */
export function dendrogram(input: DendrogramInput, options: DendrogramOptions = {}): Figure {
  const { labels, merges, cut } = input;
  const { title, subtitle, unit } = withDefaults<Required<DendrogramOptions>>('plots.dendrogram', options, {
    title: 'Which tasks belong together',
    subtitle: '',
    unit: 'distance',
  });
  requireSome('a dendrogram', labels, 'labels');
  requireLength('a dendrogram', 'merges', merges, labels.length - 1);
  const { nodes, order, position } = treeOf(labels, merges);
  const groupOf = cut === undefined ? new Map<number, number>() : groupsBelow(cut, labels.length, merges, nodes, order);
  const colorOf = (node: Node): string => {
    if (cut === undefined) return palette[0] as string;
    if (node.height > cut) return ink.line;
    return palette[(groupOf.get(node.leaves[0] as number) as number) % palette.length] as string;
  };
  const data: Trace[] = merges.map((merge, index) => {
    const node = nodes[labels.length + index] as Node;
    const [a, b] = [position[merge.left] as number, position[merge.right] as number];
    const from = [merge.left, merge.right].map((child) => (nodes[child] as Node).height);
    return {
      type: 'scatter',
      mode: 'lines',
      x: [from[0] as number, node.height, node.height, from[1] as number],
      y: [a, a, b, b],
      line: { color: colorOf(node), width: 2 },
      hoverinfo: 'text',
      text: `${node.leaves.map((leaf) => escapeHtml(labels[leaf] as string)).join(', ')}: ${formatNumber(node.height)}`,
    };
  });
  const names = order.map((leaf) => labels[leaf] as string);
  const highest = Math.max(0, ...merges.map((merge) => merge.height), cut ?? 0);
  const groups = new Set(groupOf.values()).size;
  return makeFigure({
    title,
    subtitle,
    text: `Dendrogram of ${labels.length} tasks${cut === undefined ? '' : `, ${groups} groups below ${formatNumber(cut)}`}`,
    data,
    plotHeight: Math.max(80, labels.length * 24),
    margin: { l: nameWidth(names), r: 24, b: 48 },
    layout: {
      xaxis: valueAxis(escapeHtml(unit), { range: [0, highest * 1.05 || 1] }),
      yaxis: nameAxis(names),
      shapes:
        cut === undefined
          ? []
          : [
              {
                type: 'line',
                xref: 'x',
                yref: 'y domain',
                x0: cut,
                x1: cut,
                y0: 0,
                y1: 1,
                line: { color: ink.soft, width: 1, dash: 'dash' },
              },
            ],
    },
  });
}
