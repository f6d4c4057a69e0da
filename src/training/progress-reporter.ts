import type { ProgressEvent } from './progress';
import type { RunsProgress } from './runs';

/** Turns what training tells into progress events with the time left, at most five a second. */
export function progressReporter(
  onProgress: ((event: ProgressEvent) => void) | undefined,
  total: number,
): (progress: RunsProgress) => void {
  if (!onProgress) return () => {};
  const began = performance.now();
  let last = 0;
  const curves = new Map<string, { x: number[]; y: number[] }>();
  return ({ name, share, epoch, epochs, loss }) => {
    let curve = curves.get(name);
    if (!curve || epoch < curve.x[curve.x.length - 1]!) {
      curve = { x: [], y: [] };
      curves.set(name, curve);
    }
    curve.x.push(epoch);
    curve.y.push(loss);
    const now = performance.now();
    if (now - last < 200 && share < 1) return;
    last = now;
    onProgress({
      phase: share < 1 ? `training ${name}` : 'training',
      done: share * total,
      total,
      secondsLeft: ((now - began) / 1000) * (1 / share - 1),
      message: `epoch ${epoch} of ${epochs}, loss ${loss.toPrecision(3)}`,
      curve: [...curves].map(([curveName, { x, y }]) => ({ name: curveName, x: [...x], y: [...y] })),
    });
  };
}
