import { createRequire } from "node:module";
import { ConfigError } from "@recallkit/core";
import type { SqliteDriver } from "./handle.js";
import { libsqlDriver } from "./libsql-driver.js";
import { nodeDriver } from "./node-driver.js";

/** Which client library opens the file; `auto` is `node` where the runtime has it whole, else `libsql`. */
export type SqliteDriverChoice = "auto" | "node" | "libsql";

/** Loads a module by name; `undefined` when there is none. */
export type LoadModule = (name: "node:sqlite" | "libsql") => unknown;

/**
 * Finds the client library.
 *
 * @throws {ConfigError} `config.missing` when the one asked for cannot be had, with the install line as hint
 */
export function loadSqliteDriver(choice: SqliteDriverChoice = "auto", load: LoadModule = loadModule): SqliteDriver {
  const driver =
    (choice === "libsql" ? undefined : nodeDriver(load("node:sqlite"))) ??
    (choice === "node" ? undefined : libsqlDriver(load("libsql")));
  if (driver) return driver;
  if (choice === "node") {
    throw new ConfigError("config.missing", "driver", "this runtime has no complete node:sqlite", {
      hint: 'use Node 22.16 or newer, or driver: "libsql" after `npm install libsql`',
    });
  }
  throw new ConfigError("config.missing", "driver", "SQLite needs the package libsql on this runtime", {
    hint: "npm install libsql",
  });
}

// A bundle in CommonJS form has no address in `import.meta`; `node -e` has a `__filename` that is none, for modules too.
const require = createRequire((import.meta.url as string | undefined) ?? __filename);

/** Where the package libsql lies, for a thread that has no place to look from. */
export function libsqlPath(): string {
  return require.resolve("libsql");
}

function loadModule(name: "node:sqlite" | "libsql"): unknown {
  if (name === "node:sqlite") return process.getBuiltinModule(name);
  try {
    return require(name);
  } catch (error) {
    // A package that is there but whose native part is not for this platform fails in the same way.
    if (error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
