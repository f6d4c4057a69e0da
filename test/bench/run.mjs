/**
 * Benchmarks: ours and the peers' figures from one run, as a table and (with --json FILE) as JSON.
 *
 *   npm run bench                    all
 *   npm run bench -- steps study     some of: steps, study, tasks, methods, architectures, memory, rows, protocol (only where named: minutes)
 *
 * Peers are PyTorch and TorchJD in an environment that this script makes (.taskloom/bench), and LibMTL from a checkout that LIBMTL_SOURCE
 * names. PEER_LINES names a file of JSON lines with further figures, such as another library's run of the same study
 * (`{"method", "wall_s": {"min"}}`).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.join(here, '..', '..');
const require = createRequire(import.meta.url);
const parts = ['steps', 'study', 'tasks', 'methods', 'architectures', 'memory', 'rows', 'protocol'];
const args = process.argv.slice(2);
const oneStepAt = args.indexOf('--one-step');
const oneStep = oneStepAt >= 0 ? args.splice(oneStepAt, 2)[1].split(',').map(Number) : undefined;
const jsonAt = args.indexOf('--json');
const jsonFile = jsonAt >= 0 ? args.splice(jsonAt, 2)[1] : undefined;
const unknown = args.find((arg) => !parts.includes(arg));
if (unknown !== undefined) {
  process.stderr.write(`bench: unknown part "${unknown}"; parts: ${parts.join(', ')}\n`);
  process.exit(2);
}
const wanted = args.length > 0 ? args : parts.filter((part) => part !== 'protocol');

/** A Python with the peers, or undefined with a line that says why there is none. */
function peerPython() {
  const folder = path.join(root, '.taskloom', 'bench');
  const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const libmtl = Boolean(process.env.LIBMTL_SOURCE);
  const needed = ['torch', 'torchjd', ...(libmtl ? ['scipy', 'cvxpy', 'qpsolvers', 'torch_geometric'] : [])];
  const works = () => existsSync(python) && spawnSync(python, ['-c', `import ${needed.join(', ')}`]).status === 0;
  if (works()) return python;
  console.log('Installing the peers (PyTorch, TorchJD) into .taskloom/bench ...');
  mkdirSync(path.dirname(folder), { recursive: true });
  spawnSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
  const packages = ['numpy', ...needed.map((name) => (name === 'qpsolvers' ? 'qpsolvers[quadprog]' : name))];
  spawnSync(python, ['-m', 'pip', 'install', '-q', ...packages], { stdio: 'inherit' });
  if (works()) return python;
  console.log('The peers could not be installed; only our own figures follow.');
  return undefined;
}

const python = oneStep ? undefined : peerPython();
function peers(...peerArgs) {
  if (!python) return [];
  const { stdout, status, stderr } = spawnSync(python, [path.join(here, 'peers.py'), ...peerArgs], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) console.log(`peers.py ${peerArgs[0]} failed: ${stderr.trim().split('\n').at(-1)}`);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

const tl = require(path.join(root, 'dist', 'index.js'));
const tf = require('@tensorflow/tfjs-core');
const { graphExecutor } = require(path.join(root, 'dist', 'training', 'graph-executor.js'));
const { initialValues } = require(path.join(root, 'dist', 'training', 'initial-values.js'));
const backend = await tl.loadBackend();
const lines = [];
const add = (line) => lines.push(line);

/** Best of three rounds, milliseconds a step. */
function msPerStep(executor, makeFeed, unroll, steps) {
  const call = () => executor.steps(Array.from({ length: unroll }, makeFeed));
  call();
  call();
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const start = performance.now();
    let done = 0;
    while (done < steps) {
      call();
      done += unroll;
    }
    best = Math.min(best, (performance.now() - start) / done);
  }
  return best;
}

