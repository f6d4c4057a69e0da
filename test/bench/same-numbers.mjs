/**
 * Whether a change of the engine leaves every number as it was, to the last bit: small studies on this tree and on a commit, in a process
 * each. For changes of structure, where no test's tolerance is small enough.
 *
 *   node test/bench/same-numbers.mjs [COMMIT]        compares with COMMIT (HEAD unless given)
 *   node test/bench/same-numbers.mjs --studies ROOT  prints the numbers of the built package in ROOT as JSON
 *
 * The commit is checked out in a temporary folder, and both are built with `npm run build`. Exits with 1 where a number differs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(import.meta.url);
const root = path.join(path.dirname(script), '..', '..');

/** Uniform numbers in [-1, 1), the same everywhere. */
function draws(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state / 2 ** 31;
  };
}

/** 90 rows, a binary, a regression and a three-class task; `missing` is the share of labels that are not there. */
function tableOf(tl, missing = 0, inputs = undefined) {
  const next = draws(7);
  const column = () => Array.from({ length: 90 }, next);
  const [a, b, c] = [column(), column(), column()];
  const hide = (value) => (Math.abs(next()) < missing ? null : value);
  const labels = {
    sign: a.map((v, i) => hide(v + b[i] > 0 ? 1 : 0)),
    value: a.map((v, i) => hide(3 + 2 * v - c[i] + 0.3 * next())),
    third: b.map((v) => hide(v < -0.3 ? 'low' : v < 0.3 ? 'mid' : 'high')),
  };
  const tasks = { sign: tl.binary({ classWeights: 'balanced' }), value: tl.regression({ lossWeight: 2 }), third: tl.multiclass() };
  return tl.taskData(inputs ? labels : { a, b, c, ...labels }, { tasks, ...(inputs && { inputs: inputs(next) }) });
}

const series = (next) => ({ kind: 'tensor', shape: [4, 2], values: Float32Array.from({ length: 90 * 8 }, next) });

/** Splits of unequal sizes, so that models of one stack take unequal numbers of steps an epoch. */
const rowsFrom = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);
const unequal = {
  0: { train: rowsFrom(0, 70), test: rowsFrom(70, 90) },
  1: { train: rowsFrom(0, 34), test: rowsFrom(70, 90) },
  2: { train: rowsFrom(20, 84), test: rowsFrom(0, 20) },
};

/** Studies by name: data, makers of methods (a commit may lack one), settings. */
function studiesOf(tl) {
  const [whole, gaps, sparse] = [tableOf(tl), tableOf(tl, 0.2), tableOf(tl, 0.7)];
  const trunk = tl.mlp([8, 6], { dropout: 0.2 });
  const smooth = tl.mlp([6, 4], { activation: 'tanh' });
  const hard = tl.hardSharing(trunk);
  const plan = {
    groups: [
      { train: ['sign', 'value'], serve: ['value'], weights: [0.3, 1] },
      { train: ['sign', 'third'], serve: ['sign', 'third'] },
    ],
  };
  const early = { epochs: 12, patience: 2, validation: 0.2, learningRate: 0.05 };
  return {
    'equal, dropout, missing labels': [gaps, { hard: () => hard.with(tl.equal()), single: () => tl.singleTask(trunk) }, {}],
    'mixture of experts, PCGrad': [gaps, { mmoe: () => tl.mmoe({ expert: smooth, experts: 3 }).with(tl.pcgrad()) }, {}],
    'cross-stitch, MGDA': [whole, { stitch: () => tl.crossStitch(smooth).with(tl.mgda()) }, { schedule: 'cosine' }],
    'recurrent trunk, uncertainty': [
      tableOf(tl, 0.2, series),
      { gru: () => tl.hardSharing(tl.gru(5)).with(tl.uncertainty()) },
      { schedule: 'cosine' },
    ],
    'coordinate-wise rules': [
      gaps,
      {
        graddrop: () => hard.with(tl.graddrop()),
        upper: () => hard.with(tl.graddrop(), { gradients: 'representation' }),
        moco: () => hard.with(tl.moco()),
        dbmtl: () => hard.with(tl.dbmtl(), { scale: 'sum' }),
        excess: () => hard.with(tl.excessmtl(), { scale: 'matchMean' }),
      },
      { optimizer: tl.adamw() },
    ],
    'weights from products': [
      gaps,
      {
        imtl: () => hard.with(tl.imtl()),
        nash: () => hard.with(tl.nashmtl(), { scale: 'sum' }),
        layers: () => hard.with(tl.gradvac(), { groups: 'layer' }),
        upper: () => hard.with(tl.upgrad(), { gradients: 'representation', scale: 'matchMean' }),
        modo: () => hard.with(tl.modo()),
        gradnorm: () => hard.with(tl.gradnorm()),
        penalty: () => tl.sluice(smooth).with(tl.cagrad()),
      },
      { optimizer: tl.sgd({ momentum: 0.9, weightDecay: 0.01 }) },
    ],
    'weights from losses': [
      sparse,
      { famo: () => hard.with(tl.famo()), dwa: () => hard.with(tl.dwa()), gls: () => hard.with(tl.gls()), rlw: () => hard.with(tl.rlw()) },
      { clipNorm: 0.5 },
    ],
    'early stopping': [
      gaps,
      { hard: () => hard, single: () => tl.singleTask(trunk), pcgrad: () => hard.with(tl.pcgrad()), moco: () => hard.with(tl.moco()) },
      early,
    ],
    'early stopping by task': [sparse, { hard: () => hard, famo: () => hard.with(tl.famo()) }, { ...early, stopping: 'perTask' }],
    'rows drawn by task': [sparse, { hard: () => hard, modo: () => hard.with(tl.modo()) }, { taskSampling: 'annealed' }],
    'steps of one task': [sparse, { hard: () => hard }, { taskSampling: { temperature: 2, batches: 'task' } }],
    'unequal steps': [
      gaps,
      { hard: () => hard, pcgrad: () => hard.with(tl.pcgrad()), moco: () => hard.with(tl.moco()), famo: () => hard.with(tl.famo()) },
      { splits: unequal, schedule: 'cosine', clipNorm: 1 },
    ],
    'weights of the plan': [whole, { grouped: () => tl.grouped(plan, smooth) }, {}],
    divergence: [whole, { hard: () => hard, pcgrad: () => hard.with(tl.pcgrad()) }, { optimizer: tl.sgd(), learningRate: 1e12, epochs: 3 }],
  };
}

