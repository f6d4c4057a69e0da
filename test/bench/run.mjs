/**
 * Benchmarks: ours and the peers', in turns, as rows for README's table and (with --json FILE) as JSON.
 *
 *   npm run bench                              all but `protocol`, which takes minutes
 *   npm run bench -- --only steps,study        some of: steps, study, fourteen, tasks, methods, architectures, memory, rows, linear,
 *                                              missing, protocol
 *   npm run bench -- --rounds 5                rounds of turns (3 unless given); the best counts
 *
 * Each round measures ours, then each peer with one thread and with one a core, and prints the machine's load and what other processes took
 * of it; a turn that they disturbed is repeated (see rounds.mjs). The peer's better thread count is the one in the table. Peers are PyTorch
 * and TorchJD (scikit-learn for linear methods) in an environment that this script makes (.taskloom/bench), and LibMTL from a checkout that LIBMTL_SOURCE names.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { root, stepExecutor, stepTurn, tl } from './own.mjs';
import { parts } from './parts.mjs';
import { hasLibmtl, Peers, peerPython } from './peer-process.mjs';
import { interleaved } from './rounds.mjs';

function refuse(message) {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(2);
}

function readArguments() {
  const names = Object.keys(parts);
  let values;
  try {
    const options = { only: { type: 'string' }, rounds: { type: 'string' }, json: { type: 'string' }, 'one-step': { type: 'string' } };
    ({ values } = parseArgs({ options }));
  } catch (problem) {
    refuse(`${problem.message}; options: --only PART[,PART], --rounds N, --json FILE`);
  }
  const only = values.only?.split(',') ?? names.filter((name) => name !== 'protocol');
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) refuse(`unknown part "${unknown}"; parts: ${names.join(', ')}`);
  const rounds = Number(values.rounds ?? 3);
  if (!(Number.isInteger(rounds) && rounds > 0)) refuse(`--rounds must be a positive integer, got ${values.rounds}`);
  return { only, rounds, json: values.json, oneStep: values['one-step']?.split(',').map(Number) };
}

/** A step's time, core-seconds and peak memory, for a process of its own. */
function oneStepOnly([stack, batch, inputs, hidden]) {
  const unroll = hidden > 512 ? 2 : 8;
  const made = stepExecutor({ stack, batch, inputs, hidden, unroll });
  made.call();
  made.call();
  const ms = stepTurn(made, unroll, stack);
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ ms, cpu: (user + system) / 1e6, mb: process.resourceUsage().maxRSS / 1024 }));
}

const given = readArguments();
const backend = await tl.models.loadBackend();
if (given.oneStep) {
  oneStepOnly(given.oneStep);
  process.exit(0);
}

const python = peerPython(root);
const peers = new Peers(python, path.join(path.dirname(fileURLToPath(import.meta.url)), 'peers.py'));
const lines = [];
const add = (line) => lines.push(line);

/** The entry with the least value, with its name. */
function bestOf(results, names) {
  const all = names.map((name) => ({ name, ...results[name] }));
  const measured = all.filter(({ value }) => value !== undefined);
  if (measured.length === 0) return { name: names[0], error: all[0]?.error };
  return measured.reduce((best, one) => (one.value < best.value ? one : best));
}

/** Ours against entries of peers: a row with the best of them. */
async function compare(what, unit, ours, theirs) {
  const results = await interleaved(what, unit, [ours, ...theirs], given.rounds);
  const own = results[ours.name];
  const best =
    theirs.length > 0
      ? bestOf(
          results,
          theirs.map(({ name }) => name),
        )
      : {};
  add({ what, unit, ours: own.value, peer: best.name, theirs: best.value ?? best.error, busy: Boolean(own.busy || best.busy), results });
}

/** The best of a peer's entries alone. */
async function measure(what, unit, entries) {
  return bestOf(
    await interleaved(what, unit, entries, given.rounds),
    entries.map(({ name }) => name),
  );
}

/**
 * One run of ours against the sum of a peer's runs, by name: a row with its better thread count, and one that leaves some of the peer's runs
 * out (ours trains all at once: its time stays whole). Runs that failed count nothing and are named.
 */
async function total(what, unit, ours, peer, cases, without) {
  const entries = Object.entries(cases).flatMap(([name, request]) =>
    peers.entries(name, request).map((entry) => ({ ...entry, run: name, setting: entry.name.slice(name.length) })),
  );
  const results = await interleaved(what, unit, [ours, ...entries], given.rounds);
  for (const left of [[], without]) {
    const used = entries.filter(({ name, run }) => !left.includes(run) && results[name].value !== undefined);
    const failed = Object.keys(cases).filter((run) => !left.includes(run) && !used.some((entry) => entry.run === run));
    const sums = new Map();
    for (const { name, setting } of used) sums.set(setting, (sums.get(setting) ?? 0) + results[name].value);
    const [setting, theirs] = [...sums].reduce((best, one) => (one[1] < best[1] ? one : best));
    add({
      what: [what, ...(left.length > 0 ? [`the peer without ${left.join(', ')}`] : []), ...failed.map((run) => `${run} failed`)].join('; '),
      unit,
      ours: results.ours.value,
      peer: `${peer}${setting}`,
      theirs,
      busy: [ours, ...used].some(({ name }) => results[name].busy),
      results,
    });
  }
}

/** A row of README's table. */
function row({ what, unit, ours, peer, theirs, busy }) {
  const number = (value) => (typeof value === 'number' ? `${Number(value.toPrecision(2)).toLocaleString('en-US')} ${unit}`.trim() : value);
  const ratio = typeof theirs === 'number' ? String(Number((ours / theirs).toPrecision(2))) : '';
  const cells = [
    `${what}${busy ? ' (never undisturbed)' : ''}`,
    number(ours),
    peer === undefined ? '' : `${peer}: ${number(theirs)}`,
    ratio,
  ];
  return `| ${cells.join(' | ')} |`;
}

console.log(
  `${cpus()[0].model}, ${cpus().length} cores, load ${loadavg()[0].toFixed(2)}; Node ${process.version}, Taskloom on ${backend} TensorFlow`,
);
if (!hasLibmtl()) console.log('LIBMTL_SOURCE is not set: LibMTL is left out.');
for (const part of given.only) await parts[part]({ compare, measure, total, add, peers });
peers.end();
console.log(`\n| | Taskloom | peer | ratio |\n| --- | --- | --- | --- |\n${lines.map(row).join('\n')}`);
if (given.json) writeFileSync(given.json, `${JSON.stringify(lines, null, 1)}\n`);
process.exit(0);
