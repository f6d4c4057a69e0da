import { version_core as tfVersion } from '@tensorflow/tfjs-core';
import { loadBackend } from '../backend/backend';
import type { TaskData } from '../data/task-data';
import type { Method } from '../models/method';
import { methodToJSON } from '../models/registry';
import { didYouMean } from '../options/check';
import { optionError, optionName } from '../options/option-error';
import {
  type CallSpecs,
  checkNames as checkKnown,
  type FilledOptions,
  type FilledSpec,
  numberOption,
  type OptionalSpec,
  optional,
  optionalOption,
  pick,
  readCall,
  textOption,
  withFlag,
} from '../options/spec';
import { listed } from '../plots/text';
import { metricsOf } from '../tasks/task-metrics';
import { checkMethod } from '../training/fit';
import { dataFingerprint, packageVersion } from '../training/run-key';
import {
  type AbsentSettings,
  type CheckedSettings,
  checkBatchSize,
  checkSettings,
  recordOf,
  settingNames,
  settingSpecs,
  type TrainingSettings,
} from '../training/settings';
import { type Candidate, type CheckedTune, candidatesOf, checkTune, type SharedMethods, type TuneOptions } from './candidates';
import { type Comparison, makeComparison } from './comparison';
import type { ComparisonData, MethodRecord, RunRecord, TaskRecord, Versions } from './comparison-data';
import { properScoreOf } from './evidence';
import { type Margin, marginsOf } from './margins';
import { isSearch, type MethodSearch } from './method-search';
import { type AbsentDesignOptions, type DesignOptions, designSpecs, type Observations } from './observations';
import { methodOf, middleChosen, mostChosen, rememberMethods } from './planned-methods';
import { mean } from './statistics';
import { renamed } from './statistics/renamed';
import { stillFallingNotes } from './still-falling';
import { type Contestant, candidatesAt, type TunedRuns, tunedRuns } from './tuned-runs';

/** What is compared and how it is trained; the design says on which splits and seeds. */
export interface StudyOptions extends TrainingSettings {
  /** The methods by the names that results carry; a search such as `scalarization(...)` is chosen on validation rows. */
  readonly methods: Readonly<Record<string, Method | MethodSearch>>;
  /**
   * Tunes every method, single-task learning included, with one budget: for each seed the candidate with the lowest validation loss is
   * reported (mean over tasks; in single-task learning each task chooses for itself). `true`: the defaults. @default no tuning
   */
  readonly tune?: TuneOptions | true;
  /** Name of the method that the others are compared with. @default the first single-task method, else the first method */
  readonly baseline?: string;
  /**
   * The method that is looked at first: its average over the tasks is tested alone, so declare it before you see results.
   * @default the first method but the baseline
   */
  readonly primary?: string;
  /**
   * The smallest difference that matters, above 0, in units of the primary metrics: for all tasks, or by task or metric.
   * @default 0.01 of scores (AUC, accuracy, F1) and losses in nats; 0.02 of relative errors, and as many standard deviations of the label of rmse and mae
   */
  readonly margin?: Margin;
  /** Chance of any false verdict, in (0, 1). @default 0.05 */
  readonly alpha?: number;
  /**
   * Folder that keeps each finished run. The same call continues after an interrupt or a crash and gives the same numbers; further seeds or
   * methods reuse what is there; another table, setting or method does not. Code of your own is known by the `version` that you give it (`encoder('mine',
   * { version: '1', init, apply })`); without one its runs are not kept, and a note says so. All seeds of a method are trained as one stack and are finished
   * together; a smaller `memoryBudget` makes smaller stacks. @default none
   */
  readonly directory?: string;
}

/** Options of a study that have no value of their own where they are left out. */
export type AbsentStudyOptions = 'tune' | 'baseline' | 'primary' | 'margin' | 'directory' | 'methods';

/** What a study has besides how it trains. */
export type StudyOwnOptions = Omit<StudyOptions, keyof TrainingSettings>;

