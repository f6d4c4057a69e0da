import type { TaskData } from '../data/task-data';
import type { ProgressEvent } from '../training/progress';
import type { CheckedSettings } from '../training/settings';
import type { Candidate } from './candidates';
import type { RunRecord, TuningChoice, TuningRecord } from './comparison-data';
import { packed, type RunEvidence } from './evidence';
import type { Observation } from './observations';
import type { KeptRun } from './run-store';
import { mean } from './statistics';
import { type PlannedRun, trainRecords } from './train-records';

/** A method with the ways to train it that are tried. */
export interface Contestant {
  readonly name: string;
  /** At least one; with one there is nothing to choose. */
  readonly candidates: readonly Candidate[];
  /** As many for one seed of the study, where each draws its own. */
  readonly ofSeed?: (seed: number) => readonly Candidate[];
  /** Whether each task has a network of its own, and so a choice of its own. */
  readonly separate: boolean;
}

/** The runs that a study reports. */
export interface TunedRuns {
  /** A record per contestant and observation, where it is finished. */
  readonly records: readonly RunRecord[];
  readonly features: number;
  readonly tuning: Readonly<Record<string, TuningRecord>>;
  /** Contestants and observations without record. */
  readonly missing: number;
  readonly notes: readonly string[];
}

/** The candidates of one seed. */
export function candidatesAt({ candidates, ofSeed }: Contestant, seed: number): readonly Candidate[] {
  return ofSeed?.(seed) ?? candidates;
}

/** How candidates are trained. */
export interface TuningRuns {
  readonly settings: CheckedSettings;
  /** Where finished runs are kept; undefined: nowhere. */
  readonly directory: string | undefined;
  /** Whether most candidates get a part of the epochs only. */
  readonly halving: boolean;
}

/** Share of the epochs in each round, and the share of candidates that go on to the next. */
const HALVING = { rounds: [1 / 9, 1 / 3, 1], keep: 1 / 3 } as const;

/** A run's validation loss at the epoch that was kept: of one task, or the mean over tasks; NaN where it failed. */
export function validationLoss(record: RunRecord, task: string | null): number {
  if (record.failure !== undefined) return Number.NaN;
  const names = task === null ? Object.keys(record.validationLosses) : [task];
  return mean(names.map((name) => record.validationLosses[name]![record.bestEpochs[name]! - 1] ?? Number.NaN).filter(Number.isFinite));
}

/** Indices from the lowest to the highest value, NaN last; equal values in order. */
const ascending = (values: readonly number[]): number[] =>
  values
    .map((_, i) => i)
    .sort((a, b) => (Number.isNaN(values[a]) ? 1 : 0) - (Number.isNaN(values[b]) ? 1 : 0) || values[a]! - values[b]! || a - b);

/** Candidates and what is known of them. */
interface Race {
  /** Names of the tasks. */
  readonly tasks: readonly string[];
  readonly contestants: readonly Contestant[];
  readonly observations: readonly Observation[];
  /** Candidates still in the race, by contestant and observation. */
  readonly alive: Map<string, readonly number[]>;
  /** The last finished run of each candidate, with its epochs. */
  readonly last: Map<string, { readonly kept: KeptRun; readonly epochs: number }>;
}

const id = (c: number, o: number): string => `${c}/${o}`;

/** What is trained in a round, by candidate. */
function plannedRound({ contestants, observations, alive }: Race, epochs: number, isLast: boolean): Map<PlannedRun, string> {
  const planned = new Map<PlannedRun, string>();
  for (const [c, contestant] of contestants.entries()) {
    if (contestant.candidates.length === 1 && !isLast) continue;
    for (const [o, observation] of observations.entries()) {
      const candidates = candidatesAt(contestant, observation.seed);
      for (const k of alive.get(id(c, o))!) {
        const { method, learningRate, optimizer } = candidates[k]!;
        planned.set({ name: contestant.name, method, observation, learningRate, optimizer, epochs }, `${id(c, o)}/${k}`);
      }
    }
  }
  return planned;
}

