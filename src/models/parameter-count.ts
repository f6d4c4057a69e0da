import { type Method, method } from './method';
import { countParameters, type Problem } from './network/network';

/** Learned numbers of a method for a problem, over all the networks that it trains. */
export function totalParameters({ architecture }: Method, { input, tasks }: Problem): number {
  const every = tasks.map((_, t) => t);
  const groups = architecture.partition?.(tasks).map(({ train }) => train) ?? (architecture.separate ? every.map((t) => [t]) : [every]);
  return groups.reduce(
    (sum, train) => sum + countParameters(architecture.build({ input, tasks: train.map((t) => tasks[t]!) }).parameters),
    0,
  );
}

/**
 * The method with its encoders' widths scaled so that it has about `target` parameters in total: for comparisons at equal parameters
 * instead of equal widths.
 *
 * All encoders of the architecture are scaled by one factor; widths are whole numbers, so of the counts that can be had the nearest is
 * taken.
 * @param start the method as it is, with its balancing
 * @param target wanted number of parameters
 * @throws RangeError when the target is not a positive number or less than the smallest network has
 * @throws TypeError when an encoder cannot be scaled (one made by hand)
 */
export function matchParameters(start: Method, problem: Problem, target: number): Method {
  if (!Number.isFinite(target) || target <= 0) throw new RangeError(`matchParameters: target must be a positive number, got ${target}`);
  const { architecture, balancing, update } = start;
  const { mapEncoders, widthMultiple } = architecture;
  if (!mapEncoders)
    throw new TypeError(`matchParameters: architecture "${architecture.name}" cannot replace its encoders; use one of this package's`);
  const scaled = (factor: number): Method => {
    const changed = method(
      mapEncoders((encoder) => {
        if (encoder.scaled) return encoder.scaled(factor, widthMultiple);
        throw new TypeError(
          `matchParameters: encoder "${encoder.name}" cannot be scaled; give it a function \`scaled\`, or use encoders of this package`,
        );
      }),
    );
    return balancing ? changed.with(balancing, update) : changed;
  };
  const count = (factor: number): number => totalParameters(scaled(factor), problem);
  const least = count(1e-9);
  if (target < least)
    throw new RangeError(`matchParameters: ${architecture.name} has at least ${least} parameters for this problem, wanted ${target}`);
  let low = 1e-9;
  let high = 1;
  while (count(high) < target) {
    low = high;
    high *= 2;
  }
  // Counts are steps of the factor: halve until both ends are on neighboring steps.
  for (let i = 0; i < 40 && high - low > 1e-6 * high; i++) {
    const middle = low < 1e-6 ? high / 2 : Math.sqrt(low * high);
    if (count(middle) < target) low = middle;
    else high = middle;
  }
  return scaled(target - count(low) < count(high) - target ? low : high);
}