/** Everything but times that the studies give, by study and mode. */
async function numbersOf(folder) {
  const require = createRequire(import.meta.url);
  const tl = require(path.join(folder, 'dist', 'index.js'));
  await (tl.models?.loadBackend ?? tl.loadBackend)();
  const found = {};
  for (const [name, [data, makers, settings]] of Object.entries(studiesOf(tl))) {
    const { methods, lacking } = made(makers);
    for (const mode of ['auto', 'eager']) {
      const training = { epochs: 3, batchSize: 16, mode, onProgress: () => {}, ...settings };
      const { runs } = (await tl.compare(data, { methods, ...(training.splits ? {} : { seeds: 3 }), ...training })).data;
      for (const method of Object.keys(methods))
        found[`${name}, ${mode}, ${method}`] = runs.filter((run) => run.method === method).map(({ seconds, ...run }) => run);
      for (const [method, error] of Object.entries(lacking)) found[`${name}, ${mode}, ${method}`] = { error };
      if (name === 'divergence') continue;
      const { splits, ...rest } = training;
      const split = splits && { train: Int32Array.from(splits[0].train), validation: new Int32Array(0) };
      const [first, method] = Object.entries(methods)[0];
      const model = await tl.fit(data, method, { ...rest, ...(split && { split }) });
      found[`${name}, ${mode}, fit of ${first}`] = { predictions: model.predictValues(data), diagnosis: model.diagnose(data) };
    }
  }
  return JSON.parse(JSON.stringify(found));
}

/** Methods from their makers, and the errors of those that this tree does not have. */
function made(makers) {
  const [methods, lacking] = [{}, {}];
  for (const [name, make] of Object.entries(makers)) {
    try {
      methods[name] = make();
    } catch (error) {
      lacking[name] = error.message;
    }
  }
  return { methods, lacking };
}

/** Paths at which two JSON values differ. */
function differences(a, b, at = '') {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b) ? [] : [`${at}: ${a}, ${b}`];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => differences(a[key], b[key], at === '' ? key : `${at}/${key}`));
}

/** Two lists of runs with the fields that both have; those that one has alone are added to `fields`. */
function inBoth(a, b, fields) {
  if (!Array.isArray(a) || !Array.isArray(b)) return [a, b];
  const keys = (runs) => new Set(runs.flatMap((run) => Object.keys(run)));
  const [own, other] = [keys(a), keys(b)];
  for (const key of [...own, ...other].filter((key) => !own.has(key) || !other.has(key))) fields.add(key);
  const common = (runs) => runs.map((run) => Object.fromEntries(Object.entries(run).filter(([key]) => own.has(key) && other.has(key))));
  return [common(a), common(b)];
}

function checked(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 30 });
  if (status === 0) return stdout;
  process.stderr.write(`same-numbers: ${command} ${args.join(' ')} failed in ${cwd}:\n${stdout}\n${stderr}\n`);
  process.exit(2);
}

function compareWith(commit) {
  const folder = mkdtempSync(path.join(tmpdir(), 'taskloom-numbers-'));
  const other = path.join(folder, 'tree');
  try {
    checked('git', ['worktree', 'add', '--detach', other, commit], root);
    symlinkSync(path.join(root, 'node_modules'), path.join(other, 'node_modules'));
    const [theirs, ours] = [other, root].map((tree) => {
      checked('npm', ['run', 'build'], tree);
      const file = path.join(folder, 'numbers.json');
      checked(process.execPath, [script, '--studies', tree, file], root);
      return JSON.parse(readFileSync(file, 'utf8'));
    });
    let wrong = 0;
    const fields = new Set();
    for (const name of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
      const missing = theirs[name]?.error ?? ours[name]?.error ?? (theirs[name] && ours[name] ? undefined : 'in one of the two only');
      if (missing !== undefined) {
        console.log(`left out  ${name}: ${missing}`);
        continue;
      }
      const found = differences(...inBoth(theirs[name], ours[name], fields));
      if (found.length > 0) wrong++;
      console.log(`${found.length === 0 ? 'same     ' : 'DIFFERENT'} ${name}`);
      for (const line of found.slice(0, 3)) console.log(`            ${line}`);
      if (found.length > 3) console.log(`            and ${found.length - 3} more`);
    }
    if (fields.size > 0) console.log(`Fields of runs that only one of the two has, not compared: ${[...fields].join(', ')}.`);
    console.log(wrong === 0 ? `All numbers are those of ${commit}.` : `${wrong} studies differ from ${commit}.`);
    return wrong === 0 ? 0 : 1;
  } finally {
    spawnSync('git', ['worktree', 'remove', '--force', other], { cwd: root });
    rmSync(folder, { recursive: true, force: true });
  }
}

const [first = 'HEAD', folder = root, file] = process.argv.slice(2);
if (first === '--studies') {
  const text = JSON.stringify(await numbersOf(path.resolve(folder)));
  if (file) writeFileSync(file, text);
  else process.stdout.write(text);
  process.exit(0);
}
process.exit(compareWith(first));