/** Folder that keeps what is finished. */
export const directoryOption: OptionalSpec<string> = withFlag(
  optional(textOption('', 'keep each finished run there; the same call continues after an interrupt')),
  '--keep FOLDER',
);

/** Chance of any false verdict. */
export const alphaOption: FilledSpec<number> = withFlag(
  numberOption(0.05, 'chance of any false verdict', { above: 0, below: 1 }),
  '--alpha X',
);

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The smallest difference that matters. */
export const marginOption: OptionalSpec<Margin> = withFlag(
  {
    ...optionalOption<Margin>(
      'number > 0, or such numbers by task or metric',
      'the smallest difference that matters, in units of the metrics',
      (value) => {
        if (typeof value === 'number') return value > 0 && Number.isFinite(value) ? undefined : 'range';
        return isObject(value) ? undefined : 'type';
      },
    ),
    otherwise: '0.01 of AUC, accuracy and losses in nats, 0.02 of relative errors',
  },
  '--margin X',
);

/** How the options of a study are checked that it has besides those of training. */
export const studySpecs: CallSpecs<StudyOwnOptions, AbsentStudyOptions> = {
  methods: optionalOption('methods by name, such as { hard: hardSharing(mlp([64])) }', 'what is compared', (value) =>
    isObject(value) ? undefined : 'type',
  ),
  tune: optionalOption('true, or an object of options such as { budget: 16 }', 'tunes every method with one budget', (value) =>
    value === true || isObject(value) ? undefined : 'type',
  ),
  baseline: withFlag(
    optional(textOption('', 'the method that others are compared with'), 'the single-task one, else the first'),
    '--baseline NAME',
  ),
  primary: withFlag(
    optional(textOption('', 'the method whose average over the tasks is looked at first'), 'the first but the baseline'),
    '--primary NAME',
  ),
  margin: marginOption,
  alpha: alphaOption,
  directory: directoryOption,
};

/** Names of the options that a study has besides those of training. */
export const studyNames: readonly (keyof StudyOwnOptions)[] = Object.keys(studySpecs) as (keyof StudyOwnOptions)[];

/** Options of a study and of its design that have no value of their own where they are left out. */
export type AbsentStudyCallOptions = AbsentSettings | AbsentStudyOptions | AbsentDesignOptions;

/** How the options of a call are checked that trains methods on splits. */
export const studyCallSpecs: CallSpecs<StudyOptions & DesignOptions, AbsentStudyCallOptions> = {
  ...settingSpecs,
  ...studySpecs,
  ...designSpecs,
};

// Calls that take these options along find it here.
export { pick } from '../options/spec';

/** A study whose options were checked, before anything is trained. */
interface Prepared {
  readonly names: readonly string[];
  readonly bases: Readonly<Record<string, Method>>;
  readonly settings: CheckedSettings;
  readonly tune: CheckedTune | undefined;
  readonly contestants: readonly Contestant[];
  readonly observations: Observations;
  readonly described: Pick<ComparisonData, 'alpha' | 'baseline' | 'tasks' | 'margin' | 'primary'>;
}

