/**
 * Training steps on machines without native TensorFlow: our engine op by op on tfjs's WebAssembly backend, the same step in jax-js
 * (`@jax-js/jax`, WebAssembly, compiled by its `jit`), and our engine on native TensorFlow for scale.
 *
 *   npm run build && node test/bench/portable.mjs [--json FILE]
 *
 * jax-js is no dependency of this project: it is taken from the folder that JAX_JS names (one with `node_modules/@jax-js/jax`), else
 * installed into .taskloom/bench-jax. Where that fails, its figures are left out. Every engine is a process of its own and starts from
 * equal parameters; figures are printed only of engines whose losses after 20 steps are the same.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(import.meta.url);
const dist = (...parts) => require(path.join(root, 'dist', ...parts));

const ROWS = 1024;
/** Steps whose losses must agree, to this relative tolerance. */
const [CHECKED, TOLERANCE] = [20, 1e-3];
const problems = [
  { stack: 1, batch: 64, inputs: 32, hidden: 64, loss: 'squared error', steps: 200 },
  { stack: 10, batch: 64, inputs: 32, hidden: 64, loss: 'squared error', steps: 40 },
  { stack: 10, batch: 64, inputs: 32, hidden: 64, loss: 'cross entropy', steps: 40 },
  { stack: 1, batch: 256, inputs: 72, hidden: 256, loss: 'squared error', steps: 40 },
  { stack: 10, batch: 256, inputs: 72, hidden: 256, loss: 'squared error', steps: 5 },
];
const nameOf = ({ stack, batch, inputs, hidden, loss }) => `${stack} x ${inputs}-${hidden}-${hidden}-1, batch ${batch}, ${loss}`;

/** The network, data, initial parameters and batches of a problem: the same in every process. */
function setting({ stack, batch, inputs, hidden, loss }) {
  const tl = dist('index.js');
  const { random } = dist('random', 'random.js');
  const { initialValues } = dist('training', 'initial-values.js');
  const binary = loss === 'cross entropy';
  const tasks = [{ name: 't', kind: binary ? 'binary' : 'regression', column: 't', classes: binary ? ['0', '1'] : [], outputs: 1 }];
  const network = tl.hardSharing(tl.mlp([hidden, hidden])).architecture.build({ input: { shape: [inputs] }, tasks });
  const draws = random(0, 'bench');
  const x = Float32Array.from({ length: ROWS * inputs }, () => draws.normal());
  const y = Float32Array.from({ length: ROWS }, (_, i) => (binary ? Number(x[i * inputs] > 0) : x[i * inputs] + 0.1 * draws.normal()));
  const each = Array.from({ length: stack }, (_, seed) => initialValues(network, seed));
  const initial = network.parameters.map(({ shape }, i) => ({
    shape: [stack, ...shape],
    values: Float32Array.from(each.flatMap((own) => [...own[i]])),
  }));
  const optimizer = tl.adam();
  let step = 0;
  const next = () => ({
    rows: Int32Array.from({ length: stack * batch }, (_, i) => (7919 * i + 104729 * step) % ROWS),
    ...optimizer.scalars(++step, optimizer.learningRate),
  });
  return { network, tasks, x, y, initial, optimizer, next };
}

/** Milliseconds a step, best of five rounds: by the clock, and of processor time over all threads, which other programs disturb less. */
function msPerStep(call, unroll, steps) {
  const best = { ms: Number.POSITIVE_INFINITY, cpuMs: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 5; round++) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    let done = 0;
    for (; done < steps; done += unroll) call();
    const { user, system } = process.cpuUsage(used);
    best.ms = Math.min(best.ms, (performance.now() - start) / done);
    best.cpuMs = Math.min(best.cpuMs, (user + system) / 1000 / done);
  }
  return best;
}

/** Our engine: its steps return the losses `[unroll, stack]`. */
function ourSteps(problem, make, unroll) {
  const tf = require('@tensorflow/tfjs-core');
  const { stack, batch, inputs } = problem;
  const { network, tasks, x, y, initial, optimizer, next } = setting(problem);
  const data = {
    inputs: tf.tensor2d(x, [ROWS, inputs]),
    labels: tf.tensor2d(y, [ROWS, 1]),
    mask: tf.ones([ROWS, 1]),
    classWeights: tf.ones([stack, 1]),
  };
  const plan = {
    shape: { network, tasks, stack, inputShape: [inputs], weighted: false, totalSteps: new Array(stack).fill(1000) },
    optimizer,
    step: { kind: 'weighted' },
    after: false,
    scale: 'native',
    heads: 'plain',
    batch,
    evaluationBatch: batch,
    unroll,
    perModel: false,
    keptGradients: 2 ** 24,
  };
  const executor = make(plan, data);
  executor.start(initial.map(({ values }) => values));
  const feed = () => {
    const { rows, rate, epsilon } = next();
    return {
      rows,
      seeds: new Int32Array(2 * stack),
      scalars: Float32Array.from({ length: 5 * stack }, (_, i) => [rate, epsilon, 1, 1, 1][i % 5]),
      weights: new Float32Array(stack).fill(1),
      others: new Int32Array(0),
    };
  };
  return () => executor.steps(Array.from({ length: unroll }, feed));
}

