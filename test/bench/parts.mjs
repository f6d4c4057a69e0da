/** What is measured, part by part. Each turns into rows: `add(what, unit, ours, peers)`. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { linear } from './linear.mjs';
import { missing } from './missing.mjs';
import { emotions, ownMethod, ownStep, ownStudy, stepExecutor, studySplits, tf, tl } from './own.mjs';
import { hasLibmtl } from './peer-process.mjs';

const trunk = tl.mlp([128, 64]);

/** LibMTL's names of our methods and architectures. */
const WEIGHTINGS = {
  equal: 'EW',
  uncertainty: 'UW',
  dwa: 'DWA',
  gls: 'GLS',
  rlw: 'RLW',
  imtl: 'IMTL',
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
};
const ARCHITECTURES = { mmoe: 'MMoE', cgc: 'CGC', crossStitch: 'Cross_stitch', dselectk: 'DSelect_k' };

const architectures = {
  hardSharing: () => tl.hardSharing(trunk),
  softSharing: () => tl.softSharing(trunk),
  crossStitch: () => tl.crossStitch(trunk),
  sluice: () => tl.sluice(trunk),
  nddr: () => tl.nddr(trunk),
  mtan: () => tl.mtan(trunk),
  mmoe: () => tl.mmoe({ expert: trunk, experts: 4 }),
  cgc: () => tl.cgc({ expert: trunk, shared: 1, specific: 1 }),
  dselectk: () => tl.dselectk({ expert: trunk, experts: 4, k: 2 }),
  film: () => tl.film(trunk),
  ltb: () => tl.ltb(trunk),
};
const balanced = (name) => (name === 'equal' ? tl.hardSharing(trunk) : tl.hardSharing(trunk).with(tl[name]()));

/** Time of a step and peak memory of a process of ours that does nothing else. */
function inOwnProcess(size, env = {}) {
  const script = fileURLToPath(new URL('run.mjs', import.meta.url));
  return JSON.parse(
    spawnSync(process.execPath, [script, '--one-step', size.join()], { env: { ...process.env, ...env }, encoding: 'utf8' }).stdout,
  );
}

/** The same with ops split over all cores, which one large network wants; TensorFlow takes the setting once a process. */
function ownWideStep(size) {
  return {
    name: 'ours',
    async measure() {
      const { ms, cpu } = inOwnProcess(size, { TF_NUM_INTRAOP_THREADS: String(availableParallelism()) });
      return { value: ms, cpu };
    },
  };
}

