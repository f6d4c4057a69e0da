import type { FittedTarget } from './task';

/**
 * The share of each class in the training loss, class weights counted. A class that no label has, or that weighs nothing, counts as half a label,
 * so that its logarithm is finite; shares then add up to a little more than 1.
 */
export function classMasses({ classCounts, classWeights, count }: Omit<FittedTarget, 'name'>): number[] {
  const masses = classCounts.map((labels, c) => labels * (classWeights?.[c] ?? 1));
  // Where all weigh nothing, any prediction is as good.
  const total = masses.reduce((a, b) => a + b, 0) || 1;
  const half = total / count / 2;
  return masses.map((mass) => (mass || half) / total);
}