function prepare(who: string, data: TaskData, options: StudyOptions, plan: (validation: number) => Observations): Prepared {
  const names = checkMethods(who, options.methods);
  const bases = Object.fromEntries(names.map((name) => [name, baseOf(options.methods[name]!)]));
  const settings = studySettings(who, options);
  const { alpha } = readCall<StudyOwnOptions, AbsentStudyOptions>(who, studySpecs, pick(options, studyNames));
  const baseline = options.baseline ?? names.find((name) => bases[name]!.architecture.separate) ?? names[0]!;
  if (!names.includes(baseline))
    throw optionError(
      RangeError,
      who,
      `${optionName('baseline')} "${baseline}" is none of the methods${didYouMean(baseline, names)}; methods: ${names.join(', ')}`,
    );
  const tasks = tasksOf(data);
  const margin = marginsOf(who, options.margin, tasks, data);
  const primary = primaryOf(who, options.primary, names, baseline);
  const tune = options.tune === undefined ? undefined : checkTune(who, options.tune, settings.optimizer, names);
  const { learningRate, optimizer } = settings;
  const contestants = names.map((name): Contestant => {
    const given = options.methods[name]!;
    const made: SharedMethods = new Map();
    const drawn = (seed?: number): Candidate[] =>
      candidatesOf(who, name, given, data.tasks.length, tune, { learningRate, optimizer }, seed, made);
    const bySeed = new Map<number, readonly Candidate[]>();
    const ofSeed = (seed: number): readonly Candidate[] => {
      if (!bySeed.has(seed)) bySeed.set(seed, drawn(seed));
      return bySeed.get(seed)!;
    };
    const draws = tune?.draws ?? (isSearch(given) ? given.draws : undefined);
    return {
      name,
      candidates: drawn(),
      ...(draws === 'perSeed' ? { ofSeed } : {}),
      separate: bases[name]!.architecture.separate === true,
    };
  });
  const observations = plan(settings.validation);
  checkBatchSize(who, options.batchSize, Math.min(...observations.list.map(({ split }) => split.train.length)));
  const described = { alpha, baseline, tasks, margin, ...(primary === undefined ? {} : { primary }) };
  return { names, bases, settings, tune, contestants, observations, described };
}

/** What was trained for comparisons of this process: a study with more seeds goes on from it. */
const trainedFor = new WeakMap<ComparisonData, TunedRuns>();

/** The runs of both, as if they had been trained in one go. */
function together(before: TunedRuns, after: TunedRuns, names: readonly string[]): TunedRuns {
  const tuned = [...new Set([...Object.keys(before.tuning), ...Object.keys(after.tuning)])];
  return {
    records: names.flatMap((name) => [...before.records, ...after.records].filter(({ method }) => method === name)),
    features: Number.isNaN(after.features) ? before.features : after.features,
    tuning: Object.fromEntries(
      tuned.map((name) => {
        const both = [before.tuning[name], after.tuning[name]].flatMap((one) => one ?? []);
        const choices = both.flatMap((one) => one.choices);
        return [name, { candidates: both[0]!.candidates, choices, seconds: both.reduce((sum, one) => sum + one.seconds, 0) }];
      }),
    ),
    missing: before.missing + after.missing,
    notes: [...new Set([...before.notes, ...after.notes])],
  };
}

/**
 * Trains methods on planned splits and seeds and puts the results together.
 * @param who the function, for messages
 * @param plan makes the splits, given the share of rows for validation
 * @param earlier a study of the same with fewer seeds, made in this process: its runs are not trained again
 */
export async function runStudy(
  who: string,
  data: TaskData,
  options: StudyOptions,
  plan: (validation: number) => Observations,
  earlier?: Comparison,
): Promise<Comparison> {
  const prepared = prepare(who, data, options, plan);
  const { settings, contestants, observations, tune, names } = prepared;
  const before = earlier && trainedFor.get(earlier.data);
  const fresh = observations.list.filter(({ seed }) => !before || !earlier.data.seeds.includes(seed));
  const now = await tunedRuns(data, contestants, fresh, { settings, directory: options.directory, halving: tune?.halving ?? false });
  const trained = before ? together(before, now, names) : now;
  const comparison = await assembled(data, options.methods, prepared, trained);
  trainedFor.set(comparison, trained);
  rememberMethods(
    comparison,
    Object.fromEntries(
      contestants.map((contestant) => {
        const { name, candidates, ofSeed } = contestant;
        const choices = Object.hasOwn(trained.tuning, name) ? trained.tuning[name]!.choices : [];
        const own = ofSeed && middleChosen(choices.map(({ seed, chosen }) => candidatesAt(contestant, seed)[chosen]!));
        return [
          name,
          own ??
            mostChosen(
              candidates,
              choices.map(({ chosen }) => chosen),
            ),
        ];
      }),
    ),
  );
  return makeComparison(comparison);
}

