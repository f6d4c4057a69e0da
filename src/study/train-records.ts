import { type BackendKind, loadBackend } from '../backend/backend';
import type { TaskData } from '../data/task-data';
import { number } from '../json-shape';
import type { Method } from '../models/method';
import { interruptible } from '../training/interrupt';
import type { Optimizer } from '../training/optimizer';
import { progressReporter } from '../training/progress-reporter';
import { dataFingerprint, kindRevisions, runKey, unversioned } from '../training/run-key';
import { type Run, type RunResult, trainRuns } from '../training/runs';
import type { CheckedSettings } from '../training/settings';
import { checkTasks, runShape } from './comparison-shape';
import type { Observation } from './observations';
import { type KeptRun, openRunStore } from './run-store';
import { scoreRun } from './score-run';

/** One run that a study wants. */
export interface PlannedRun {
  /** The method's name in the study. */
  readonly name: string;
  readonly method: Method;
  readonly observation: Observation;
  readonly learningRate: number;
  readonly optimizer: Optimizer;
  readonly epochs: number;
}

/** The runs that are finished, and what happened on the way. */
export interface TrainedRuns {
  readonly finished: ReadonlyMap<PlannedRun, KeptRun>;
  /** Runs that were read from the directory instead of trained. */
  readonly reused: number;
  readonly notes: readonly string[];
}

/** Runs that one call of the engine can train: it has one optimizer and one number of epochs. */
function jobs(planned: readonly PlannedRun[]): PlannedRun[][] {
  const groups = new Map<string, PlannedRun[]>();
  for (const run of planned) {
    const key = JSON.stringify([run.optimizer.name, run.optimizer.options, run.epochs]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()];
}

/** The names under which runs are kept; runs of code without a version have none. */
function keysOf(
  data: TaskData,
  planned: readonly PlannedRun[],
  settings: CheckedSettings,
  backend: BackendKind,
): (readonly [PlannedRun, string])[] {
  const fingerprint = dataFingerprint(data);
  const kinds = kindRevisions(data);
  return planned.flatMap((run) => {
    if (unversioned(run).length > 0) return [];
    const { method, learningRate, optimizer, epochs } = run;
    const { split, trainingSeed } = run.observation;
    const own = { ...settings, epochs, optimizer, learningRate };
    return [[run, runKey({ data: fingerprint, kinds, method, split, trainingSeed, settings: own, backend })] as const];
  });
}

/**
 * Trains runs and scores them, or takes what the directory has of them.
 *
 * Runs are trained in stacks (all seeds of a method together), and kept together as soon as their stack is finished. Stacks are made of the whole
 * plan, so the same call after a kill has the same numbers to the last bit, also where a run's numbers depend on its stack (see "Kept runs" in
 * `README.md`: very large networks, no oneDNN, the portable backend).
 * @param directory where finished runs are kept; undefined: nowhere
 */
export async function trainRecords(
  data: TaskData,
  planned: readonly PlannedRun[],
  settings: CheckedSettings,
  directory: string | undefined,
): Promise<TrainedRuns> {
  const backend = await loadBackend();
  const taskNames = new Set(data.tasks.map(({ name }) => name));
  const check = ({ record, features }: KeptRun): void => {
    checkTasks(runShape(record, 'record'), taskNames, 'record');
    number(0)(features, 'features');
  };
  const store = directory === undefined ? undefined : openRunStore(directory, check);
  const finished = new Map<PlannedRun, KeptRun>();
  const keys = new Map<PlannedRun, string>();
  if (store) {
    for (const [run, key] of keysOf(data, planned, settings, backend)) {
      keys.set(run, key);
      const kept = store.read(key);
      if (kept) finished.set(run, { ...kept, record: named(kept.record, run) });
    }
  }
  const fallbacks = new Map<string, Set<string>>();
  const reused = finished.size;
  const progress = progressReporter(settings.onProgress, planned.length);
  let done = reused;
  await interruptible(settings.signal, async (signal) => {
    for (const job of jobs(planned)) {
      const missing = job.filter((run) => !finished.has(run)).length;
      if (signal.aborted || missing === 0) continue;
      const plannedOf = new Map<Run, PlannedRun>();
      for (const run of job) {
        const { name, method, observation, learningRate } = run;
        plannedOf.set({ name, method, seed: observation.trainingSeed, split: observation.split, learningRate }, run);
      }
      const finish = (results: readonly RunResult[]): void => {
        for (const result of results) {
          const run = plannedOf.get(result.run)!;
          if (result.interrupted || finished.has(run)) continue;
          finished.set(run, { record: named(scoreRun(data, result), run), features: result.fitted.encoder.features });
        }
      };
      const keep = (results: readonly RunResult[]): void => {
        finish(results);
        // What was trained beside a run that is not finished has other numbers when that is trained later: they are kept all or none.
        if (results.some(({ interrupted }) => interrupted)) return;
        const runs = results.map(({ run }) => plannedOf.get(run)!).filter((run) => keys.has(run));
        const { fallback } = results.find((result) => result.fallback !== undefined) ?? {};
        if (fallback !== undefined) {
          fallbacks.set(fallback, new Set([...(fallbacks.get(fallback) ?? []), ...runs.map(({ name }) => name)]));
          return;
        }
        if (runs.length > 0) store?.writeTogether(new Map(runs.map((run) => [keys.get(run)!, finished.get(run)!])));
      };
      const trained = await trainRuns(data, [...plannedOf.keys()], {
        ...settings,
        optimizer: job[0]!.optimizer,
        epochs: job[0]!.epochs,
        signal,
        trainPredictions: true,
        skip: new Set([...plannedOf].flatMap(([run, own]) => (finished.has(own) ? [run] : []))),
        onResults: keep,
        onProgress: (event) => progress({ ...event, share: (done + event.share * missing) / planned.length }),
      });
      finish(trained);
      done += missing;
    }
  });
  return { finished, reused, notes: store ? [...unkeptNotes(planned), ...fallbackNotes(fallbacks), ...store.notes] : [] };
}

/** One line about the runs that cannot be kept, because what the user's own code computes cannot be told from one call to the next. */
function unkeptNotes(planned: readonly PlannedRun[]): string[] {
  const own = planned.filter((run) => unversioned(run).length > 0);
  if (own.length === 0) return [];
  const names = [...new Set(own.map(({ name }) => name))].join(', ');
  const parts = [...new Set(own.flatMap(unversioned))];
  return [
    `runs of ${names} are not kept and not reused: ${parts.join(' and ')} ${parts.length === 1 ? 'is' : 'are'} your own code without a version; give it one, for instance version: "1", and change it with the code`,
  ];
}

/** @param fallbacks methods by why they were computed op by op */
function fallbackNotes(fallbacks: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...fallbacks].map(
    ([reason, names]) =>
      `runs of ${[...names].join(', ')} are not kept: they were computed op by op, which may differ in the last bits from what their key stands for (${reason})`,
  );
}

function named(record: KeptRun['record'], { name, observation }: PlannedRun): KeptRun['record'] {
  const { seed, repeat, fold } = observation;
  return { ...record, method: name, seed, ...(repeat === undefined ? {} : { repeat }), ...(fold === undefined ? {} : { fold }) };
}
