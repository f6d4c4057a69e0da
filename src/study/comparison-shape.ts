import { anyRecord, fields, flag, integer, listOf, number, numberOrNaN, oneOf, recordOf, type Shape, text } from '../json-shape';
import { encoderFactory } from '../models/registry';
import { kindNames } from '../tasks/registry';
import type { ComparisonData, MethodRecord, RunRecord, TaskRecord, TuningRecord } from './comparison-data';
import { evidenceFromText, type RunEvidence } from './evidence';
import { numbersFromJson } from './json-numbers';
import { defaultMargin } from './margins';

const metrics = recordOf(recordOf(numberOrNaN));
const curves = recordOf(listOf(numberOrNaN));

/** In memory as arrays, in a file as texts. */
const evidence: Shape<RunEvidence> = (value, at) =>
  ArrayBuffer.isView((value as Partial<RunEvidence> | null)?.rows) ? (value as RunEvidence) : evidenceFromText(value, at);

/** A run as a file holds it. */
export const runShape: Shape<RunRecord> = fields(
  {
    method: text,
    seed: integer(0),
    metrics,
    trainMetrics: metrics,
    reliability: recordOf(
      listOf(fields({ low: number(), high: number(), count: integer(0), confidence: numberOrNaN, frequency: numberOrNaN })),
    ),
    overall: recordOf(numberOrNaN),
    seconds: number(0),
    steps: integer(0),
    trainLosses: curves,
    validationLosses: curves,
    bestEpochs: recordOf(integer(0)),
    weights: listOf(fields({ step: integer(0), values: listOf(numberOrNaN) })),
    gradients: listOf(fields({ step: integer(0), gramian: listOf(listOf(numberOrNaN)) })),
    parameters: recordOf(number(0)),
    trainRows: integer(0),
    testRows: integer(0),
  },
  { repeat: integer(0), fold: integer(0), failure: text, evidence },
);

const better = oneOf(['higher', 'lower']);

const taskShape: Shape<TaskRecord> = fields(
  { name: text, kind: oneOf(kindNames), classes: listOf(text), metric: text, better },
  { options: anyRecord, proper: fields({ name: text, better }) },
);

const named = fields({ name: text, options: anyRecord });

/** An option of a method: any JSON; where it is an encoder, one whose parts can be written out as code. */
const methodOption: Shape<unknown> = (value, at) => {
  if (Array.isArray(value)) return listOf(methodOption)(value, at);
  if (typeof value !== 'object' || value === null) return value;
  const checked = recordOf(methodOption)(value, at);
  if (typeof checked.encoder !== 'string') return checked;
  const { encoder, options = {} } = fields({ encoder: text }, { own: flag, options: recordOf(methodOption) })(value, at);
  const { first, rest } = encoderFactory(encoder)?.info ?? {};
  if (rest && first !== undefined) listOf(methodOption)(options[first], `${at}.options.${first}`);
  return checked;
};

const methodShape: Shape<MethodRecord> = fields({
  name: text,
  definition: fields({ architecture: text, options: recordOf(methodOption) }, { balancing: named, update: anyRecord }),
  parameters: numberOrNaN,
  separate: flag,
});

const tuningShape: Shape<TuningRecord> = fields({
  candidates: listOf(anyRecord),
  choices: listOf(
    fields(
      {
        seed: integer(0),
        task: (value, at) => (value === null ? null : text(value, at)),
        losses: listOf(numberOrNaN),
        epochs: listOf(integer(0)),
        chosen: integer(0),
      },
      { candidates: listOf(anyRecord) },
    ),
  ),
  seconds: number(0),
});

