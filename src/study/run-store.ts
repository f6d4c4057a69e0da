import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RunRecord } from './comparison-data';
import { numbersFromJson } from './json-numbers';

/** What is kept of a run. */
export interface KeptRun {
  readonly record: RunRecord;
  readonly features: number;
}

/** Finished runs on disk. */
export interface RunStore {
  /** The kept run of this key, or undefined where there is none that can be read. */
  read(key: string): KeptRun | undefined;
  /** Keeps a run: after this returns, a killed process does not lose it. */
  write(key: string, run: KeptRun): void;
  /** What went wrong while reading. */
  readonly notes: readonly string[];
}

const FORMAT = 'taskloom-run';
const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** Leftovers of a process that was killed while it wrote: older than this they belong to nobody. */
const STALE_MILLISECONDS = 10 * 60_000;

/**
 * Opens a study's directory, making it where it is missing. Each finished run is one file, `runs/<key>.json`, written whole or not at all.
 * Files that are damaged or of another program are not used, and said in `notes`.
 * @throws Error when the directory cannot be made or written, with its path
 */
export function openRunStore(directory: string): RunStore {
  const folder = join(resolve(directory), 'runs');
  try {
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (name.endsWith('.tmp') && Date.now() - statSync(path).mtimeMs > STALE_MILLISECONDS) rmSync(path, { force: true });
    }
  } catch (error) {
    throw new Error(
      `Cannot keep results in directory "${directory}": ${(error as Error).message}; give the path of a folder that can be made and written`,
      { cause: error },
    );
  }
  const notes: string[] = [];
  return {
    notes,
    read(key) {
      const path = join(folder, `${key}.json`);
      let text: string;
      try {
        text = readFileSync(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        notes.push(`${path} cannot be read (${(error as Error).message}): the run was trained again`);
        return undefined;
      }
      try {
        const { format, version, checksum, run } = JSON.parse(text) as { format: string; version: number; checksum: string; run: unknown };
        if (format !== FORMAT || version !== 1) throw new Error(`it is no ${FORMAT} file of version 1`);
        if (digest(JSON.stringify(run)) !== checksum) throw new Error('its checksum does not match');
        return numbersFromJson(run) as KeptRun;
      } catch (error) {
        notes.push(`${path} is damaged or not ours (${(error as Error).message}): the run was trained again`);
        return undefined;
      }
    },
    write(key, run) {
      const path = join(folder, `${key}.json`);
      const temporary = join(folder, `${key}.${process.pid}.tmp`);
      const body = JSON.stringify(run);
      try {
        writeFileSync(temporary, `{"format":"${FORMAT}","version":1,"checksum":"${digest(body)}","run":${body}}\n`, { flush: true });
        renameSync(temporary, path);
      } catch (error) {
        rmSync(temporary, { force: true });
        throw new Error(`Cannot keep a finished run in "${path}": ${(error as Error).message}; free space or give another directory`, {
          cause: error,
        });
      }
    },
  };
}
