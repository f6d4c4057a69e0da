/** Finds the Pythons on PATH. */
import { run } from './steps.mjs';

/** @typedef {{ python: string, version: [number, number], lab?: string, nbclient?: string, plotly?: string, pip: boolean }} PythonFacts */

const PROBE = `
import importlib.util, json, sys
from importlib import metadata
def version(name):
    try: return metadata.version(name)
    except Exception: return None
print(json.dumps({"python": sys.executable, "version": list(sys.version_info[:2]), "lab": version("jupyterlab"),
    "nbclient": version("nbclient"), "plotly": version("plotly"), "pip": importlib.util.find_spec("pip") is not None}))`;

/** @param {string} command @param {string[]} [first] @returns {Promise<PythonFacts | undefined>} undefined: no such Python, or older than 3.9. */
export async function probePython(command, first = []) {
  const { code, output } = await run(command, [...first, '-c', PROBE], { timeoutMs: 30_000 });
  if (code !== 0) return undefined;
  try {
    const facts = JSON.parse(output.trim().split('\n').at(-1) ?? '');
    const [major, minor] = facts.version;
    return major === 3 && minor >= 9 ? facts : undefined;
  } catch {
    return undefined;
  }
}

/** Every Python >= 3.9 that PATH offers, in the order of preference. @returns {Promise<PythonFacts[]>} */
export async function pythonsOnPath() {
  const names = process.platform === 'win32' ? [['python'], ['py', '-3'], ['python3']] : [['python3'], ['python']];
  const found = await Promise.all(names.map(([command, ...first]) => probePython(command ?? '', first)));
  const seen = new Set();
  return found.filter((facts) => facts !== undefined).filter((facts) => !seen.has(facts.python) && seen.add(facts.python));
}
