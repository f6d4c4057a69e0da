/** `npm run check` and `npm test`: no function of `src` is above `LIMIT` lines, since one that is does several things. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';

export const LIMIT = 80;

/**
 * The functions of a file that are longer than the limit, nested ones and what is inside of them included.
 * @param {string} text @param {string} file
 * @returns {{ name: string, line: number, lines: number }[]}
 */
export function longFunctions(text, file, limit = LIMIT) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  /** @type {{ name: string, line: number, lines: number }[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const first = source.getLineAndCharacterOfPosition(node.getStart()).line;
      const lines = source.getLineAndCharacterOfPosition(node.end).line - first + 1;
      if (lines > limit) found.push({ name: nameOf(node), line: first + 1, lines });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A function's own name, or that of what it is assigned to. @param {ts.SignatureDeclaration} node */
function nameOf(node) {
  if (node.name) return node.name.getText();
  const { parent } = node;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name.getText() : 'a function';
}

/** What is wrong in the folder `src` of a checkout, a line each. @param {string} root */
export function lengthProblems(root) {
  const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.posix.join('src', ...file.split(path.sep)))
    .sort();
  return files.flatMap((file) =>
    longFunctions(readFileSync(path.join(root, file), 'utf8'), file).map(
      ({ line, name, lines }) => `${file}:${line}: ${name} has ${lines} lines, at most ${LIMIT}; take it apart by what its parts are`,
    ),
  );
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const problems = lengthProblems(fileURLToPath(new URL('../..', import.meta.url)));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