async function jaxSteps() {
  const entry = createRequire(path.join(process.env.JAX_JS, 'package.json')).resolve('@jax-js/jax');
  const jax = await import(pathToFileURL(entry.replace(/\.cjs$/, '.js')).href);
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  const { numpy: np, nn } = jax;
  return (problem) => {
    const { stack, batch, inputs, loss } = problem;
    const { x, y, initial, optimizer, next } = setting(problem);
    const { beta1, beta2 } = optimizer.options;
    const array = ({ values, shape }) => np.array(values).reshape(shape);
    // jax-js counts references: a function uses up its arguments, `.ref` keeps one for later.
    const losses = ([w1, b1, w2, b2, w3, b3], input, target) => {
      const first = nn.relu(np.matmul(input, w1).add(b1));
      const second = nn.relu(np.matmul(first, w2).add(b2));
      const z = np.matmul(second, w3).add(b3);
      const each = loss === 'cross entropy' ? nn.softplus(z.ref).sub(z.mul(target)).mean([1, 2]) : np.square(z.sub(target)).mean([1, 2]);
      return [each.ref.sum(), each];
    };
    const gradient = jax.valueAndGrad(losses, { hasAux: true });
    const step = jax.jit((parameters, m, v, features, labels, rows, scalars) => {
      const input = np.take(features, rows.ref, 0).reshape([stack, batch, inputs]);
      const target = np.take(labels, rows, 0).reshape([stack, batch, 1]);
      const [[total, each], g] = gradient(
        parameters.map((p) => p.ref),
        input,
        target,
      );
      total.dispose();
      const nextM = m.map((slot, i) => slot.mul(beta1).add(g[i].ref.mul(1 - beta1)));
      const nextV = v.map((slot, i) => slot.mul(beta2).add(np.square(g[i]).mul(1 - beta2)));
      const [rate, epsilon] = np.split(scalars, 2);
      const nextParameters = parameters.map((p, i) => p.sub(nextM[i].ref.mul(rate.ref).div(np.sqrt(nextV[i].ref).add(epsilon.ref))));
      rate.dispose();
      epsilon.dispose();
      return [nextParameters, nextM, nextV, each];
    });
    const [features, labels] = [array({ values: x, shape: [ROWS, inputs] }), array({ values: y, shape: [ROWS, 1] })];
    let parameters = initial.map(array);
    let [m, v] = [0, 1].map(() => initial.map(({ shape }) => np.zeros(shape)));
    return () => {
      const { rows, rate, epsilon } = next();
      let each;
      [parameters, m, v, each] = step(
        parameters,
        m,
        v,
        features.ref,
        labels.ref,
        np.array(rows, { dtype: np.int32 }),
        np.array(Float32Array.of(rate, epsilon)),
      );
      return each.dataSync();
    };
  };
}

/** In a process of its own: an engine's lines, as JSON on standard output. */
async function measure(engine) {
  let start;
  let unroll = 1;
  let settings;
  if (engine === 'jax-js') {
    start = await jaxSteps();
    const threads = typeof Worker === 'undefined' ? '1 thread (Node has no global Worker)' : 'threads';
    settings = `wasm, SIMD, ${threads}`;
  } else {
    const backend = await dist('index.js').models.loadBackend();
    const tf = require('@tensorflow/tfjs-core');
    if (engine === 'tfjs wasm') {
      const { eagerExecutor } = dist('training', 'executors', 'eager.js');
      const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
      const { getThreadsCount } = require('@tensorflow/tfjs-backend-wasm');
      start = (problem) => ourSteps(problem, eagerExecutor, 1);
      settings = `op by op, SIMD ${simd ? 'on' : 'off'}, ${getThreadsCount()} thread (tfjs has no others in Node)`;
    } else {
      const { graphExecutor } = dist('training', 'executors', 'graph.js');
      unroll = 8;
      start = (problem) => ourSteps(problem, graphExecutor, unroll);
      settings = `${backend}, 8 steps a call`;
    }
  }
  const lines = [];
  for (const problem of problems) {
    const began = performance.now();
    const call = start(problem);
    const losses = [];
    losses.push(...call());
    const first = performance.now() - began;
    while (losses.length < CHECKED * problem.stack) losses.push(...call());
    lines.push({
      problem: nameOf(problem),
      losses: losses.slice((CHECKED - 1) * problem.stack, CHECKED * problem.stack),
      firstMs: first,
      ...msPerStep(call, unroll, Math.max(unroll, problem.steps)),
    });
  }
  process.stdout.write(JSON.stringify({ engine, settings, lines }));
}