function stepExecutor(stack, batch, inputs, hidden, unroll) {
  const tasks = [{ name: 't', kind: 'regression', column: 't', classes: [], outputs: 1 }];
  const network = tl.hardSharing(tl.mlp([hidden, hidden])).architecture.build({ input: { shape: [inputs] }, tasks });
  const rows = 4096;
  const data = {
    inputs: tf.randomNormal([rows, inputs]),
    labels: tf.randomNormal([rows, 1]),
    mask: tf.ones([rows, 1]),
    classWeights: tf.ones([stack, 1]),
  };
  const executor = graphExecutor(
    {
      shape: { network, tasks, stack, inputShape: [inputs], weighted: false, totalSteps: 1000 },
      optimizer: tl.adam(),
      step: { kind: 'weighted' },
      matchMean: false,
      weightHeads: false,
      batch,
      evaluationBatch: 64,
      unroll,
      perModel: false,
      keptGradients: 2 ** 24,
    },
    data,
  );
  const initial = initialValues(network, 0);
  executor.start(
    initial.map((one) => {
      const all = new Float32Array(stack * one.length);
      for (let s = 0; s < stack; s++) all.set(one, s * one.length);
      return all;
    }),
  );
  const feed = () => ({
    rows: Int32Array.from({ length: stack * batch }, () => Math.floor(Math.random() * rows)),
    seeds: new Int32Array(2 * stack),
    scalars: Float32Array.from({ length: 4 * stack }, (_, i) => [1e-3, 1e-8, 1, 1][i % 4]),
    weights: new Float32Array(stack).fill(1),
    others: new Int32Array(0),
  });
  return { executor, feed, free: () => [executor.dispose(), tf.dispose(Object.values(data))] };
}

/** Milliseconds per model-step of our engine. */
function ownStep(stack, batch, inputs, hidden, count) {
  const unroll = hidden > 512 ? 2 : 8;
  const { executor, feed, free } = stepExecutor(stack, batch, inputs, hidden, unroll);
  const ms = msPerStep(executor, feed, unroll, count) / stack;
  free();
  return ms;
}

/** The same with ops split over all cores, which one large network wants; TensorFlow takes the setting once a process. */
function ownWideStep(...size) {
  return inOwnProcess(size, { TF_NUM_INTRAOP_THREADS: String(availableParallelism()) }).ms;
}

/** Time of a step and peak memory of a process that does nothing else. */
function inOwnProcess(size, env = {}) {
  const args = [fileURLToPath(import.meta.url), '--one-step', size.join()];
  return JSON.parse(spawnSync(process.execPath, args, { env: { ...process.env, ...env }, encoding: 'utf8' }).stdout);
}

function steps() {
  const theirs = peers('steps');
  for (const [kind, stack, sizes] of [
    [
      'step',
      1,
      [
        [64, 32, 64, 600],
        [256, 72, 256, 160],
        [512, 512, 1024, 16],
      ],
    ],
    [
      'stacked',
      10,
      [
        [64, 32, 64, 160],
        [256, 72, 256, 24],
      ],
    ],
  ]) {
    for (const [batch, inputs, hidden, count] of sizes) {
      const size = `${batch}x${inputs}x${hidden}`;
      const wide = stack === 1 && hidden > 512;
      const ours = (wide ? ownWideStep : ownStep)(stack, batch, inputs, hidden, count);
      const own = theirs.filter((line) => line.bench === kind && line.size === size);
      const best = Math.min(...own.flatMap((line) => line.ms ?? []));
      for (const line of own)
        add({
          what: `${kind === 'step' ? 'Adam step' : 'ten stacked, per model-step'}, ${size}${wide ? ` (TF_NUM_INTRAOP_THREADS=${availableParallelism()})` : ''}`,
          unit: 'ms',
          peer: line.peer,
          theirs: line.ms ?? line.error,
          ours,
          ratio: ours / line.ms,
          best: line.ms === best,
        });
      if (own.length === 0) add({ what: `${kind}, ${size}`, unit: 'ms', ours });
    }
  }
}

async function emotions() {
  const { columns, tasks, options } = await tl.datasets.emotions();
  return tl.taskData(columns, { ...options, tasks });
}

/** The study's five splits; their training parts, encoded, in a file for the peers. */
function studySplits(data) {
  const seeds = [0, 1, 2, 3, 4];
  const splits = Object.fromEntries(
    seeds.map((seed) => {
      const { train, test } = tl.splitData(data, { test: 0.3, seed, by: 'random' });
      return [seed, { train: [...train], test: [...test] }];
    }),
  );
  const encoded = seeds.map((seed) => {
    const train = splits[seed].train;
    const flat = tl.fitEncoder(data, train).encode(data, train);
    const x = train.map((_, i) => [...flat.subarray(i * 72, (i + 1) * 72)]);
    return { x, y: train.map((row) => data.labels.map(({ values }) => values[row])) };
  });
  mkdirSync(path.join(root, '.taskloom'), { recursive: true });
  const file = path.join(root, '.taskloom', 'bench-study.json');
  writeFileSync(file, JSON.stringify(encoded));
  return { splits, file };
}