/** The comparison that runs make. */
async function assembled(data: TaskData, given: StudyOptions['methods'], prepared: Prepared, trained: TunedRuns): Promise<ComparisonData> {
  const { names, bases, settings, tune, observations, described } = prepared;
  const { records, features, tuning, missing, notes } = trained;
  const methods = names.map((name): MethodRecord => {
    const separate = bases[name]!.architecture.separate === true;
    const counts = records
      .filter(({ method }) => method === name)
      .map(({ parameters }) => Object.values(parameters).reduce((a, b) => a + b, 0));
    const own = given[name]!;
    return {
      name,
      definition: { ...(methodToJSON(bases[name]!) as object), ...(isSearch(own) ? { search: own.name } : {}) },
      parameters: mean(counts),
      separate,
    };
  });
  const seeds = observations.list.map(({ seed }) => seed);
  return {
    format: 'taskloom-comparison',
    version: 1,
    rows: data.rows,
    features,
    methods,
    seeds,
    versions: await versionsNow(),
    fingerprint: dataFingerprint(data),
    design: designRecord(settings, observations, tune),
    rho: observations.rho,
    ...described,
    runs: records,
    ...(Object.keys(tuning).length > 0 ? { tuning } : {}),
    notes: [
      ...data.notes,
      ...notes,
      ...observations.notes,
      ...(missing > 0 ? [`interrupted: ${missing} of ${names.length * observations.list.length} runs are not finished and left out`] : []),
      ...records.flatMap(({ failure }) => failure ?? []),
      ...undefinedNotes(described.tasks, records),
      ...(seeds.length > 1 ? tuningNotes(tuning) : []),
      ...stillFallingNotes(methods, records, settings.epochs),
      ...(seeds.length === 1 ? ['one seed shows what happened once; verdicts need at least 5 seeds, better 10'] : []),
    ],
  };
}

/**
 * The same study judged at another level, with a note.
 * @param comparison made by `runStudy`
 */
export function judgedAt(comparison: Comparison, alpha: number, note: string, looks: unknown): Comparison {
  const before = comparison.data;
  const data = { ...before, alpha, design: { ...before.design, looks }, notes: [...before.notes, note] };
  rememberMethods(data, Object.fromEntries(before.methods.map(({ name }) => [name, methodOf(before, name)])));
  return makeComparison(data);
}

/**
 * How the study trains; where something is chosen, there are validation rows.
 * @throws TypeError for an unknown setting, RangeError for a value out of range
 */
export function studySettings(who: string, options: StudyOptions): CheckedSettings {
  const chooses = options.tune !== undefined || Object.values(options.methods).some(isSearch);
  const given = pick(options, settingNames);
  const settings = checkSettings(who, chooses ? { validation: 0.15, ...given } : given);
  const separate = Object.values(options.methods).map((one) => baseOf(one).architecture?.separate === true);
  // Single-task networks go by their own task's best epoch; so must shared ones beside them, or a difference of stopping is taken for one of sharing.
  if (settings.validation > 0 && given.stopping === undefined && separate.includes(true) && separate.includes(false))
    return checkSettings(who, { ...(chooses ? { validation: 0.15 } : {}), ...given, stopping: 'perTask' });
  if (chooses && settings.validation === 0)
    throw optionError(RangeError, who, `tuning chooses on validation rows; set ${optionName('validation')} above 0, got 0`);
  return settings;
}

/** @throws TypeError for an option that is not among `known` */
export function checkNames(who: string, options: object, known: readonly string[]): void {
  renamed(who, options);
  checkKnown(who, options, known);
}

/**
 * Checks the options of a long call.
 * @throws TypeError for an unknown option, one of the wrong type or one that has another name now, RangeError for a value out of range
 */
