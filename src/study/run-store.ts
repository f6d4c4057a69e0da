import { constants } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fields, integer, listOf, oneOf, text } from '../json-shape';
import { keptFolder } from '../kept-folder';
import { readRegularFile } from '../regular-file';
import type { RunRecord } from './comparison-data';
import { evidenceFromText, evidenceToText } from './evidence';
import { numbersFromJson } from './json-numbers';

/** What is kept of a run. */
export interface KeptRun {
  readonly record: RunRecord;
  readonly features: number;
}

/** Finished runs on disk. */
export interface RunStore {
  /** The kept run of this key, or undefined where there is none that can be read, or one of those that it was trained with is missing. */
  read(key: string): KeptRun | undefined;
  /** Keeps a run that was trained on its own. */
  write(key: string, run: KeptRun): void;
  /**
   * Keeps runs that were trained together: after this returns, a killed process does not lose them; before, it leaves none of them that is
   * read. What cannot be written is said in `notes` and at once on standard error; the runs themselves are not harmed by that.
   */
  writeTogether(runs: ReadonlyMap<string, KeptRun>): void;
  /** What went wrong. */
  readonly notes: readonly string[];
}

const FORMAT = 'taskloom-run';
const VERSION = 3;
const digest = (content: string): string => createHash('sha256').update(content).digest('hex').slice(0, 16);

/** Leftovers of a process that was killed while it wrote: older than this they belong to nobody. */
const STALE_MILLISECONDS = 10 * 60_000;
const TEMPORARY = /^[0-9a-f]{40}\.[0-9a-f]{1,16}\.tmp$/;

const fileShape = fields({
  format: oneOf([FORMAT]),
  version: integer(VERSION, VERSION),
  checksum: text,
  key: text,
  stack: listOf(text),
  run: fields({ record: (value) => value, features: (value) => value }),
});

/** What the checksum is of. */
const body = (key: string, stack: readonly string[], run: unknown): string => JSON.stringify({ key, stack, run });

/**
 * Opens a study's directory, making it where it is missing. Each finished run is one file, `runs/<key>.json`, written whole or not at all.
 * Files that are damaged or of another program are not used, and said in `notes`; they are never removed but by a run of their very name.
 *
 * A file names the runs of its stack. Where one of them is missing, none is used: they were trained together, and only together they have the
 * same numbers again.
 * @param check tells whether the content of a file can be a run of the study at hand, by throwing where it cannot
 * @throws Error when the directory cannot be made or written, with its path
 */
export function openRunStore(directory: string, check: (run: KeptRun) => void = () => {}): RunStore {
  const folder = keptFolder(directory, 'runs', { tidy: removeStale });
  const notes: string[] = [];
  const known = new Map<string, { readonly run: KeptRun; readonly stack: readonly string[] } | undefined>();
  const load = (key: string): { readonly run: KeptRun; readonly stack: readonly string[] } | undefined => {
    const path = join(folder, `${key}.json`);
    let content: string;
    try {
      content = readRegularFile(path, constants.MAX_STRING_LENGTH).toString('utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      notes.push(`${path} cannot be read (${(error as Error).message}): the run was trained again`);
      return undefined;
    }
    try {
      const file = fileShape(JSON.parse(content), 'it');
      if (file.key !== key) throw new Error(`it is the run of another key, ${file.key}`);
      if (!file.stack.includes(key)) throw new Error('it is no run of its own stack');
      if (digest(body(key, file.stack, file.run)) !== file.checksum) throw new Error('its checksum does not match');
      const run = fromText(numbersFromJson(file.run) as KeptRun);
      check(run);
      return { run, stack: file.stack };
    } catch (error) {
      notes.push(`${path} is damaged or not ours (${(error as Error).message}): the run was trained again`);
      return undefined;
    }
  };
  const find = (key: string): { readonly run: KeptRun; readonly stack: readonly string[] } | undefined => {
    if (!known.has(key)) known.set(key, load(key));
    return known.get(key);
  };
  const writeTogether = (runs: ReadonlyMap<string, KeptRun>): void => {
    const stack = [...runs.keys()].sort();
    const written: { readonly temporary: string; readonly path: string }[] = [];
    try {
      // It may have been removed meanwhile.
      mkdirSync(folder, { recursive: true });
      for (const [key, kept] of runs) {
        const run = toText(kept);
        const path = join(folder, `${key}.json`);
        const temporary = join(folder, `${key}.${randomBytes(8).toString('hex')}.tmp`);
        written.push({ temporary, path });
        const checksum = digest(body(key, stack, run));
        const content = { format: FORMAT, version: VERSION, checksum, key, stack, run };
        writeFileSync(temporary, `${JSON.stringify(content)}\n`, { flag: 'wx', flush: true });
      }
      for (const { temporary, path } of written) renameSync(temporary, path);
    } catch (error) {
      const note = `finished runs could not be kept in ${folder} (${(error as Error).message}): this call has their results, another one trains them again; free space or give another directory`;
      if (!notes.includes(note)) {
        notes.push(note);
        process.stderr.write(`taskloom: ${note}\n`);
      }
    } finally {
      for (const { temporary } of written) removeQuietly(temporary);
    }
  };
  return {
    notes,
    read(key) {
      const found = find(key);
      const whole = found?.stack.every((mate) => find(mate)?.stack.join() === found.stack.join());
      return whole ? found?.run : undefined;
    },
    write: (key, run) => writeTogether(new Map([[key, run]])),
    writeTogether,
  };
}

/** A run as its file holds it. */
function toText({ record: { evidence, ...record }, features }: KeptRun): unknown {
  return { record: { ...record, ...(evidence ? { evidence: evidenceToText(evidence) } : {}) }, features };
}

/** @throws TypeError for evidence that is none */
function fromText({ record, features }: KeptRun): KeptRun {
  const evidence: unknown = record?.evidence;
  return { record: evidence === undefined ? record : { ...record, evidence: evidenceFromText(evidence, 'record.evidence') }, features };
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // What is left is removed when the directory is opened long after.
  }
}

/** Removes what killed processes left; files of other names are the user's. */
function removeStale(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!TEMPORARY.test(name)) continue;
    const path = join(folder, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isFile() && Date.now() - found.mtimeMs > STALE_MILLISECONDS) removeQuietly(path);
  }
}
