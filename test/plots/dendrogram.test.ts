import { expect, test } from 'vitest';
import { dendrogram } from '../../src/plots/dendrogram';
import { checkFigure, countOf, textsOf } from './check-figure';

const labels = ['0', '1', '2', '3', '4', '5'];
// scipy.cluster.hierarchy.linkage([[0, 0], [.2, .1], [3, 3], [3.3, 3.1], [.1, 2.9], [6, 0]], 'average')
const merges = [
  { left: 0, right: 1, height: 0.2236 },
  { left: 2, right: 3, height: 0.3162 },
  { left: 4, right: 6, height: 2.8518 },
  { left: 7, right: 8, height: 3.8706 },
  { left: 5, right: 9, height: 5.3457 },
];
// scipy.cluster.hierarchy.dendrogram of it, color_threshold=3: ivl, icoord (leaf k lies at 10 k + 5) and color_list, by merge as ours.
const leaves = ['5', '2', '3', '4', '0', '1'];
const links = [
  [45, 45, 55, 55],
  [15, 15, 25, 25],
  [35, 35, 50, 50],
  [20, 20, 42.5, 42.5],
  [5, 5, 31.25, 31.25],
];

test('dendrogram: leaf order and links are SciPy’s', () => {
  const figure = dendrogram({ labels, merges });
  expect((figure.layout.yaxis as { ticktext: string[] }).ticktext).toEqual(leaves);
  for (const [index, link] of links.entries()) {
    const y = figure.data[index]?.y as number[];
    expect(y.map((place) => 10 * place + 5)).toEqual(link.map((place) => Number(((place - 5) / 10).toPrecision(4)) * 10 + 5));
    const x = figure.data[index]?.x as number[];
    expect(Math.max(...x)).toBeCloseTo(merges[index]?.height as number, 3);
  }
});

test('dendrogram: groups below the cut have colors of their own', () => {
  const figure = dendrogram({ labels, merges, cut: 3 });
  const colors = figure.data.map((trace) => (trace.line as { color: string }).color);
  expect(colors[0]).toBe(colors[2]); // SciPy: C2, C2
  expect(colors[1]).not.toBe(colors[0]); // C1
  expect(colors[3]).toBe(colors[4]); // above the cut: C0, C0
  expect(new Set(colors).size).toBe(3);
  expect(figure.text).toBe('Dendrogram of 6 tasks, 3 groups below 3');
  const svg = checkFigure(figure);
  expect(countOf(svg, 'js-line')).toBe(5);
  expect(textsOf(svg)).toEqual(expect.arrayContaining([...labels, 'distance']));
});

test('dendrogram: one task is a tree; bad trees are not', () => {
  checkFigure(dendrogram({ labels: ['alone'], merges: [] }));
  expect(() => dendrogram({ labels, merges: [] })).toThrow('merges has length 0, expected 5');
  expect(() => dendrogram({ labels: ['a', 'b'], merges: [{ left: 0, right: 7, height: 1 }] })).toThrow(
    'merge 0 joins clusters 0 and 7, expected numbers below 2',
  );
});
