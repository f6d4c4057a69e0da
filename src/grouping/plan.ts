import { checkInteger, checkNumber, withDefaults } from '../options/check';
import type { GroupScores } from './group-scores';
import { type SharingPlan, sharingPlan } from './sharing-plan';

/** How a plan is searched for. */
export type PlanSearch = 'exact' | 'beam';

/** Options of `planGroups`. */
export interface PlanOptions {
  /** Most networks the plan may train. @default one per task */
  readonly budget?: number;
  /** Gain, summed over tasks, that each network must bring to be worth its cost: a larger price makes fewer networks. @default 0 */
  readonly price?: number;
  /**
   * Whether a network may train tasks that are served by another (Standley et al. 2020), but none that is likely to harm what it serves.
   * @default false
   */
  readonly helpers?: boolean;
  /** @default 'exact' for up to 12 tasks, 'beam' beyond */
  readonly search?: PlanSearch;
  /** Partial plans kept at each step of the beam search. @default 32 */
  readonly beamWidth?: number;
}

/** A plan and what it is expected to gain. */
export interface GroupPlan {
  readonly plan: SharingPlan;
  /** Sum over tasks of the gain in the network that serves them, less price x networks. */
  readonly score: number;
  /** Expected gain of each task, in the order of the scores' tasks. */
  readonly gains: readonly number[];
  readonly search: PlanSearch;
}

/** Tasks served and trained by one network, as indices in rising order. */
interface Network {
  readonly serve: readonly number[];
  readonly train: readonly number[];
  readonly gain: number;
}

const exactLimit = 16;

/** Members of a bit set, rising. */
function members(mask: number): number[] {
  const out: number[] = [];
  for (let rest = mask; rest !== 0; rest &= rest - 1) out.push(31 - Math.clz32(rest & -rest));
  return out;
}

/** Per task, the set of those that are likely to harm it: no helpers. */
function harmfulTo({ tasks, harms }: GroupScores): number[] {
  return tasks.map((_, on) => tasks.reduce((set, __, from) => set | (from !== on && harms?.(from, on) ? 1 << from : 0), 0));
}

/**
 * The best plan, by dynamic programming over sets of tasks: a best partition of a set is the part that holds its first task and a best
 * partition of the rest. With helpers, the value of serving a set is the best over the networks that train at least that set.
 */
function exact(scores: GroupScores, budget: number, price: number, helpers: boolean): Network[] {
  const n = scores.tasks.length;
  const all = 2 ** n - 1;
  const value = new Float64Array(all + 1).fill(Number.NEGATIVE_INFINITY);
  const trained = new Int32Array(all + 1);
  const harmful = harmfulTo(scores);
  for (let train = 1; train <= all; train++) {
    const tasks = members(train);
    const gain = tasks.map((t) => scores.gain(t, tasks));
    const offer = (serve: number, total: number): void => {
      if (total > value[serve]!) {
        value[serve] = total;
        trained[serve] = train;
      }
    };
    if (!helpers)
      offer(
        train,
        gain.reduce((a, b) => a + b, 0),
      );
    else {
      const byTask = new Float64Array(n);
      tasks.forEach((t, i) => {
        byTask[t] = gain[i]!;
      });
      for (let serve = train; serve > 0; serve = (serve - 1) & train) {
        if (members(serve).some((t) => (harmful[t]! & train & ~serve) !== 0)) continue;
        let total = 0;
        for (let rest = serve; rest !== 0; rest &= rest - 1) total += byTask[31 - Math.clz32(rest & -rest)]!;
        offer(serve, total);
      }
    }
  }
  // best[k][set]: most that k networks can gain on the set; part[k][set]: the first network's served tasks.
  let best = new Float64Array(all + 1).fill(Number.NEGATIVE_INFINITY);
  best[0] = 0;
  const parts: Int32Array[] = [];
  let [winner, networks] = [Number.NEGATIVE_INFINITY, 0];
  for (let k = 1; k <= budget; k++) {
    const next = new Float64Array(all + 1).fill(Number.NEGATIVE_INFINITY);
    const part = new Int32Array(all + 1);
    for (let set = 1; set <= all; set++) {
      const first = set & -set;
      const rest = set ^ first;
      for (let sub = rest; ; sub = (sub - 1) & rest) {
        const total = value[sub | first]! + best[rest ^ sub]!;
        if (total > next[set]!) {
          next[set] = total;
          part[set] = sub | first;
        }
        if (sub === 0) break;
      }
    }
    parts.push(part);
    best = next;
    // A further network must gain more than rounding over its price.
    if (best[all]! - price * k > winner + 1e-12) [winner, networks] = [best[all]! - price * k, k];
  }
  const out: Network[] = [];
  for (let [set, k] = [all, networks]; k > 0; k--) {
    const serve = parts[k - 1]![set]!;
    out.push({ serve: members(serve), train: members(trained[serve]!), gain: value[serve]! });
    set ^= serve;
  }
  return out;
}

