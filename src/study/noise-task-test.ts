import type { TaskData } from '../data/task-data';
import { type CallSpecs, COUNT, numberOption } from '../options/spec';
import type { Figure } from '../plots/figure';
import { type Gain, gains } from '../plots/gains';
import type { MimeBundle } from '../plots/mime';
import type { Cell, Table } from '../plots/table';
import { random } from '../random/random';
import { binary } from '../tasks/kinds/binary';
import type { Labels } from '../tasks/task';
import { longWork } from '../training/long-work';
import { type Comparison, makeComparison } from './comparison';
import { comparedBy, designOf, gainsOf, runsOf } from './contrast';
import { displayable } from './displayable';
import { type DesignOptions, planObservations } from './observations';
import { type AbsentStudyCallOptions, readStudyCall, runStudy, type StudyOptions, studyCallSpecs, studySettings } from './run-study';
import { type Decision, decide, mean } from './statistics';

/** Options of `noiseTaskTest`: those of `compare`, and how much noise. */
export interface NoiseTaskOptions extends StudyOptions, DesignOptions {
  /** Tasks of pure noise that are added. @default 1 */
  readonly noiseTasks?: number;
}

const noiseTaskSpecs: CallSpecs<NoiseTaskOptions, AbsentStudyCallOptions> = {
  ...studyCallSpecs,
  noiseTasks: numberOption(1, 'tasks of pure noise that are added', COUNT),
};

/** What tasks of noise do to one method on one task. */
export interface NoiseEffect {
  readonly method: string;
  readonly task: string;
  readonly metric: string;
  /** Score with the noise minus score without, turned so that negative is harm, in units of the metric. */
  readonly effect: number;
  readonly ci: readonly [number, number];
  /** Holm-corrected over all methods and tasks. */
  readonly p: number;
  readonly verdict: Decision['verdict'];
  readonly sentence: string;
}

/** The promise of robustness, tested. */
export interface NoiseTaskResult {
  readonly effects: readonly NoiseEffect[];
  readonly without: Comparison;
  readonly with: Comparison;
  table(): Table;
  /** Change of every task's score by the noise. */
  plot(): Figure;
  toMime(): readonly MimeBundle[];
  toString(): string;
}

/** The table with further binary tasks whose labels are fair coins, on every row; other coins for each seed. */
export function withNoiseTasks(data: TaskData, count: number, seed: number = 0): TaskData {
  const taken = new Set(data.tasks.map(({ name }) => name));
  const added = Array.from({ length: count }, (_, i): Labels => {
    let name = `noise ${i + 1}`;
    while (taken.has(name)) name += "'";
    const draws = random(seed, `noise task/${i}`);
    return {
      task: { name, kind: binary.info.name, column: name, classes: ['0', '1'], outputs: 1 },
      values: Float64Array.from({ length: data.rows }, () => draws.below(2)),
      length: 1,
    };
  });
  return { ...data, tasks: [...data.tasks, ...added.map(({ task }) => task)], labels: [...data.labels, ...added] };
}

/**
 * The promise of robustness: trains every method with and without tasks of pure noise, on the same splits and seeds, and says whether the
 * noise harms the real tasks. Single-task learning cannot be harmed: it is the control. Shows its progress.
 * @param data made by `taskData`
 * @throws TypeError for an unknown option, RangeError for a value out of range
 */
export async function noiseTaskTest(data: TaskData, options: NoiseTaskOptions): Promise<NoiseTaskResult> {
  return longWork(options, (own) => runNoiseTaskTest(data, own));
}

