// The programs that READMEs show, in the forms in which a host may have them.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../workspace.mjs";
import { publicPackages } from "./pack.mjs";

/**
 * @typedef {object} ReadmeProgram
 * @property {string} page README that shows it
 * @property {string} name its file without folder and ending, behind the folder of its package
 * @property {string} code TypeScript, an ES module
 * @property {string | undefined} output what the README says that it prints; without it the program goes on, or needs more than itself
 */

/** @returns {ReadmeProgram[]} whole programs of the READMEs of the project and of the published packages */
export function readmePrograms() {
  const pages = ["README.md", ...publicPackages().map(({ folder }) => `${folder}/README.md`)];
  return pages.flatMap((page) => {
    const text = existsSync(join(root, page)) ? readFileSync(join(root, page), "utf8") : "";
    return Array.from(
      text.matchAll(/<!-- example: (\S+) -->\n```ts\n([\s\S]*?)^```$/gm),
      ([, path = "", code = ""]) => {
        const [, rest] = text.split(`<!-- output: ${path} -->\n`);
        const output = rest && /^\n*```\w*\n([\s\S]*?)^```$/m.exec(rest)?.[1];
        const home = page === "README.md" ? "" : `${page.split("/").at(-2)}-`;
        return { page, name: home + path.replace(/^.*\/|\.ts$/g, ""), code, output };
      },
    ).filter(({ code }) => !/ from "\./.test(code));
  });
}

/** JavaScript as an ES module. @param {string} code */
export function asModule(code) {
  const { ESNext } = ts.ModuleKind;
  return ts.transpileModule(code, { compilerOptions: { module: ESNext, target: ts.ScriptTarget.ES2022 } }).outputText;
}

/** JavaScript that takes packages by `require`. @param {string} code */
export function asScript(code) {
  const imports = /^import (?:\* as )?(.+?) from (".+?");$/gm;
  const module = asModule(code);
  const required = Array.from(
    module.matchAll(imports),
    ([, names = "", from]) => `const ${names.replaceAll(" as ", ": ")} = require(${from});`,
  );
  return `${required.join("\n")}\n(async () => {\n${module.replace(imports, "").replace(/^export \{\};$/m, "")}\n})();\n`;
}

/** Packages of others that a program imports. @param {string} code @returns {string[]} */
export function foreignImports(code) {
  const names = Array.from(code.matchAll(/ from "([^".][^"]*)"/g), ([, name = ""]) => name);
  return names
    .filter((name) => !/^(node:|@recallkit\/|recallkit($|\/))/.test(name))
    .map((name) =>
      name
        .split("/")
        .slice(0, name.startsWith("@") ? 2 : 1)
        .join("/"),
    );
}
