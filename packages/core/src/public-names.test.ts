import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, test } from "vitest";

const ENTRIES = [
  "index.ts",
  "audience-index/index.ts",
  "ports/index.ts",
  "http/index.ts",
  "script/index.ts",
  "script/simulator/index.ts",
];
/** What an editor lists after `import { } from "@recallkit/core"` stays a list that can be read. */
const MOST_NAMES_OF_ROOT = 150;

let namesOf: (entry: string) => readonly ts.Symbol[];
let checker: ts.TypeChecker;

beforeAll(() => {
  const paths = ENTRIES.map((entry) => fileURLToPath(new URL(entry, import.meta.url)));
  const program = ts.createProgram(paths, {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  });
  checker = program.getTypeChecker();
  namesOf = (entry) => {
    const source = program.getSourceFile(paths[ENTRIES.indexOf(entry)] ?? "");
    const module = source && checker.getSymbolAtLocation(source);
    return module ? checker.getExportsOfModule(module) : [];
  };
});

/** Fields and methods of an exported interface that no comment explains, as `Rule.status`. */
function undocumented(symbol: ts.Symbol): string[] {
  const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return (target.declarations ?? [])
    .filter(ts.isInterfaceDeclaration)
    .flatMap(({ members }) => [...members])
    .filter((member) => ts.getJSDocCommentsAndTags(member).length === 0)
    .map((member) => `${symbol.name}.${member.name?.getText() ?? "()"}`);
}

describe("the public names of core", () => {
  test(`are at most ${MOST_NAMES_OF_ROOT} in the root`, () => {
    const names = namesOf("index.ts").map(({ name }) => name);
    expect(names).toContain("createRecallKit");
    expect(names.length).toBeLessThanOrEqual(MOST_NAMES_OF_ROOT);
  });

  test("stand in the root or among the ports, never in both", () => {
    const root = new Set(namesOf("index.ts").map(({ name }) => name));
    const ports = namesOf("ports/index.ts").map(({ name }) => name);
    expect(ports).toContain("Stores");
    expect(ports.filter((name) => root.has(name))).toEqual([]);
  });

  test("have a comment on every field and method of their interfaces", () => {
    expect(ENTRIES.flatMap((entry) => namesOf(entry).flatMap(undocumented))).toEqual([]);
  });
});
