/**
 * `npm run test:rounding`: the unit tests once under each way in which a processor may round, to show that no bound of the suite was taken
 * from one of them. Prints what each setting really is here, and which ones could not be tried.
 */
import { readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { CHECK } from './native-tensorflow.mjs';
import { main, readOptions } from './options.mjs';
import { setUp } from './setup.mjs';
import { projectAt, readJson, run, SetupError, say, stopChildrenOnSignal } from './steps.mjs';
import { countVitest } from './test-counts.mjs';

/** @typedef {import('./steps.mjs').Project} Project */
/** @typedef {{ name: string, does: string, env: Record<string, string>, oneCore?: true }} Setting */
/** @typedef {{ setting: Setting, real: string }} Tried A setting that runs, and what it really is on this processor. */
/** @typedef {{ setting: Setting, reason: string }} Left A setting that cannot be tried here. */

/** @param {string} most */
const instructions = (most) => ({ does: `oneDNN with instructions up to ${most}`, env: { ONEDNN_MAX_CPU_ISA: most } });
/** @param {number} count */
const threads = (count) => ({ does: `${count} thread${count === 1 ? '' : 's'} an op`, env: { TF_NUM_INTRAOP_THREADS: String(count) } });

/** @type {Setting[]} */
export const SETTINGS = [
  { name: 'sse41', ...instructions('SSE41') },
  { name: 'avx2', ...instructions('AVX2') },
  { name: 'avx512', ...instructions('AVX512_CORE') },
  { name: 'no-onednn', does: "TensorFlow's own products", env: { TF_ENABLE_ONEDNN_OPTS: '0' } },
  { name: 'one-thread', ...threads(1) },
  { name: 'two-threads', ...threads(2) },
  { name: 'one-core', does: 'pinned to one core', env: {}, oneCore: true },
  { name: 'portable', does: 'the WebAssembly backend', env: { TASKLOOM_BACKEND: 'portable' } },
];

/** The flags in /proc/cpuinfo that an instruction set needs, as oneDNN asks for them. @type {Record<string, string[]>} */
const FLAGS = {
  SSE41: ['sse4_1'],
  AVX2: ['avx2', 'fma'],
  AVX512_CORE: ['avx512f', 'avx512bw', 'avx512vl', 'avx512dq'],
};

/** @param {string | undefined} cpuinfo text of /proc/cpuinfo @returns {Set<string> | undefined} undefined: it has no flags of this kind. */
export function cpuFlags(cpuinfo) {
  const line = /^flags\s*:(.*)$/m.exec(cpuinfo ?? '')?.[1];
  return line === undefined ? undefined : new Set(line.trim().split(/\s+/));
}

/** @param {string} output of a program under ONEDNN_VERBOSE=1 @returns {string | undefined} The instructions oneDNN uses. */
export function instructionsUsed(output) {
  return /^onednn_verbose,info,cpu,isa:(.*)$/m.exec(output)?.[1]?.trim();
}

/**
 * What each setting is on this processor. An instruction set that it lacks is the highest one that it has, which has a setting of its own;
 * where the flags are unknown, two settings for which oneDNN names the same instructions are one.
 * @param {readonly Setting[]} settings
 * @param {{ flags: Set<string> | undefined, used: (setting: Setting) => string | undefined, native: boolean, core: number | undefined }} machine
 *   used: what oneDNN says under a setting; native: whether native TensorFlow works; core: one that this process may be pinned to
 * @returns {{ tried: Tried[], left: Left[] }}
 */
export function settingsHere(settings, { flags, used, native, core }) {
  /** @type {Tried[]} */
  const tried = [];
  /** @type {Left[]} */
  const left = [];
  /** @type {Map<string, string>} */
  const seen = new Map();
  for (const setting of settings) {
    const most = setting.env.ONEDNN_MAX_CPU_ISA;
    const lacks = (most && flags && FLAGS[most]?.filter((flag) => !flags.has(flag))) || [];
    const real = used(setting);
    /** @param {string} reason */
    const leave = (reason) => left.push({ setting, reason });
    if (setting.env.TASKLOOM_BACKEND === 'portable') tried.push({ setting, real: 'WebAssembly' });
    else if (!native) leave('native TensorFlow does not work here; see npm run setup');
    else if (setting.oneCore && core === undefined) leave('there is no taskset');
    else if (lacks.length > 0) leave(`this processor lacks ${lacks.join(', ')}: it would be the highest setting that it has`);
    else if (most && real === undefined) leave('oneDNN does not say which instructions it uses');
    else if (most && seen.has(String(real))) leave(`oneDNN uses ${real} as under ${seen.get(String(real))}`);
    else {
      if (most) seen.set(String(real), setting.name);
      tried.push({ setting, real: real ?? 'instructions unknown' });
    }
  }
  return { tried, left };
}

/** @param {string} file */
function textOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** The first core this process may run on, where it can be pinned to one. */
async function oneCore() {
  const { code } = await run('taskset', ['-V']);
  const first = /^Cpus_allowed_list:\s*(\d+)/m.exec(textOf('/proc/self/status') ?? '')?.[1];
  return code === 0 && first !== undefined ? Number(first) : undefined;
}

/** @param {Project} project @param {readonly Setting[]} settings */
async function thisMachine(project, settings) {
  /** @type {Map<Setting, string | undefined>} */
  const reports = new Map();
  let native = false;
  // oneDNN says on its first product which instructions it uses.
  for (const setting of settings) {
    if (setting.env.TASKLOOM_BACKEND === 'portable') continue;
    const env = { TF_CPP_MIN_LOG_LEVEL: '3', TF_ENABLE_ONEDNN_OPTS: '1', ...setting.env, ONEDNN_VERBOSE: '1' };
    const { code, output } = await run(process.execPath, ['-e', CHECK], { cwd: project.root, env });
    native ||= code === 0;
    reports.set(setting, instructionsUsed(output));
  }
  return {
    flags: cpuFlags(textOf('/proc/cpuinfo')),
    used: (/** @type {Setting} */ setting) => reports.get(setting),
    native,
    core: await oneCore(),
  };
}

/**
 * @param {Project} project @param {Setting} setting @param {readonly string[]} files @param {number | undefined} core
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
async function underSetting(project, setting, files, core) {
  const report = path.join(project.state, 'vitest-rounding.json');
  rmSync(report, { force: true });
  const vitest = path.join(project.modules, 'vitest', 'vitest.mjs');
  // A slow setting is no failure.
  const options = ['--testTimeout=900000', '--hookTimeout=900000', '--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const command = [process.execPath, vitest, 'run', ...files, ...options];
  const [program, ...args] = setting.oneCore ? ['taskset', '-c', String(core), ...command] : command;
  const { code } = await run(String(program), args, {
    cwd: project.root,
    env: { TF_CPP_MIN_LOG_LEVEL: '2', ...setting.env },
    echo: true,
  });
  const found = readJson(report);
  return { ...countVitest(found, code), skipped: found?.numPendingTests ?? 0 };
}

/** @param {readonly string[]} names @returns {Setting[]} */
function chosen(names) {
  const unknown = names.find((name) => SETTINGS.every((setting) => setting.name !== name));
  if (unknown !== undefined)
    throw new SetupError(`--only is "${unknown}", which is not a setting.`, `use one of ${SETTINGS.map(({ name }) => name).join(', ')}.`);
  return names.length === 0 ? SETTINGS : SETTINGS.filter(({ name }) => names.includes(name));
}

await main(import.meta.url, async () => {
  const { only = [], file = [] } = readOptions(
    process.argv.slice(2),
    { only: { type: 'string', multiple: true }, file: { type: 'string', multiple: true } },
    'npm run test:rounding [-- --only SETTING ... --file TEST-FILE-OR-FOLDER ...]',
  );
  const settings = chosen(only);
  stopChildrenOnSignal();
  const project = projectAt();
  await setUp(project, { notebooks: false });
  const machine = await thisMachine(project, settings);
  const { tried, left } = settingsHere(settings, machine);
  say(`processor: ${cpus()[0]?.model ?? 'unknown'}`);
  for (const { setting, real } of tried) say(`  ${setting.name}: ${setting.does} (${real})`);
  for (const { setting, reason } of left) say(`  ${setting.name}: cannot be tried: ${reason}`);
  /** @type {string[]} */
  const lines = [];
  let failures = 0;
  for (const { setting, real } of tried) {
    say(`\n== ${setting.name}: ${setting.does}`);
    const started = Date.now();
    const { passed, failed, skipped } = await underSetting(project, setting, file, machine.core);
    failures += failed;
    const seconds = ((Date.now() - started) / 1000).toFixed(0);
    lines.push(
      `${failed === 0 ? 'green' : 'RED  '}  ${setting.name}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${seconds} s (${real})`,
    );
  }
  say('');
  for (const line of lines) say(line);
  for (const { setting, reason } of left) say(`not tried  ${setting.name}: ${reason}`);
  return failures > 0 || tried.length === 0 ? 1 : 0;
});
