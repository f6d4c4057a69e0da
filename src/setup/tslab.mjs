/**
 * Mends the notebook kernel where it is known to be wrong: tslab 1.0.22 leaves a shorthand property (`{ methods }`) that names a variable of an
 * earlier cell as it is, and the cell ends with "ReferenceError: methods is not defined". Another version stays as it is.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageVersion } from './npm-packages.mjs';
import { writeWhole } from './steps.mjs';

const VERSION = '1.0.22';

const BEFORE = `        function wrapPrevIdentifier(node) {
            var _a, _b;
`;

/** tslab writes earlier variables as properties of \`exports\`; a shorthand property needs its name written out for that. */
const MENDED = `${BEFORE}            if (ts.isShorthandPropertyAssignment(node)) {
                const symbol = checker.getShorthandAssignmentValueSymbol(ts.getOriginalNode(node));
                const declarations = (symbol && symbol.declarations) || [];
                if (!declarations.some((declaration) => declaration.getSourceFile() === declsFile))
                    return ts.visitEachChild(node, wrapPrevIdentifier, nullTransformationContext);
                const earlier = ts.factory.createPropertyAccessExpression(ts.factory.createIdentifier("exports"), node.name);
                const otherwise = node.objectAssignmentInitializer;
                return ts.factory.createPropertyAssignment(node.name.text, otherwise === undefined
                    ? earlier
                    : ts.factory.createAssignment(earlier, ts.visitNode(otherwise, wrapPrevIdentifier)));
            }
`;

/** @param {string} source of tslab's converter @returns {string} The mended source; the same where it is mended, or is not the code that is known. */
export function mendConverter(source) {
  return source.includes(MENDED) ? source : source.replace(BEFORE, () => MENDED);
}

/** @param {import('./steps.mjs').Project} project @returns {import('./steps.mjs').Step} */
export function notebookKernel(project) {
  const folder = path.join(project.modules, 'tslab');
  const converter = path.join(folder, 'dist', 'converter.js');
  const read = () => readFileSync(converter, 'utf8');
  return {
    name: 'notebook kernel',
    does: 'shorthand properties such as { methods } may name variables of earlier cells',
    ready: () => packageVersion(path.join(folder, 'package.json')) !== VERSION || mendConverter(read()) === read(),
    make: () => writeWhole(converter, mendConverter(read())),
  };
}