/** Keeps the best candidates after a round. @param r which round, from 0 */
function keepBest({ tasks, contestants, observations, alive, last }: Race, r: number): void {
  for (const [c, { candidates, separate }] of contestants.entries()) {
    if (candidates.length === 1) continue;
    const goOn = Math.max(1, Math.ceil(candidates.length * HALVING.keep ** (r + 1)));
    for (const o of observations.keys()) {
      const running = alive.get(id(c, o))!;
      const runs = running.map((k) => last.get(`${id(c, o)}/${k}`)?.kept.record);
      const best = (separate ? tasks : [null]).flatMap((task) =>
        ascending(runs.map((run) => (run ? validationLoss(run, task) : Number.NaN))).slice(0, goOn),
      );
      alive.set(
        id(c, o),
        [...new Set(best)].map((i) => running[i]!).sort((a, b) => a - b),
      );
    }
  }
}

/** The chosen runs of all observations in which they are finished, and how they were chosen. */
function chosenRuns(
  { tasks, contestants, observations, alive, last }: Race,
  epochs: number,
  seconds: readonly number[],
): Pick<TunedRuns, 'records' | 'features' | 'tuning'> {
  const records: RunRecord[] = [];
  const tuning = new Map<string, TuningRecord>();
  let features = Number.NaN;
  for (const [c, { name, candidates, ofSeed, separate }] of contestants.entries()) {
    const choices: TuningChoice[] = [];
    for (const [o, { seed }] of observations.entries()) {
      const tried = candidates.map((_, k) => last.get(`${id(c, o)}/${k}`));
      const finalists = alive.get(id(c, o))!;
      if (!finalists.every((k) => tried[k]?.epochs === epochs)) continue;
      features = tried[finalists[0]!]!.kept.features;
      const recordOf = (k: number): RunRecord => tried[k]!.kept.record;
      if (candidates.length === 1) {
        records.push(recordOf(0));
        continue;
      }
      const own = (separate ? tasks : [null]).map((task): TuningChoice => {
        const losses = tried.map((one) => (one ? validationLoss(one.kept.record, task) : Number.NaN));
        const chosen = finalists[ascending(finalists.map((k) => losses[k]!))[0]!]!;
        const drawn = ofSeed && { candidates: ofSeed(seed).map(({ changes }) => changes) };
        return { seed, task, losses, epochs: tried.map((one) => one?.epochs ?? 0), chosen, ...drawn };
      });
      choices.push(...own);
      records.push(separate ? merged(tasks.map((task, t) => [task, recordOf(own[t]!.chosen)])) : recordOf(own[0]!.chosen));
    }
    if (candidates.length === 1) continue;
    tuning.set(name, { candidates: ofSeed ? [] : candidates.map(({ changes }) => changes), choices, seconds: seconds[c]! });
  }
  return { records, features, tuning: Object.fromEntries(tuning) };
}

/**
 * Trains every candidate on every observation and keeps, per observation, the one with the lowest validation loss (per task where tasks
 * have networks of their own). The test rows play no part in the choice, and the chosen run is not trained again.
 */
export async function tunedRuns(
  data: TaskData,
  contestants: readonly Contestant[],
  observations: readonly Observation[],
  { settings, directory, halving }: TuningRuns,
): Promise<TunedRuns> {
  const rounds = halving ? HALVING.rounds : [1];
  const race: Race = { tasks: data.tasks.map(({ name }) => name), contestants, observations, alive: new Map(), last: new Map() };
  for (const [c, { candidates }] of contestants.entries())
    for (const o of observations.keys()) race.alive.set(id(c, o), [...candidates.keys()]);
  const notes: string[] = [];
  let seconds = contestants.map(() => 0);
  const expected = plannedCounts(contestants, observations.length, rounds);
  const total = expected.reduce((a, b) => a + b, 0);
  let before = 0;
  for (const [r, share] of rounds.entries()) {
    const epochs = Math.max(1, Math.round(settings.epochs * share));
    const isLast = r === rounds.length - 1;
    const planned = plannedRound(race, epochs, isLast);
    const result = await trainRecords(data, [...planned.keys()], { ...settings, ...shifted(settings, before, total) }, directory);
    before += expected[r]!;
    notes.push(...result.notes);
    for (const [run, kept] of result.finished) {
      const key = planned.get(run)!;
      race.last.set(key, { kept, epochs });
      const c = Number(key.split('/')[0]);
      seconds = seconds.map((sum, i) => (i === c ? sum + kept.record.seconds : sum));
    }
    if (!isLast) keepBest(race, r);
  }
  const chosen = chosenRuns(race, settings.epochs, seconds);
  return { ...chosen, missing: contestants.length * observations.length - chosen.records.length, notes: [...new Set(notes)] };
}