async function study() {
  const data = await emotions();
  const { splits, file } = studySplits(data);
  const theirs = peers('study', file);
  const trunk = tl.mlp([128, 64]);
  const run = async (methods) => {
    const start = performance.now();
    await tl.compare(data, { methods, splits, epochs: 60, batchSize: 64, onProgress: () => {} });
    return { seconds: (performance.now() - start) / 1000 };
  };
  const both = { single: tl.singleTask(trunk), hard: tl.hardSharing(trunk) };
  const times = [];
  for (let round = 0; round < 4; round++) times.push((await run(both)).seconds);
  const ours = Math.min(...times);
  for (const line of theirs) {
    const total = line.single + line.hard;
    add({
      what: 'emotions study: 30 single-task + 5 hard-sharing networks, 60 epochs, everything included',
      unit: 's',
      peer: line.peer,
      theirs: total,
      ours,
      ratio: ours / total,
    });
  }
  for (const line of readPeerLines())
    add({
      what: `emotions study, ${line.method}`,
      unit: 's',
      peer: line.method,
      theirs: line.wall_s?.min,
      ours,
      ratio: ours / line.wall_s?.min,
    });
  if (theirs.length === 0) add({ what: 'emotions study', unit: 's', ours });
}

function readPeerLines() {
  const file = process.env.PEER_LINES;
  if (!file) {
    console.log('PEER_LINES is not set: figures of other libraries (LibMTL) are left out.');
    return [];
  }
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter((line) => line.wall_s);
}

/**
 * Milliseconds per model-step of methods, five seeds stacked: what further epochs cost, so that what is done once (building the graph) is
 * left out. From the best of three short and of three long trainings.
 */
async function methodSteps(methods, data) {
  const result = {};
  const train = async (method, epochs) => {
    const { runs } = (await tl.compare(data, { methods: { method }, seeds: 5, epochs, patience: epochs, onProgress: () => {} })).data;
    const sum = (of) => runs.reduce((total, run) => total + of(run), 0);
    return { ms: 1000 * sum(({ seconds }) => seconds), steps: sum(({ steps }) => steps) };
  };
  for (const [name, method] of Object.entries(methods)) {
    await train(method, 1);
    const best = [];
    for (let round = 0; round < 3; round++) {
      for (const [i, epochs] of [4, 54].entries()) {
        const now = await train(method, epochs);
        if (!best[i] || now.ms < best[i].ms) best[i] = now;
      }
    }
    const [short, long] = best;
    result[name] = (long.ms - short.ms) / (long.steps - short.steps);
  }
  return result;
}

async function tasks() {
  const theirs = peers('tasks');
  for (const count of [6, 16, 40]) {
    const r = Array.from({ length: 600 }, () => Array.from({ length: 72 }, () => Math.random() - 0.5));
    const table = Object.fromEntries([
      ...Array.from({ length: 72 }, (_, j) => [`x${j}`, r.map((row) => row[j])]),
      ...Array.from({ length: count }, (_, t) => [`t${t}`, r.map((row) => (row[t % 72] > 0 ? 1 : 0))]),
    ]);
    const data = tl.taskData(table, { tasks: Object.fromEntries(Array.from({ length: count }, (_, t) => [`t${t}`, tl.binary()])) });
    const trunk = tl.mlp([128, 64]);
    const ours = await methodSteps(
      {
        equal: tl.hardSharing(trunk),
        upgrad: tl.hardSharing(trunk).with(tl.upgrad()),
        'all task gradients': tl.hardSharing(trunk).with(tl.mean()),
      },
      data,
    );
    for (const [own, peer] of [
      ['equal', 'PyTorch equal'],
      ['all task gradients', 'TorchJD all task gradients'],
      ['upgrad', 'TorchJD UPGrad'],
    ]) {
      const line = theirs.find((l) => l.tasks === count && l.peer === peer);
      add({
        what: `step with ${count} tasks, ${own} (ours: five seeds stacked, per model-step)`,
        unit: 'ms',
        peer,
        theirs: line?.ms,
        ours: ours[own],
        ratio: ours[own] / line?.ms,
      });
    }
  }
}

