// Packages take time, chance and configuration from their caller: the globals for them are read only in their ports.
import ts from "typescript";
import { lineOf, walk } from "./source-file.mjs";

/** @typedef {import("./source-file.mjs").SourceFile} SourceFile */
/** @typedef {import("./source-file.mjs").Problem} Problem */

const PORT_IMPLEMENTATION = /\/(clock|random|ids)\.ts$|\/(simulator|testing|http)\//;
const TIMERS = new Set(["setTimeout", "setInterval", "setImmediate"]);
const MEMBERS = new Set([
  "Date.now",
  "performance.now",
  "Math.random",
  ...[...TIMERS].map((name) => `globalThis.${name}`),
]);

/** @param {SourceFile} file @returns {Problem[]} */
export function ambientProblems({ path, home, isTest, tree }) {
  if (isTest || !home.startsWith("packages/")) return [];
  /** @type {Problem[]} */
  const problems = [];
  walk(tree, (node) => {
    const name = ambientRead(node);
    if (!name || (name !== "process.env" && PORT_IMPLEMENTATION.test(path))) return;
    const advice = name === "process.env" ? "take it as an option" : "take it from the Clock or Random port";
    problems.push({ path, line: lineOf(tree, node), message: `${name} in a package; ${advice}` });
  });
  return problems;
}

/** @param {ts.Node} node @returns {string | undefined} */
function ambientRead(node) {
  if (ts.isPropertyAccessExpression(node)) {
    const name = node.getText().replace(/\s/g, "");
    if (name === "process.env" || MEMBERS.has(name)) return name;
  }
  if (ts.isNewExpression(node) && node.expression.getText() === "Date" && !node.arguments?.length) return "new Date()";
  if (ts.isCallExpression(node) && node.expression.getText() === "Date") return "Date()";
  if (ts.isIdentifier(node) && TIMERS.has(node.text) && isGlobalUse(node)) return node.text;
  return undefined;
}

/** A timer's name that is called or passed on, not a member (`socket.setTimeout`) or a key of some object. @param {ts.Identifier} node */
function isGlobalUse({ parent, text }) {
  if (ts.isPropertyAccessExpression(parent) && parent.name.text === text) return false;
  return !(ts.isPropertyAssignment(parent) && parent.name.getText() === text) && !ts.isTypeElement(parent);
}
