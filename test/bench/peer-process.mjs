/** Peers in processes of their own that stay, so that their turns alternate with ours without starting Python for each. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** The thread counts that each peer is measured at; the better one counts. */
export const THREADS = [...new Set([1, availableParallelism()])];

export const hasLibmtl = () => Boolean(process.env.LIBMTL_SOURCE);

/** A Python with the peers, in `.taskloom/bench`; undefined, with a line that says so, where it cannot be made. */
export function peerPython(root) {
  const folder = path.join(root, '.taskloom', 'bench');
  const python = path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const needed = ['torch', 'torchjd', 'sklearn', ...(hasLibmtl() ? ['scipy', 'cvxpy', 'ecos', 'qpsolvers', 'torch_geometric'] : [])];
  const works = () => existsSync(python) && spawnSync(python, ['-c', `import ${needed.join(', ')}`]).status === 0;
  if (works()) return python;
  console.log('Installing the peers (PyTorch, TorchJD, scikit-learn) into .taskloom/bench ...');
  mkdirSync(path.dirname(folder), { recursive: true });
  spawnSync('python3', ['-m', 'venv', folder], { stdio: 'inherit' });
  const packages = ['numpy', ...needed.map((name) => ({ qpsolvers: 'qpsolvers[quadprog]', sklearn: 'scikit-learn' })[name] ?? name)];
  spawnSync(python, ['-m', 'pip', 'install', '-q', ...packages], { stdio: 'inherit' });
  if (works()) return python;
  console.log('The peers could not be installed; only our own figures follow.');
  return undefined;
}

/** One Python process with a number of threads. */
class PeerProcess {
  #child;
  #waiting = [];
  #stderr = '';

  constructor(python, script, threads) {
    const limits = { OMP_NUM_THREADS: String(threads), MKL_NUM_THREADS: String(threads) };
    this.#child = spawn(python, ['-W', 'ignore', script, 'serve', String(threads)], { env: { ...process.env, ...limits } });
    this.#child.stderr.on('data', (text) => {
      this.#stderr = (this.#stderr + text).slice(-2000);
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#waiting.shift()?.resolve(JSON.parse(line)));
    this.#child.on('exit', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(`peers.py ended: ${this.#stderr.trim().split('\n').at(-1)}`));
    });
  }

  /** `{ value, cpu }` of a case; throws what the peer could not do. */
  async ask(request) {
    if (this.#child.exitCode !== null) throw new Error('peers.py has ended');
    const answer = await new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer;
  }

  end() {
    this.#child.stdin.end();
  }
}

/** The peers at every thread count. */
export class Peers {
  #python;
  #script;
  #processes = new Map();

  constructor(python, script) {
    this.#python = python;
    this.#script = script;
  }

  get available() {
    return this.#python !== undefined;
  }

  /** Entries for `interleaved`, one a thread count; none without peers. */
  entries(peer, request) {
    if (!this.available) return [];
    return THREADS.map((threads) => {
      const name = `${peer}, ${threads} thread${threads > 1 ? 's' : ''}`;
      return {
        name,
        prepare: () => this.#process(threads).ask({ ...request, prepare: true }),
        measure: () => this.#process(threads).ask(request),
      };
    });
  }

  #process(threads) {
    if (!this.#processes.has(threads)) this.#processes.set(threads, new PeerProcess(this.#python, this.#script, threads));
    return this.#processes.get(threads);
  }

  end() {
    for (const process of this.#processes.values()) process.end();
    this.#processes.clear();
  }
}
