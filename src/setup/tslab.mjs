/**
 * Mends the notebook kernel where it is known to be wrong: tslab 1.0.22 leaves a shorthand property (`{ methods }`) that names a variable of an
 * earlier cell as it is, and the cell ends with "ReferenceError: methods is not defined"; and Shift-Tab between the parentheses of a call shows
 * nothing. Another version stays as it is.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageVersion } from './npm-packages.mjs';
import { writeWhole } from './steps.mjs';

const VERSION = '1.0.22';

const SHORTHAND = `        function wrapPrevIdentifier(node) {
            var _a, _b;
`;

/** tslab writes earlier variables as properties of \`exports\`; a shorthand property needs its name written out for that. */
const SHORTHAND_MENDED = `${SHORTHAND}            if (ts.isShorthandPropertyAssignment(node)) {
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

const INSPECT = `        const info = ts.getQuickInfoAtPosition(srcFile, builder.getProgram().getTypeChecker(), cancellationToken, position + srcPrefix.length);
`;

/** Where nothing stands, the function is shown whose call it is. */
const INSPECT_MENDED = `        const checker = builder.getProgram().getTypeChecker();
        const infoAt = (at) => {
            const found = ts.getQuickInfoAtPosition(srcFile, checker, cancellationToken, at);
            if (!found || (found.documentation && found.documentation.length > 0)) return found;
            // A constant that is called has the comment of the constant, not that of its type's call.
            let symbol = checker.getSymbolAtLocation(ts.getTouchingPropertyName(srcFile, at));
            if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
            return symbol ? { ...found, documentation: symbol.getDocumentationComment(checker), tags: symbol.getJsDocTags(checker) } : found;
        };
        let info = infoAt(position + srcPrefix.length);
        if (!info) {
            let call = ts.findPrecedingToken(position + srcPrefix.length, srcFile);
            while (call && !ts.isCallExpression(call)) call = call.parent;
            const callee = call && (ts.isPropertyAccessExpression(call.expression) ? call.expression.name : call.expression);
            if (callee) info = infoAt(callee.getStart(srcFile));
        }
`;

/** @param {string} source of tslab's converter @returns {string} The mended source; the same where it is mended, or is not the code that is known. */
export function mendConverter(source) {
  const shorthand = source.includes(SHORTHAND_MENDED) ? source : source.replace(SHORTHAND, () => SHORTHAND_MENDED);
  return shorthand.replace(INSPECT, () => INSPECT_MENDED);
}

/** @param {import('./steps.mjs').Project} project @returns {import('./steps.mjs').Step} */
export function notebookKernel(project) {
  const folder = path.join(project.modules, 'tslab');
  const converter = path.join(folder, 'dist', 'converter.js');
  const read = () => readFileSync(converter, 'utf8');
  return {
    name: 'notebook kernel',
    does: 'shorthand properties may name variables of earlier cells, Shift-Tab inside a call shows what is called',
    ready: () => packageVersion(path.join(folder, 'package.json')) !== VERSION || mendConverter(read()) === read(),
    make: () => writeWhole(converter, mendConverter(read())),
  };
}
