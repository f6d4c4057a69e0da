import type { MethodRecord, RunRecord } from './comparison-data';

/** Share of an epoch's loss that must be gone by its end for a loss to count as falling. */
const FALL = 0.02;
/** Fewest epochs that say anything. */
const EPOCHS = 10;

/** Mean over tasks, epoch by epoch. */
function meanCurve(curves: readonly (readonly number[])[]): number[] {
  return (curves[0] ?? []).map((_, e) => curves.reduce((sum, curve) => sum + curve[e]!, 0) / curves.length);
}

/** Whether a curve's last tenth is lower than the tenth before, on average, by more than 2 % of it. */
function falls(curve: readonly number[]): boolean {
  if (curve.length < EPOCHS) return false;
  const tenth = Math.max(2, Math.floor(curve.length / 10));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [before, last] = [mean(curve.slice(-2 * tenth, -tenth)), mean(curve.slice(-tenth))];
  return before - last > FALL * Math.abs(before);
}

/**
 * Notes on methods that were trained too briefly: in how many of their networks the loss still fell in the last tenth of the epochs, on
 * validation rows where there are some, else on training rows. Networks that stopped by themselves did not stop too early.
 * @param epochs that were asked for
 */
export function stillFallingNotes(methods: readonly MethodRecord[], runs: readonly RunRecord[], epochs: number): string[] {
  return methods.flatMap(({ name, separate }) => {
    const networks = runs
      .filter((run) => run.method === name && run.failure === undefined)
      .flatMap(({ validationLosses, trainLosses }) => {
        const validates = Object.values(validationLosses).some((losses) => losses.length > 0);
        const curves = Object.values(validates ? validationLosses : trainLosses);
        return separate ? curves : [meanCurve(curves)];
      });
    const count = networks.filter((curve) => curve.length >= epochs && falls(curve)).length;
    if (count === 0) return [];
    return [
      `Loss still falling in ${count} of ${networks.length} networks of ${name} after ${epochs} epochs: train longer before comparing`,
    ];
  });
}
