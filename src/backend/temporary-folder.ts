import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const OURS = /^taskloom-(\d+)-\w{6}$/;
/** Age, in milliseconds, from which a folder is left over: in use it lives for a moment, and a container does not see all processes. */
const OLD = 3_600_000;

function runs(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Removes what processes that were killed left in a place. */
function removeLeftovers(place: string): void {
  let names: string[] = [];
  try {
    names = readdirSync(place);
  } catch {
    // A place that can be written but not listed.
  }
  for (const name of names) {
    const owner = OURS.exec(name)?.[1];
    if (owner === undefined || runs(Number(owner))) continue;
    try {
      const found = lstatSync(join(place, name));
      if (found.isDirectory() && Date.now() - found.mtimeMs > OLD) rmSync(join(place, name), { recursive: true });
    } catch {
      // Another user's, or removed by another process meanwhile.
    }
  }
}

const cleaned = new Set<string>();

/**
 * A folder for a file that TensorFlow reads once: an unusable TMPDIR is no reason to compute op by op, which is slower and rounds differently.
 * Its name has the process, so that what a killed one leaves behind is found: the first call of a process removes it.
 * @throws Error when no usual place can be written
 */
export function temporaryFolder(): string {
  const places = [tmpdir(), '/tmp', '/dev/shm', homedir()];
  for (const [i, place] of places.entries()) {
    try {
      const folder = mkdtempSync(join(place, `taskloom-${process.pid}-`));
      if (!cleaned.has(place)) removeLeftovers(place);
      cleaned.add(place);
      return folder;
    } catch (error) {
      if (i === places.length - 1)
        throw new Error(`no temporary folder can be made (${(error as Error).message}); set TMPDIR to a folder that can be written`, {
          cause: error,
        });
    }
  }
  throw new Error('unreachable');
}