function insert(list: readonly number[], task: number): number[] {
  const at = list.findIndex((t) => t > task);
  return at < 0 ? [...list, task] : [...list.slice(0, at), task, ...list.slice(at)];
}

function closed(scores: GroupScores, serve: readonly number[], train: readonly number[] = serve): Network {
  return { serve, train, gain: serve.reduce((sum, t) => sum + scores.gain(t, train), 0) };
}

const total = (networks: readonly Network[], price: number): number => networks.reduce((sum, g) => sum + g.gain - price, 0);

/** Order of placing: tasks with the strongest best partner first, so that early choices are the clear ones. */
function placingOrder(scores: GroupScores): number[] {
  const n = scores.tasks.length;
  const strength = Array.from({ length: n }, (_, t) => {
    let most = Number.NEGATIVE_INFINITY;
    for (let other = 0; other < n; other++) {
      if (other === t) continue;
      const pair = t < other ? [t, other] : [other, t];
      most = Math.max(most, scores.gain(t, pair) + scores.gain(other, pair));
    }
    return most;
  });
  return strength.map((_, t) => t).sort((a, b) => strength[b]! - strength[a]! || a - b);
}

/** Places tasks one by one, each in a network or a new one, keeping the best partial plans. */
function beam(scores: GroupScores, budget: number, price: number, width: number): Network[] {
  let states: { networks: Network[]; score: number }[] = [{ networks: [], score: 0 }];
  for (const task of placingOrder(scores)) {
    const next: typeof states = [];
    for (const { networks, score } of states) {
      networks.forEach((g, at) => {
        const grown = closed(scores, insert(g.serve, task));
        next.push({ networks: networks.map((other, i) => (i === at ? grown : other)), score: score - g.gain + grown.gain });
      });
      if (networks.length < budget) {
        const own = closed(scores, [task]);
        next.push({ networks: [...networks, own], score: score + own.gain - price });
      }
    }
    states = next.sort((a, b) => b.score - a.score).slice(0, width);
  }
  return states[0]!.networks;
}

/** Moves single tasks, and joins networks, as long as that gains. */
function improve(start: readonly Network[], scores: GroupScores, budget: number, price: number): Network[] {
  let networks = [...start];
  const enough = 1e-12;
  for (let moved = true; moved; ) {
    moved = false;
    for (let t = 0; t < scores.tasks.length; t++) {
      const from = networks.findIndex((g) => g.serve.includes(t));
      const rest = networks[from]!.serve.filter((s) => s !== t);
      const left = rest.length === 0 ? undefined : closed(scores, rest);
      const freed = (left === undefined ? price : left.gain) - networks[from]!.gain;
      let [gain, to, grown]: [number, number, Network | undefined] = [enough, -1, undefined];
      networks.forEach((g, at) => {
        if (at === from) return;
        const candidate = closed(scores, insert(g.serve, t));
        if (freed + candidate.gain - g.gain > gain) [gain, to, grown] = [freed + candidate.gain - g.gain, at, candidate];
      });
      if (left !== undefined && networks.length < budget) {
        const own = closed(scores, [t]);
        if (freed + own.gain - price > gain) [gain, to, grown] = [freed + own.gain - price, networks.length, own];
      }
      if (grown === undefined) continue;
      moved = true;
      networks[to] = grown;
      if (left === undefined) networks.splice(from, 1);
      else networks[from] = left;
    }
    search: for (let a = 0; a < networks.length; a++) {
      for (let b = a + 1; b < networks.length; b++) {
        const joined = closed(
          scores,
          [...networks[a]!.serve, ...networks[b]!.serve].sort((x, y) => x - y),
        );
        if (joined.gain + price - networks[a]!.gain - networks[b]!.gain > enough) {
          networks = [...networks.filter((_, at) => at !== a && at !== b), joined];
          moved = true;
          break search;
        }
      }
    }
  }
  return networks;
}

