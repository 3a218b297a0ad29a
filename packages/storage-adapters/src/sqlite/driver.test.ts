import { ConfigError } from "@recallkit/core";
import { describe, expect, test } from "vitest";
import { type LoadModule, loadSqliteDriver } from "./driver.js";
import { drivers } from "./test-support.js";

class StatementSync {
  columns() {
    return [];
  }
}
const wholeNode = { DatabaseSync: class {}, StatementSync };
const oldNode = { DatabaseSync: class {}, StatementSync: class {} };
const libsql = class {};

function loader(modules: { node?: unknown; libsql?: unknown }): LoadModule {
  return (name) => (name === "node:sqlite" ? modules.node : modules.libsql);
}

describe("choosing a driver", () => {
  test("auto prefers node:sqlite where it is whole", () => {
    expect(loadSqliteDriver("auto", loader({ node: wholeNode, libsql })).name).toBe("node");
  });

  test("auto takes libsql where node:sqlite lacks columns() or is absent", () => {
    expect(loadSqliteDriver("auto", loader({ node: oldNode, libsql })).name).toBe("libsql");
    expect(loadSqliteDriver(undefined, loader({ libsql })).name).toBe("libsql");
  });

  test("the one asked for is taken", () => {
    expect(loadSqliteDriver("libsql", loader({ node: wholeNode, libsql })).name).toBe("libsql");
    expect(loadSqliteDriver("node", loader({ node: wholeNode, libsql })).name).toBe("node");
  });

  test("a missing libsql names the install line", () => {
    const error = failure(() => loadSqliteDriver("auto", loader({ node: oldNode })));
    expect(error).toMatchObject({ code: "config.missing", option: "driver", hint: "npm install libsql" });
  });

  test("a missing node:sqlite is not replaced silently", () => {
    const error = failure(() => loadSqliteDriver("node", loader({ node: oldNode, libsql })));
    expect(error).toMatchObject({ code: "config.missing", option: "driver" });
    expect(error.hint).toContain("22.16");
  });
});

test("this runtime has a driver, node:sqlite among them from Node 22.16 on", () => {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const names = drivers.map(({ name }) => name);
  expect(names).not.toEqual([]);
  expect(names.includes("node")).toBe(major > 22 || (major === 22 && minor >= 16));
});

function failure(run: () => unknown): ConfigError {
  try {
    run();
  } catch (error) {
    if (ConfigError.is(error)) return error;
  }
  throw new Error("no ConfigError was thrown");
}