/** A folder that has jax-js, or undefined with a line that says why there is none. */
function jaxFolder() {
  const given = process.env.JAX_JS;
  const has = (folder) => existsSync(path.join(folder, 'node_modules', '@jax-js', 'jax', 'package.json'));
  if (given) {
    if (has(given)) return given;
    console.log(`JAX_JS is ${given}, which has no node_modules/@jax-js/jax; the figures of jax-js are left out.`);
    return undefined;
  }
  const folder = path.join(root, '.taskloom', 'bench-jax');
  if (has(folder)) return folder;
  console.log('Installing @jax-js/jax into .taskloom/bench-jax ...');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  spawnSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '@jax-js/jax'], {
    cwd: folder,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (has(folder)) return folder;
  console.log('@jax-js/jax could not be installed; its figures are left out.');
  return undefined;
}

function run(engine, environment) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--engine', engine], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, ...environment },
  });
  if (status === 0) return JSON.parse(stdout);
  console.log(`${engine}: left out, it failed: ${stderr.trim().split('\n').slice(-3).join(' ')}`);
  return undefined;
}

function main(args) {
  const jsonFile = args[0] === '--json' ? args[1] : undefined;
  if (args.length > 0 && (jsonFile === undefined || args.length > 2)) {
    process.stderr.write('usage: node test/bench/portable.mjs [--json FILE]\n');
    process.exit(2);
  }
  const folder = jaxFolder();
  const version = folder && JSON.parse(readFileSync(path.join(folder, 'node_modules', '@jax-js', 'jax', 'package.json'), 'utf8')).version;
  const ours = run('tfjs wasm', { TASKLOOM_BACKEND: 'portable' });
  if (!ours) process.exit(1);
  const others = [folder && run('jax-js', { JAX_JS: folder }), run('native', { TASKLOOM_BACKEND: 'native' })].filter(Boolean);
  for (const other of others) {
    for (const [i, line] of other.lines.entries()) {
      const reference = ours.lines[i].losses;
      line.difference = Math.max(...line.losses.map((loss, s) => Math.abs(loss - reference[s]) / Math.abs(reference[s])));
      if (!(line.difference <= TOLERANCE)) {
        process.stderr.write(
          `${other.engine}, ${line.problem}: losses after ${CHECKED} steps differ by ${line.difference} (relative) from tfjs wasm's; expected at most ${TOLERANCE}\n`,
        );
        process.exit(1);
      }
    }
  }
  const engines = [ours, ...others];
  console.log(
    `Node ${process.version}${version ? `, @jax-js/jax ${version}` : ''}; milliseconds a step by the clock (of processor time), best of five rounds`,
  );
  for (const { engine, settings } of engines) console.log(`  ${engine}: ${settings}`);
  const show = (value) => Number(value.toPrecision(3));
  console.table(
    problems.map((problem, i) => ({
      step: nameOf(problem),
      ...Object.fromEntries(engines.map(({ engine, lines }) => [engine, `${show(lines[i].ms)} (${show(lines[i].cpuMs)})`])),
      ...Object.fromEntries(others.map(({ engine, lines }) => [`tfjs wasm / ${engine}`, show(ours.lines[i].ms / lines[i].ms)])),
    })),
  );
  const differences = others.flatMap(({ lines }) => lines.map(({ difference }) => difference));
  if (differences.length > 0)
    console.log(
      `Losses after ${CHECKED} steps differ from tfjs wasm's by at most ${Math.max(...differences).toExponential(1)} (relative).`,
    );
  if (jsonFile) writeFileSync(jsonFile, `${JSON.stringify({ node: process.version, jax: version, engines }, null, 1)}\n`);
}

const args = process.argv.slice(2);
if (args[0] === '--engine') await measure(args[1]);
else main(args);