/** Adds to each network, one at a time, the helper task that gains most, as long as one does. */
function addHelpers(networks: readonly Network[], scores: GroupScores): Network[] {
  return networks.map((start) => {
    let network = start;
    for (;;) {
      let best = network;
      for (let t = 0; t < scores.tasks.length; t++) {
        if (network.train.includes(t) || network.serve.some((on) => scores.harms?.(t, on))) continue;
        const candidate = closed(scores, network.serve, insert(network.train, t));
        if (candidate.gain > best.gain + 1e-12) best = candidate;
      }
      if (best === network) return network;
      network = best;
    }
  });
}

/**
 * The networks to train under a budget (task grouping of Standley et al. 2020, 1905.07553): the plan with the largest sum over tasks of
 * the estimated gain in the network that serves them; of equal plans the one with fewer networks. A task may be alone.
 * 'exact' is a dynamic program over sets of tasks rather than the authors' branch and bound: same answer, at most 3^tasks steps for
 * each network of the budget. 'beam' builds plans task by task, then moves tasks and joins networks while that gains; helper tasks are
 * added last, so with `helpers` it may miss plans that the exact search finds.
 * @throws RangeError on options out of range, on an exact search of more than 16 tasks, or when no plan within the budget has known gains
 */
export function planGroups(scores: GroupScores, options?: PlanOptions): GroupPlan {
  const who = 'planGroups';
  const n = scores.tasks.length;
  const { budget, price, helpers, search, beamWidth } = withDefaults<Required<PlanOptions>>(who, options, {
    budget: n,
    price: 0,
    helpers: false,
    search: n <= 12 ? 'exact' : 'beam',
    beamWidth: 32,
  });
  if (n === 0) throw new RangeError(`${who}: there are no tasks.`);
  checkInteger(who, 'budget', budget, 1);
  checkInteger(who, 'beamWidth', beamWidth, 1);
  checkNumber(who, 'price', price, 0);
  if (search !== 'exact' && search !== 'beam')
    throw new RangeError(`${who}: search must be 'exact' or 'beam', got ${JSON.stringify(search)}.`);
  if (search === 'exact' && n > exactLimit) {
    throw new RangeError(`${who}: an exact search of ${n} tasks would take too long (at most ${exactLimit}); use { search: 'beam' }.`);
  }
  const most = Math.min(budget, n);
  let networks: Network[];
  if (search === 'exact') networks = exact(scores, most, price, helpers);
  else {
    networks = improve(beam(scores, most, price, beamWidth), scores, most, price);
    if (helpers) networks = addHelpers(networks, scores);
  }
  const score = total(networks, price);
  if (networks.length === 0 || score === Number.NEGATIVE_INFINITY || Number.isNaN(score)) {
    throw new RangeError(`${who}: no plan of at most ${most} networks has known gains; raise the budget or measure more groups.`);
  }
  networks = networks.sort((a, b) => a.serve[0]! - b.serve[0]!);
  const gains = new Array<number>(n).fill(0);
  for (const g of networks) for (const t of g.serve) gains[t] = scores.gain(t, g.train);
  const names = (list: readonly number[]): string[] => list.map((t) => scores.tasks[t]!);
  return { plan: sharingPlan(networks.map((g) => ({ serve: names(g.serve), train: names(g.train) }))), score, gains, search };
}