async function methods() {
  const data = await emotions();
  const trunk = tl.mlp([128, 64]);
  const all = { equal: tl.hardSharing(trunk) };
  for (const [name, factory] of Object.entries({ ...tl.balancers, ...tl.weightings }))
    if (name !== 'fixed' && name !== 'equal') all[name] = tl.hardSharing(trunk).with(factory());
  const ours = await methodSteps(all, data);
  const theirs = libmtl('weighting', data);
  for (const [name, ms] of Object.entries(ours)) {
    addLibmtl(`${name}, five seeds stacked, per model-step`, LIBMTL[name], ms, theirs);
    if (name !== 'equal') lines.at(-1).timesEqual = ms / ours.equal;
  }
}

/** LibMTL's names of our methods and architectures. */
const LIBMTL = {
  equal: 'EW',
  uncertainty: 'UW',
  dwa: 'DWA',
  gls: 'GLS',
  rlw: 'RLW',
  imtlg: 'IMTL',
  stch: 'STCH',
  famo: 'FAMO',
  gradnorm: 'GradNorm',
  excessmtl: 'ExcessMTL',
  mgda: 'MGDA',
  pcgrad: 'PCGrad',
  gradvac: 'GradVac',
  graddrop: 'GradDrop',
  cagrad: 'CAGrad',
  nashmtl: 'Nash_MTL',
  fairgrad: 'FairGrad',
  alignedmtl: 'Aligned_MTL',
  dbmtl: 'DB_MTL',
  moco: 'MoCo',
  modo: 'MoDo',
  sdmgrad: 'SDMGrad',
  upgrad: 'UPGrad',
  mmoe: 'MMoE',
  cgc: 'CGC',
  crossStitch: 'Cross_stitch',
  dselectk: 'DSelect_k',
};

/** Milliseconds a step on two cores, stated with the request for these methods; for where LibMTL is not at hand. */
const STATED = {
  EW: 1.55,
  PCGrad: 6,
  MGDA: 13.6,
  CAGrad: 8,
  Nash_MTL: 40,
  FairGrad: 6.8,
  Aligned_MTL: 5,
  FAMO: 2.2,
  SDMGrad: 26,
  MoDo: 22,
  MMoE: 4.9,
  CGC: 6,
  Cross_stitch: 8.4,
  DSelect_k: 6.4,
};

let libmtlLines;
/** LibMTL's milliseconds a step, by name; undefined where there is no checkout. */
function libmtl(kind, data) {
  if (!process.env.LIBMTL_SOURCE) {
    console.log('LIBMTL_SOURCE is not set: LibMTL is not run; its figures are those stated for two cores.');
    return undefined;
  }
  libmtlLines ??= peers('libmtl', studySplits(data).file);
  return Object.fromEntries(libmtlLines.filter((line) => line.bench === kind).map((line) => [line.name, line.ms ?? line.error]));
}

function addLibmtl(what, name, ours, measured) {
  const theirs = name && (measured ?? STATED)[name];
  const peer = theirs === undefined ? undefined : measured ? 'LibMTL' : 'LibMTL (stated)';
  add({ what, unit: 'ms', ours, ...(peer ? { peer, theirs, ...(typeof theirs === 'number' ? { ratio: ours / theirs } : {}) } : {}) });
}

async function architectures() {
  const data = await emotions();
  const trunk = tl.mlp([128, 64]);
  const ours = await methodSteps(
    {
      hardSharing: tl.hardSharing(trunk),
      softSharing: tl.softSharing(trunk),
      crossStitch: tl.crossStitch(trunk),
      sluice: tl.sluice(trunk),
      nddr: tl.nddr(trunk),
      mtan: tl.mtan(trunk),
      mmoe: tl.mmoe({ expert: trunk, experts: 4 }),
      cgc: tl.cgc({ expert: trunk, shared: 1, specific: 1 }),
      dselectk: tl.dselectk({ expert: trunk, experts: 4, k: 2 }),
      film: tl.film(trunk),
      ltb: tl.ltb(trunk),
    },
    data,
  );
  const theirs = libmtl('architecture', data);
  for (const [name, ms] of Object.entries(ours)) addLibmtl(`${name}, five seeds stacked, per model-step`, LIBMTL[name], ms, theirs);
}

