/**
 * Timing that a busy machine cannot bend unseen: what is compared takes turns, each turn is measured together with what other processes
 * took of the machine meanwhile, and a disturbed turn is repeated.
 */
import { readFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** Share of all cores that others may take during a turn; a system at rest takes a hundredth. */
const QUIET = 0.05;
/** How many disturbed turns of an entry are repeated, over all its rounds. */
const REPEATS = 3;
/** Seconds to wait before that, times the number of the repetition. */
const PAUSE = 2;

/** Core-seconds that were spent since the machine started: on anything, and by other guests of the host. */
function spent() {
  let busy = 0;
  for (const { times } of cpus()) busy += (times.user + times.nice + times.sys + times.irq) / 1000;
  let steal = 0;
  try {
    // The eighth number of Linux's first line, in hundredths of a second; other systems do not tell.
    steal = Number(readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/)[8]) / 100;
  } catch {}
  return { busy, steal };
}

const ownSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/**
 * A measurement with what disturbed it.
 * @param measure gives `{ value, cpu }`: what is compared, and the core-seconds of the processes that it ran in besides this one
 * @returns value, and as shares of all cores what others took (`others`) and what other guests of the host did (`steal`)
 */
async function watched(measure) {
  const [start, own, before] = [performance.now(), ownSeconds(), spent()];
  const { value, cpu = 0 } = await measure();
  const after = spent();
  const capacity = ((performance.now() - start) / 1000) * cpus().length;
  const others = Math.max(0, after.busy - before.busy - (ownSeconds() - own) - cpu) / capacity;
  return { value, others, steal: (after.steal - before.steal) / capacity };
}

const disturbed = ({ others, steal }) => others + steal > QUIET;
const percent = (share) => `${Math.round(100 * share)} %`;
const short = (value) => (typeof value === 'number' ? String(Number(value.toPrecision(3))) : String(value));

/** One turn, repeated up to so many times while others take a noticeable share of the machine: the quietest. */
async function quietTurn(measure, repeats) {
  let best;
  let repeated = 0;
  for (;;) {
    const turn = await watched(measure);
    if (!best || turn.others + turn.steal < best.others + best.steal) best = turn;
    if (!disturbed(best) || repeated === repeats) return { ...best, repeated };
    repeated++;
    await new Promise((resolve) => setTimeout(resolve, 1000 * PAUSE * repeated));
  }
}

/**
 * Measures in rounds: in each, every entry once, in turn. Prints a line a round.
 * @param entries `{ name, prepare, measure }`; see `watched` for `measure`; `prepare` builds and warms up, outside the first turn. One that
 *   throws is left out from then on.
 * @returns per name the least value of the undisturbed turns (of all, with `busy` set, where there is none), or `error`
 */
export async function interleaved(what, unit, entries, rounds) {
  const turns = new Map(entries.map(({ name }) => [name, []]));
  const errors = new Map();
  console.log(`${what} (${unit})`);
  for (let round = 1; round <= rounds; round++) {
    const line = [];
    let repeated = 0;
    for (const { name, prepare, measure } of entries) {
      if (errors.has(name)) continue;
      try {
        if (round === 1) await prepare?.();
        const used = turns.get(name).reduce((sum, turn) => sum + turn.repeated, 0);
        const turn = await quietTurn(measure, REPEATS - used);
        turns.get(name).push(turn);
        repeated += turn.repeated;
        line.push(`${name} ${short(turn.value)}${disturbed(turn) ? ' (disturbed)' : ''}`);
      } catch (problem) {
        errors.set(name, problem.message);
        line.push(`${name}: ${problem.message}`);
      }
    }
    const last = [...turns.values()].map((all) => all.at(-1)).filter(Boolean);
    const [others, steal] = ['others', 'steal'].map((key) => percent(Math.max(0, ...last.map((turn) => turn[key]))));
    const again = repeated ? `; ${repeated} disturbed turn${repeated > 1 ? 's' : ''} repeated` : '';
    console.log(`  round ${round}: ${line.join(', ')}; load ${loadavg()[0].toFixed(2)}, others ${others}, steal ${steal}${again}`);
  }
  return Object.fromEntries(
    entries.map(({ name }) => {
      if (errors.has(name)) return [name, { error: errors.get(name) }];
      const quiet = turns.get(name).filter((turn) => !disturbed(turn));
      const used = quiet.length > 0 ? quiet : turns.get(name);
      return [name, { value: Math.min(...used.map(({ value }) => value)), busy: quiet.length === 0 }];
    }),
  );
}
