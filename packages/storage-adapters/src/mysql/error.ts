import { RecallKitError, StorageError } from "@recallkit/core";
import { recallkitMigrations } from "../schema/recallkit-migrations.js";
import { ConstraintError, type ConstraintKind } from "../sql/constraint-error.js";

// Numbers: https://mariadb.com/kb/en/mariadb-error-codes/ and https://dev.mysql.com/doc/mysql-errors/8.0/en/
const CONSTRAINTS: Readonly<Record<number, ConstraintKind>> = {
  1048: "not-null",
  1050: "exists",
  1060: "exists",
  1061: "exists",
  1062: "unique",
  1216: "foreign-key",
  1217: "foreign-key",
  1364: "not-null",
  1451: "foreign-key",
  1452: "foreign-key",
  3819: "check",
  4025: "check",
};
/** Another transaction was in the way: lock wait over, deadlock, a row changed since it was read, the next number of a table not to be had. */
const CONFLICTS = new Set([1205, 1213, 1020, 1467, 3572]);
const UNAVAILABLE: Readonly<Record<number, { readonly hint: string; readonly retryable: boolean }>> = {
  1021: { hint: "the disk of the database server is full", retryable: true },
  1040: { hint: "too many connections; lower the pool's size or raise max_connections", retryable: true },
  1044: { hint: "give the user its rights on the database", retryable: false },
  1045: { hint: "check user and password in the URL", retryable: false },
  1049: { hint: "create the database first", retryable: false },
  1053: { hint: "the database server is stopping", retryable: true },
  1114: { hint: "the disk of the database server is full", retryable: true },
  1142: { hint: "give the user its rights on the tables", retryable: false },
  1153: { hint: "raise max_allowed_packet of the database server to 16M or more", retryable: false },
  1203: { hint: "too many connections of this user; lower the pool's size", retryable: true },
  1290: { hint: "the database is read-only", retryable: false },
  1698: { hint: "check user and password in the URL", retryable: false },
  1792: { hint: "the database is read-only", retryable: false },
  1836: { hint: "the database is read-only", retryable: false },
  1927: { hint: "the database server has closed the connection", retryable: true },
};
const AWAY =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EPIPE|ETIMEDOUT|EHOSTUNREACH|EAI_AGAIN|PROTOCOL_|ER_CONNECTION_KILLED|ER_SERVER_SHUTDOWN)/;

const TLS_REFUSED = /^HANDSHAKE_(NO_SSL_SUPPORT|SSL_ERROR)$/;

/** What the driver says, without a code, of a connection that it knows to be closed. */
const CLOSED = /connection is in closed state|connection lost|pool is closed/i;

/**
 * Translates an error of the driver; errors of RecallKit pass unchanged.
 *
 * @param isOwn whether a table is one of RecallKit's migration sets. @default none is
 */
export function toStorageError(error: unknown, isOwn: (table: string) => boolean = () => false): RecallKitError {
  if (RecallKitError.is(error)) return error;
  const message = error instanceof Error ? error.message : "the database failed";
  const number = fieldOf(error, "errno");
  const code = fieldOf(error, "code");
  const errno = typeof number === "number" ? number : 0;
  const constraint = CONSTRAINTS[errno];
  // The server's message quotes the value.
  if (constraint === "unique") {
    const key = brokenKeyIn(message);
    return new ConstraintError(constraint, `the unique key ${key} is taken`, error, columnsOf(key));
  }
  if (constraint) return new ConstraintError(constraint, message, error, []);
  if (CONFLICTS.has(errno)) {
    return new StorageError("storage.busy", "another transaction was in the way", { retryable: true, cause: error });
  }
  const away = UNAVAILABLE[errno];
  if (away) return new StorageError("storage.unavailable", message, { ...away, cause: error });
  // What it says of a certificate, or of a server that has none, is the reason.
  if (typeof code === "string" && TLS_REFUSED.test(code)) {
    const hint = "check the certificate of the database server, and what the URL asks of it";
    return new StorageError("storage.unavailable", message, { hint, retryable: false, cause: error });
  }
  const isAway = (typeof code === "string" && AWAY.test(code)) || fieldOf(error, "fatal") === true;
  if (isAway || CLOSED.test(message)) {
    const hint = "check that the database server runs and can be reached";
    return new StorageError("storage.unavailable", "the database server is away", {
      hint,
      retryable: true,
      cause: error,
    });
  }
  if (errno === 1146 && isOwn(/'(?:[^']*\.)?([^'.]+)'/.exec(message)?.[1] ?? "")) {
    const hint = "a table of RecallKit is missing; restore it from a backup";
    return new StorageError("storage.failed", message, { hint, cause: error });
  }
  return new StorageError("storage.failed", message, { cause: error });
}

// "Duplicate entry '1-x' for key 'rk_rules_name'", on MySQL 8 'rk_rules.rk_rules_name'.
function brokenKeyIn(message: string): string {
  return /for key '(?:[^']*\.)?([^'.]+)'$/.exec(message)?.[1] ?? "";
}

/** Columns of a key of ours, whatever prefix its name has. */
function columnsOf(key: string): readonly string[] {
  for (const [name, columns] of KEY_COLUMNS) if (key.endsWith(name.slice("rk_".length))) return columns;
  return [];
}

/** Columns by the name of the index, from the schema. */
const KEY_COLUMNS = new Map(
  recallkitMigrations.steps.flatMap(({ sql }) =>
    (typeof sql === "function" ? sql("mariadb") : sql).flatMap((statement): [string, readonly string[]][] => {
      const [, name, columns] = /^CREATE UNIQUE INDEX (\w+) ON \w+ \(([^)]+)\)/.exec(statement) ?? [];
      return name && columns ? [[name, columns.split(", ")]] : [];
    }),
  ),
);

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
}