/** The full protocol: ten seeds, eight methods, sixteen candidates each; the peers' time for the same steps, by their time a step. */
async function protocol() {
  const data = await emotions();
  const trunk = tl.mlp([128, 64]);
  const hard = tl.hardSharing(trunk);
  const methods = { single: tl.singleTask(trunk), equal: hard };
  for (const name of ['rlw', 'uncertainty', 'dwa', 'famo', 'pcgrad', 'mgda']) methods[name] = hard.with(tl[name]());
  const start = performance.now();
  const { tuning } = (await tl.compare(data, { methods, tune: { budget: 16 }, seeds: 10, epochs: 60, patience: 10, onProgress: () => {} }))
    .data;
  const ours = (performance.now() - start) / 1000;
  const theirs = libmtl('weighting', data) ?? STATED;
  const stepsPerEpoch = Math.ceil((data.rows * 0.7 * 0.85) / 64);
  let seconds = 0;
  for (const [name, { choices }] of Object.entries(tuning)) {
    const epochs = choices.flatMap((choice) => choice.epochs).reduce((a, b) => a + b, 0);
    // A single-task network takes about the time of a shared one with equal weights and one loss; no peer has it, so the shared one counts.
    seconds += (epochs * stepsPerEpoch * (theirs[LIBMTL[name === 'single' ? 'equal' : name]] ?? theirs.EW)) / 1000;
  }
  add({
    what: 'full protocol on emotions: 10 seeds, 8 methods, 16 candidates each',
    unit: 's',
    ours,
    peer: 'LibMTL, the same steps',
    theirs: seconds,
    ratio: ours / seconds,
  });
}

async function memory() {
  const { executor, feed, free } = stepExecutor(5, 64, 72, 128, 8);
  executor.steps(Array.from({ length: 8 }, feed));
  const before = { tensors: tf.memory().numTensors, rss: process.memoryUsage().rss };
  for (let step = 0; step < 10000; step += 8) executor.steps(Array.from({ length: 8 }, feed));
  const after = { tensors: tf.memory().numTensors, rss: process.memoryUsage().rss };
  free();
  const peer = peers('memory')[0];
  const { mb } = inOwnProcess([1, 256, 72, 256, 160]);
  add({
    what: 'peak resident memory of 500 steps, 256x72x256',
    unit: 'MB',
    ours: mb,
    peer: peer?.peer,
    theirs: peer?.mb,
    ratio: mb / peer?.mb,
  });
  add({ what: 'tensors more after 10,000 steps', unit: '', ours: after.tensors - before.tensors });
  add({ what: 'resident memory more after 10,000 steps', unit: 'MB', ours: (after.rss - before.rss) / 2 ** 20 });
}

async function rows() {
  for (const count of [1e3, 1e4, 1e5, 1e6]) {
    const features = 10;
    const table = Object.fromEntries(
      Array.from({ length: features }, (_, j) => [`x${j}`, Float64Array.from({ length: count }, () => Math.random() - 0.5)]),
    );
    table.a = table.x0.map((v, i) => (v + table.x1[i] > 0 ? 1 : 0));
    table.b = table.x2.map((v, i) => v * table.x3[i]);
    const start = performance.now();
    const data = tl.taskData(table, { tasks: { a: tl.binary(), b: tl.regression() } });
    const read = performance.now();
    const model = await tl.fit(data, tl.hardSharing(tl.mlp([32])), { epochs: 1, batchSize: 512, onProgress: () => {} });
    add({
      what: `${count} rows: reading ${((read - start) / 1000).toFixed(2)} s; one epoch of ${Math.ceil(count / 512)} steps in all`,
      unit: 's',
      ours: (performance.now() - read) / 1000,
      peer: 'of which training',
      theirs: model.history.seconds,
    });
  }
  add({ what: 'peak resident memory', unit: 'MB', ours: process.resourceUsage().maxRSS / 1024 });
}

if (oneStep) {
  const ms = ownStep(...oneStep);
  console.log(JSON.stringify({ ms, mb: process.resourceUsage().maxRSS / 1024 }));
  process.exit(0);
}
console.log(`Taskloom on ${backend} TensorFlow, Node ${process.version}`);
for (const part of wanted) {
  const from = lines.length;
  await { steps, study, tasks, methods, architectures, memory, rows, protocol }[part]();
  const show = (value) => (typeof value === 'number' ? Number(value.toPrecision(3)) : value);
  console.table(
    lines.slice(from).map(({ what, unit, ours, peer, theirs, ratio, timesEqual, best }) => ({
      what,
      unit,
      ours: show(ours),
      peer,
      theirs: show(theirs),
      ratio: show(ratio),
      ...(timesEqual === undefined ? {} : { 'times our equal': show(timesEqual) }),
      ...(best ? { best: 'best peer' } : {}),
    })),
  );
}
if (jsonFile) writeFileSync(jsonFile, `${JSON.stringify(lines, null, 1)}\n`);