export function readStudyCall<Options extends object, Absent extends keyof Options = never>(
  who: string,
  specs: CallSpecs<Options, Absent>,
  options: Readonly<Partial<Options>>,
): FilledOptions<Options, Absent> {
  renamed(who, options);
  return readCall(who, specs, options);
}

/**
 * The names of the methods.
 * @throws TypeError where there is none, or one is no method
 */
export function checkMethods(who: string, methods: Readonly<Record<string, Method | MethodSearch>> | undefined): string[] {
  const names = Object.keys(methods ?? {});
  if (names.length === 0)
    throw new TypeError(`${who}: methods must name at least one method, for instance { hard: hardSharing(mlp([64])) }`);
  for (const name of names) {
    const given = methods![name];
    checkMethod(`${who}: methods.${name}`, isSearch(given) ? given.base : given);
  }
  return names;
}

const baseOf = (given: Method | MethodSearch): Method => (isSearch(given) ? given.base : given);

function tasksOf(data: TaskData): TaskRecord[] {
  return data.tasks.map((task) => {
    const { name: metric, better } = metricsOf(task)[0]!;
    const { options } = task;
    const proper = properScoreOf(task);
    return {
      name: task.name,
      kind: task.kind,
      classes: task.classes,
      metric,
      better,
      ...(options && { options }),
      ...(proper ? { proper } : {}),
    };
  });
}

async function versionsNow(): Promise<Versions> {
  const backend = await loadBackend();
  return {
    taskloom: packageVersion,
    node: process.version,
    tensorflow: tfVersion,
    backend: `${backend}, ${process.platform} ${process.arch}`,
  };
}

function designRecord(
  settings: CheckedSettings,
  { splits, vary }: Observations,
  tune: CheckedTune | undefined,
): Readonly<Record<string, unknown>> {
  return { ...recordOf(settings), splits, vary, ...(tune ? { tune } : {}) };
}

/** Says whether what seeds vary has the candidates of tuning in it. */
function tuningNotes(tuning: TunedRuns['tuning']): string[] {
  const names = Object.keys(tuning);
  const drew = names.filter((name) => tuning[name]!.candidates.length === 0);
  const joint = names.filter((name) => !drew.includes(name));
  return [
    ...(joint.length > 0
      ? [
          `all seeds tuned ${listed(joint)} over the same candidates: what is said holds for these; draws: 'perSeed' has the luck of drawing them in the intervals too`,
        ]
      : []),
    ...(drew.length > 0
      ? [`each seed tuned ${listed(drew)} over candidates of its own: the luck of drawing them is in the intervals`]
      : []),
  ];
}

/** Says where test rows leave a task's primary metric undefined. */
function undefinedNotes(tasks: readonly TaskRecord[], records: readonly RunRecord[]): string[] {
  const scored = records.filter(({ failure }) => failure === undefined);
  return tasks.flatMap(({ name, metric }) => {
    const all = new Set(scored.map(({ seed }) => seed));
    const without = new Set(scored.filter(({ metrics }) => Number.isNaN(metrics[name]![metric]!)).map(({ seed }) => seed));
    if (without.size === 0) return [];
    return [
      `${metric} of ${name} is undefined in ${without.size} of ${all.size} test parts (too few labels or one class only): left out there`,
    ];
  });
}

/** @throws RangeError for a name that is no method, or the baseline's */
function primaryOf(who: string, primary: string | undefined, names: readonly string[], baseline: string): string | undefined {
  const others = names.filter((name) => name !== baseline);
  if (primary !== undefined && !others.includes(primary))
    throw optionError(
      RangeError,
      who,
      `${optionName('primary')} "${primary}" is ${primary === baseline ? 'the baseline' : 'none of the methods'}${didYouMean(primary, others)}; methods to look at: ${others.join(', ')}`,
    );
  return primary ?? others[0];
}