const comparisonShape: Shape<ComparisonData> = fields(
  {
    format: oneOf(['taskloom-comparison']),
    version: (value, at) => integer(1, 1)(value, at) as 1,
    rows: integer(0),
    features: numberOrNaN,
    tasks: listOf(taskShape),
    methods: listOf(methodShape),
    seeds: listOf(integer(0)),
    versions: fields({ taskloom: text, node: text, tensorflow: text, backend: text }),
    fingerprint: text,
    baseline: text,
    design: anyRecord,
    rho: number(-1, 1),
    margin: recordOf(number(Number.MIN_VALUE)),
    alpha: number(0, 1),
    runs: listOf((value, at) => runShape(numbersFromJson(value), at)),
    notes: listOf(text),
  },
  {
    tuning: recordOf(tuningShape),
    primary: text,
    rowVariances: recordOf(fields({ tasks: recordOf(recordOf(numberOrNaN)), average: numberOrNaN, properAverage: numberOrNaN })),
  },
);

/** A comparison of a file that was written when margins had another name, and could be 0 for "none stated". */
function withMargin(json: unknown): unknown {
  const old = json as Partial<ComparisonData> & { readonly smallestEffect?: Readonly<Record<string, number>> };
  if (old?.margin !== undefined || typeof old?.smallestEffect !== 'object' || !Array.isArray(old.tasks)) return json;
  const { smallestEffect, ...rest } = old;
  const margin = old.tasks.map(({ name, kind, metric }) => [name, smallestEffect[name] || defaultMargin({ kind, metric: String(metric) })]);
  return { ...rest, margin: Object.fromEntries(margin) };
}

/** The first method but the baseline, where none was declared. */
function primaryOf({ primary, methods, baseline }: ComparisonData): { readonly primary?: string } {
  const first = primary ?? methods.find(({ name }) => name !== baseline)?.name;
  return first === undefined ? {} : { primary: first };
}

function unique(names: readonly string[], at: string): Set<string> {
  const all = new Set<string>();
  for (const name of names) {
    if (all.has(name)) throw new TypeError(`${at}: "${name}" is there twice`);
    all.add(name);
  }
  return all;
}

function known(name: string, names: ReadonlySet<string>, at: string): void {
  if (!names.has(name)) throw new TypeError(`${at}: expected one of ${[...names].join(', ')}, got "${name}"`);
}

/**
 * A comparison from JSON: every field is checked, and that names refer to each other.
 * @throws TypeError that names the place
 */
export function readComparison(json: unknown, who: string): ComparisonData {
  const data = comparisonShape(withMargin(json), who);
  const tasks = unique(
    data.tasks.map(({ name }) => name),
    `${who}.tasks`,
  );
  const methods = unique(
    data.methods.map(({ name }) => name),
    `${who}.methods`,
  );
  const seeds = unique(data.seeds.map(String), `${who}.seeds`);
  known(data.baseline, methods, `${who}.baseline`);
  unique(
    data.runs.map(({ method, seed }) => JSON.stringify([method, seed])),
    `${who}.runs`,
  );
  for (const [i, run] of data.runs.entries()) {
    known(run.method, methods, `${who}.runs[${i}].method`);
    known(String(run.seed), seeds, `${who}.runs[${i}].seed`);
    checkTasks(run, tasks, `${who}.runs[${i}]`);
  }
  for (const name of Object.keys(data.tuning ?? {})) known(name, methods, `${who}.tuning`);
  for (const { name } of data.tasks) number(Number.MIN_VALUE)(new Map(Object.entries(data.margin)).get(name), `${who}.margin.${name}`);
  if (data.primary !== undefined) known(data.primary, methods, `${who}.primary`);
  return { ...data, ...primaryOf(data) };
}

/** @throws TypeError when a run's test metrics are not those of exactly these tasks */
export function checkTasks({ metrics: own }: RunRecord, tasks: ReadonlySet<string>, at: string): void {
  for (const name of Object.keys(own)) known(name, tasks, `${at}.metrics`);
  for (const name of tasks) if (!Object.hasOwn(own, name)) throw new TypeError(`${at}.metrics: expected those of "${name}", got none`);
}