async function steps({ compare, peers }) {
  for (const [stack, batch, inputs, hidden] of [
    [1, 64, 32, 64],
    [1, 256, 72, 256],
    [1, 512, 512, 1024],
    [10, 64, 32, 64],
    [10, 256, 72, 256],
  ]) {
    const wide = hidden > 512;
    const ours = wide ? ownWideStep([stack, batch, inputs, hidden]) : ownStep(stack, batch, inputs, hidden);
    const variants = stack === 1 ? ['eager', 'fused Adam', 'compiled'] : ['vmap', 'baddbmm'];
    const theirs = variants.flatMap((variant) =>
      peers.entries(`PyTorch, ${variant}`, { case: 'step', variant, batch, inputs, hidden, stack }),
    );
    const size = `${inputs}-${hidden}-${hidden}-1`;
    const what = stack === 1 ? `Adam step, perceptron ${size}, batch ${batch}` : `ten stacked, ${size}, batch ${batch}, per model-step`;
    await compare(`${what}${wide ? ` (\`TF_NUM_INTRAOP_THREADS=${availableParallelism()}\`)` : ''}`, 'ms', ours, theirs);
    ours.free?.();
  }
}

async function study({ compare, peers }) {
  const data = await emotions();
  const { splits, file } = studySplits(data);
  const ours = ownStudy(data, { single: tl.singleTask(trunk), hard: tl.hardSharing(trunk) }, splits);
  const what = 'a study: 30 single-task and 5 shared networks on `emotions`, 60 epochs, everything included';
  for (const [peer, variant] of [
    ['PyTorch, loops', 'loops'],
    ['PyTorch, batched by hand', 'batched'],
  ])
    await compare(what, 's', ours, peers.entries(peer, { case: 'study', variant, path: file }));
}

/** The study of fourteen methods: single-task networks, ten weightings of hard sharing, three architectures. */
const STUDY_WEIGHTINGS = ['equal', 'uncertainty', 'dwa', 'pcgrad', 'mgda', 'cagrad', 'nashmtl', 'fairgrad', 'alignedmtl', 'famo'];
const STUDY_ARCHITECTURES = ['mmoe', 'cgc', 'crossStitch'];

async function fourteen({ total }) {
  if (!hasLibmtl()) return;
  const data = await emotions();
  const { splits, file } = studySplits(data);
  const methods = { single: tl.singleTask(trunk) };
  for (const name of STUDY_WEIGHTINGS) methods[name] = balanced(name);
  for (const name of STUDY_ARCHITECTURES) methods[name] = architectures[name]();
  const cases = {
    single: { case: 'single', path: file },
    ...Object.fromEntries(STUDY_WEIGHTINGS.map((name) => [name, { case: 'libmtl study', path: file, weighting: WEIGHTINGS[name] }])),
    ...Object.fromEntries(
      STUDY_ARCHITECTURES.map((name) => [name, { case: 'libmtl study', path: file, weighting: 'EW', architecture: ARCHITECTURES[name] }]),
    ),
  };
  await total(
    'a study of fourteen methods on `emotions`, five seeds, 60 epochs',
    's',
    ownStudy(data, methods, splits),
    'PyTorch loops and LibMTL',
    cases,
    ['nashmtl'],
  );
}

async function tasks({ compare, peers }) {
  for (const count of [6, 16, 40]) {
    const r = Array.from({ length: 600 }, () => Array.from({ length: 72 }, () => Math.random() - 0.5));
    const table = Object.fromEntries([
      ...Array.from({ length: 72 }, (_, j) => [`x${j}`, r.map((row) => row[j])]),
      ...Array.from({ length: count }, (_, t) => [`t${t}`, r.map((row) => (row[t % 72] > 0 ? 1 : 0))]),
    ]);
    const data = tl.taskData(table, { tasks: Object.fromEntries(Array.from({ length: count }, (_, t) => [`t${t}`, tl.binary()])) });
    for (const [own, method, variant, peer] of [
      ['equal weights', tl.hardSharing(trunk), 'equal', 'PyTorch, eager'],
      ['all task gradients', tl.hardSharing(trunk).with(tl.mean()), 'all task gradients', 'TorchJD'],
      ['UPGrad', tl.hardSharing(trunk).with(tl.upgrad()), 'UPGrad', 'TorchJD'],
    ])
      await compare(
        `${own}, ${count} tasks, five seeds stacked, per model-step`,
        'ms',
        ownMethod(data, method),
        peers.entries(peer, { case: 'tasks', count, variant }),
      );
  }
}

async function methods({ compare, peers }) {
  const data = await emotions();
  const { file } = studySplits(data);
  const names = ['equal', ...Object.keys({ ...tl.balancers, ...tl.weightings }).filter((name) => name !== 'fixed' && name !== 'equal')];
  for (const name of names) {
    const weighting = WEIGHTINGS[name];
    const theirs = weighting && hasLibmtl() ? peers.entries('LibMTL', { case: 'libmtl step', path: file, weighting }) : [];
    await compare(`${name}, six tasks, five seeds stacked, per model-step`, 'ms', ownMethod(data, balanced(name)), theirs);
  }
}

async function sharing({ compare, peers }) {
  const data = await emotions();
  const { file } = studySplits(data);
  for (const [name, make] of Object.entries(architectures)) {
    const architecture = ARCHITECTURES[name];
    const request = { case: 'libmtl step', path: file, weighting: 'EW', architecture };
    const theirs = architecture && hasLibmtl() ? peers.entries('LibMTL', request) : [];
    await compare(`${name}, six tasks, five seeds stacked, per model-step`, 'ms', ownMethod(data, make()), theirs);
  }
}

/** The full protocol: ten seeds, eight methods, sixteen candidates each; LibMTL's time for the same steps, by its time a step. */
async function protocol({ add, measure, peers }) {
  if (!hasLibmtl()) return;
  const data = await emotions();
  const { file } = studySplits(data);
  const all = { single: tl.singleTask(trunk) };
  for (const name of ['equal', 'rlw', 'uncertainty', 'dwa', 'famo', 'pcgrad', 'mgda']) all[name] = balanced(name);
  const start = performance.now();
  const compared = await tl.compare(data, {
    methods: all,
    tune: { budget: 16 },
    seeds: 10,
    epochs: 60,
    patience: 10,
    onProgress: () => {},
  });
  const ours = (performance.now() - start) / 1000;
  const stepsPerEpoch = Math.ceil((data.rows * 0.7 * 0.85) / 64);
  let seconds = 0;
  let threads = '';
  for (const [name, { choices }] of Object.entries(compared.data.tuning)) {
    // A single-task network takes about the time of a shared one with equal weights and one loss; no peer has it, so the shared one counts.
    const weighting = WEIGHTINGS[name === 'single' ? 'equal' : name];
    const best = await measure(`LibMTL, ${weighting}`, 'ms', peers.entries('LibMTL', { case: 'libmtl step', path: file, weighting }));
    const epochs = choices.flatMap((choice) => choice.epochs).reduce((a, b) => a + b, 0);
    seconds += (epochs * stepsPerEpoch * best.value) / 1000;
    threads = 'at its best thread count';
  }
  add({
    what: 'the full protocol on `emotions`: 10 seeds, 8 methods, 16 candidates each, verdicts (one run)',
    unit: 's',
    ours,
    peer: `LibMTL, the same steps at its pace, ${threads}`,
    theirs: seconds,
  });
}

async function memory({ add, measure, peers }) {
  const { call, free } = stepExecutor({ stack: 5, batch: 64, inputs: 72, hidden: 128, unroll: 8 });
  call();
  const before = { tensors: tf.memory().numTensors, rss: process.memoryUsage().rss };
  for (let step = 0; step < 10000; step += 8) call();
  const after = { tensors: tf.memory().numTensors, rss: process.memoryUsage().rss };
  free();
  peers.end();
  const theirs = peers.available ? await measure('PyTorch', 'MB', peers.entries('PyTorch', { case: 'memory' })) : {};
  peers.end();
  const { mb } = inOwnProcess([1, 256, 72, 256]);
  add({ what: 'peak memory, perceptron 72-256-256-1', unit: 'MB', ours: mb, peer: theirs.name, theirs: theirs.value });
  add({ what: 'tensors more after 10,000 steps', unit: '', ours: after.tensors - before.tensors });
  add({ what: 'resident memory more after 10,000 steps', unit: 'MB', ours: (after.rss - before.rss) / 2 ** 20 });
}

async function rows({ add }) {
  for (const count of [1e3, 1e4, 1e5, 1e6]) {
    const table = Object.fromEntries(
      Array.from({ length: 10 }, (_, j) => [`x${j}`, Float64Array.from({ length: count }, () => Math.random() - 0.5)]),
    );
    table.a = table.x0.map((v, i) => (v + table.x1[i] > 0 ? 1 : 0));
    table.b = table.x2.map((v, i) => v * table.x3[i]);
    const start = performance.now();
    const data = tl.taskData(table, { tasks: { a: tl.binary(), b: tl.regression() } });
    const read = performance.now();
    await tl.fit(data, tl.hardSharing(tl.mlp([32])), { epochs: 1, batchSize: 512, onProgress: () => {} });
    add({ what: `${count} rows of ten inputs: read`, unit: 's', ours: (read - start) / 1000 });
    add({ what: `${count} rows: an epoch of ${Math.ceil(count / 512)} steps`, unit: 's', ours: (performance.now() - read) / 1000 });
  }
  add({ what: 'peak memory of that', unit: 'MB', ours: process.resourceUsage().maxRSS / 1024 });
}

/** By name; `protocol` takes minutes and runs only where it is named. */
export const parts = { steps, study, fourteen, tasks, methods, architectures: sharing, memory, rows, linear, missing, protocol };