/** Runs of each round, by how many candidates go on. */
function plannedCounts(contestants: readonly Contestant[], observations: number, rounds: readonly number[]): number[] {
  return rounds.map((_, r) =>
    contestants.reduce((sum, { candidates: { length } }) => {
      if (length === 1) return sum + (r === rounds.length - 1 ? observations : 0);
      return sum + observations * (r === 0 ? length : Math.max(1, Math.ceil(length * HALVING.keep ** r)));
    }, 0),
  );
}

/** Progress of one round as progress of all of them. */
function shifted(settings: CheckedSettings, before: number, total: number): Pick<CheckedSettings, 'onProgress'> {
  const { onProgress } = settings;
  if (!onProgress) return {};
  return {
    onProgress: (event: ProgressEvent): void => {
      const left = event.total > event.done ? (total - before - event.done) / (event.total - event.done) : 1;
      onProgress({
        ...event,
        done: Math.min(total, before + event.done),
        total,
        ...(event.secondsLeft === undefined ? {} : { secondsLeft: event.secondsLeft * Math.max(1, left) }),
      });
    },
  };
}

/** One record of single-task networks that come from different runs of the same seed. */
function merged(parts: readonly (readonly [task: string, record: RunRecord])[]): RunRecord {
  const first = parts[0]![1];
  if (parts.every(([, record]) => record === first)) return first;
  const perTask = <T>(pick: (record: RunRecord) => Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      parts.flatMap(([task, record]) => (Object.hasOwn(pick(record), task) ? [[task, pick(record)[task]!] as const] : [])),
    );
  const metrics = perTask((record) => record.metrics);
  const failure = parts.find(([, record]) => record.failure !== undefined)?.[1].failure;
  const { failure: _, evidence: __, ...rest } = first;
  const names = Object.keys(first.overall).filter((name) => name.startsWith('mean '));
  return {
    ...rest,
    ...(parts.every(([, { evidence }]) => evidence) ? { evidence: mergedEvidence(parts) } : {}),
    metrics,
    trainMetrics: perTask((record) => record.trainMetrics),
    reliability: perTask((record) => record.reliability),
    // What is computed from all tasks' predictions together cannot be put together from several runs.
    overall: Object.fromEntries(names.map((name) => [name, mean(Object.values(metrics).map((one) => one[name.slice(5)]!))])),
    // Each run trained the networks of all tasks; a task has its share.
    seconds: parts.reduce((sum, [, record]) => sum + record.seconds, 0) / parts.length,
    steps: Math.round(parts.reduce((sum, [, record]) => sum + record.steps, 0) / parts.length),
    trainLosses: perTask((record) => record.trainLosses),
    validationLosses: perTask((record) => record.validationLosses),
    bestEpochs: perTask((record) => record.bestEpochs),
    parameters: perTask((record) => record.parameters),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** What the test rows say of each task by the run that its network comes from; the rows are those of one split. */
function mergedEvidence(parts: readonly (readonly [task: string, record: RunRecord])[]): RunEvidence {
  const pick = <T>(of: (evidence: RunEvidence) => Readonly<Record<string, T>>): Record<string, T> =>
    Object.fromEntries(
      parts.flatMap(([task, { evidence }]) => (Object.hasOwn(of(evidence!), task) ? [[task, of(evidence!)[task]!] as const] : [])),
    );
  return packed({
    ...parts[0]![1].evidence!,
    predictions: pick((one) => one.predictions),
    contributions: pick((one) => one.contributions),
  });
}