async function runNoiseTaskTest(data: TaskData, options: NoiseTaskOptions): Promise<NoiseTaskResult> {
  const who = 'noiseTaskTest';
  const { noiseTasks } = readStudyCall<NoiseTaskOptions, AbsentStudyCallOptions>(who, noiseTaskSpecs, options);
  const { noiseTasks: _, ...rest } = options;
  const plan = (validation: number): ReturnType<typeof planObservations> => planObservations(who, data, rest, validation);
  const without = await runStudy(who, data, rest, plan);
  // Each seed throws its own coins: what one draw of them does would be there in all seeds, and no number of seeds would average it away.
  const planned = plan(studySettings(who, rest).validation);
  const parts: Comparison[] = [];
  for (const [i, observation] of planned.list.entries()) {
    if (rest.signal?.aborted) break;
    const { onProgress } = rest;
    const own = onProgress
      ? {
          ...rest,
          onProgress: (event: Parameters<typeof onProgress>[0]): void =>
            onProgress({ ...event, done: i * event.total + event.done, total: planned.list.length * event.total }),
        }
      : rest;
    const table = withNoiseTasks(data, noiseTasks, observation.seed);
    parts.push(await runStudy(who, table, own, () => ({ ...planned, list: [observation] })));
  }
  return makeNoiseTaskResult(without, joined(parts, without));
}

/** The seeds of one study that were trained one by one. */
function joined(parts: readonly Comparison[], like: Comparison): Comparison {
  const { data } = parts[0]!;
  return makeComparison({
    ...data,
    seeds: like.data.seeds,
    rho: like.data.rho,
    runs: data.methods.flatMap(({ name }) => parts.flatMap((part) => part.data.runs.filter(({ method }) => method === name))),
    methods: data.methods.map((method, m) => ({ ...method, parameters: mean(parts.map((part) => part.data.methods[m]!.parameters)) })),
    notes: [...new Set(parts.flatMap((part) => part.data.notes))].filter((note) => !note.startsWith('one seed shows')),
  });
}

/** Compares the same methods with and without the noise. */
export function makeNoiseTaskResult(without: Comparison, noisy: Comparison): NoiseTaskResult {
  const { data } = without;
  const pairs = data.methods.flatMap(({ name: method }) =>
    data.tasks.map(({ name: task, metric, better }) => {
      const margin = data.margin[task]!;
      const change = gainsOf(runsOf(noisy.data, method), runsOf(data, method), { name: task, metric, better }, margin);
      const { failed, identical } = change;
      return { method, task, metric, better, failed, identical, comparison: comparedBy(change, designOf(data), margin) };
    }),
  );
  const decisions = decide(
    pairs.map(({ better: _, ...pair }) => ({ ...pair, method: `Noise beside ${pair.method}` })),
    { alpha: data.alpha, baseline: `the same method without noise` },
  );
  const effects = pairs.map(({ method, task, metric }, i): NoiseEffect => {
    const { effect, low, high, p, verdict, sentence } = decisions[i]!;
    return { method, task, metric, effect, ci: [low, high], p, verdict, sentence };
  });
  const added = noisy.data.tasks.length - data.tasks.length;
  const title = `What ${added} task${added === 1 ? '' : 's'} of pure noise ${added === 1 ? 'does' : 'do'} to the others`;
  const table = (): Table => ({
    title: `${title}, ${data.seeds.length} seeds`,
    columns: ['method', 'task', 'metric', 'change', 'low', 'high', 'p (Holm)', 'verdict'],
    rows: effects.map(({ method, task, metric, effect, ci, p, verdict }): Cell[] => [method, task, metric, effect, ...ci, p, verdict]),
    notes: ['change: score with noise minus score without, turned so that negative is harm'],
  });
  const plot = (): Figure =>
    gains(
      effects.map(({ method, task, metric, effect, ci, verdict }, i): Gain => {
        const lower = pairs[i]!.better === 'lower';
        // The figure turns metrics that are better when lower itself.
        const raw = lower ? { effect: -effect, low: -ci[1], high: -ci[0] } : { effect, low: ci[0], high: ci[1] };
        return {
          method,
          task,
          metric,
          ...raw,
          verdict: verdict === 'not enough evidence' ? 'unclear' : verdict,
          better: lower ? 'lower' : 'higher',
        };
      }),
      { title, baseline: 'the same method without noise' },
    );
  return displayable({ effects, without, with: noisy, table, plot }, () => effects.map(({ sentence }) => sentence));
}
