// Reads a source file once: its imports, and where it stands in the workspace.
import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";

/**
 * @typedef {object} Import
 * @property {string} specifier as written
 * @property {string} [path] relative specifiers only: the file meant, relative to the root
 * @property {number} line
 * @property {boolean} isTypeOnly
 * @property {boolean} isByName takes single names: `import { x } from "y"`
 */

/**
 * @typedef {object} SourceFile
 * @property {string} path relative to the root
 * @property {string} home folder of its package, as `packages/core`
 * @property {boolean} isTest a test, its fixtures, or code below a `testing` folder
 * @property {number} lineCount
 * @property {ts.SourceFile} tree
 * @property {Import[]} imports
 */

/** @typedef {{ path: string, line: number, message: string }} Problem */

/**
 * @param {string} root absolute
 * @param {string} path relative to the root, with `/`
 * @returns {SourceFile}
 */
export function readSourceFile(root, path) {
  const text = readFileSync(join(root, path), "utf8");
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return {
    path,
    home: path.split("/", 2).join("/"),
    isTest: /\.test(-d)?\.ts$|\/__fixtures__\/|\/testing\//.test(path),
    lineCount: text.split("\n").length - (text.endsWith("\n") ? 1 : 0),
    tree,
    imports: importsOf(tree),
  };
}

/** @param {ts.SourceFile} tree @param {ts.Node} node */
export function lineOf(tree, node) {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** Calls `visit` on every node of the tree. @param {ts.Node} node @param {(node: ts.Node) => void} visit */
export function walk(node, visit) {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

/** @param {ts.SourceFile} tree */
function importsOf(tree) {
  /** @type {Import[]} */
  const imports = [];
  walk(tree, (node) => {
    const found = importedBy(node);
    if (!found) return;
    const { specifier, isTypeOnly, isByName } = found;
    const path = specifier.startsWith(".") ? sourcePath(tree.fileName, specifier) : undefined;
    imports.push({ specifier, isTypeOnly, isByName, line: lineOf(tree, node), ...(path && { path }) });
  });
  return imports;
}

/**
 * @param {ts.Node} node
 * @returns {{ specifier: string, isTypeOnly: boolean, isByName: boolean } | undefined}
 */
function importedBy(node) {
  if (ts.isImportDeclaration(node)) {
    const { phaseModifier, namedBindings } = node.importClause ?? {};
    const isByName = namedBindings !== undefined && ts.isNamedImports(namedBindings);
    return named(node.moduleSpecifier, phaseModifier === ts.SyntaxKind.TypeKeyword, isByName);
  }
  if (ts.isExportDeclaration(node)) return named(node.moduleSpecifier, node.isTypeOnly);
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return named(node.argument.literal, true);
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return named(node.arguments[0], false);
  return undefined;
}

/** @param {ts.Node | undefined} specifier @param {boolean} isTypeOnly @param {boolean} [isByName] */
function named(specifier, isTypeOnly, isByName = false) {
  return specifier && ts.isStringLiteralLike(specifier)
    ? { specifier: specifier.text, isTypeOnly, isByName }
    : undefined;
}

/** @param {string} importer @param {string} specifier */
function sourcePath(importer, specifier) {
  return posix.join(posix.dirname(importer), specifier).replace(/\.js$/, ".ts");
}
