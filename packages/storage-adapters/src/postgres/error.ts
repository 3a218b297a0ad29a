import { RecallKitError, StorageError } from "@recallkit/core";
import { ConstraintError, type ConstraintKind } from "../sql/constraint-error.js";

// Codes: https://www.postgresql.org/docs/15/errcodes-appendix.html
const CONSTRAINTS: Readonly<Record<string, ConstraintKind>> = {
  "23502": "not-null",
  "23503": "foreign-key",
  "23505": "unique",
  "23514": "check",
};
/** Another transaction was in the way; the whole one may be repeated. */
const CONFLICTS = new Set(["40001", "40P01", "55P03"]);
const UNAVAILABLE: Readonly<Record<string, { readonly hint: string; readonly retryable: boolean }>> = {
  "28P01": { hint: "check user and password in the URL", retryable: false },
  "28000": { hint: "check user and password in the URL, and pg_hba.conf", retryable: false },
  "3D000": { hint: "create the database first", retryable: false },
  "42501": { hint: "give the user its rights on the schema", retryable: false },
  "53100": { hint: "the disk of the database server is full", retryable: true },
  "53200": { hint: "the database server is out of memory", retryable: true },
  "53300": { hint: "too many connections; lower the pool's size or raise max_connections", retryable: true },
  "57P01": { hint: "the database server is stopping", retryable: true },
  "57P02": { hint: "the database server has crashed and starts again", retryable: true },
  "57P03": { hint: "the database server is starting", retryable: true },
  "25006": { hint: "the database is read-only, for example a standby", retryable: false },
};
const NETWORK = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "EAI_AGAIN"]);

/**
 * Translates an error of the driver; errors of RecallKit pass unchanged.
 *
 * @param isOwn whether a table is one of RecallKit's migration sets. @default none is
 */
export function toStorageError(error: unknown, isOwn: (table: string) => boolean = () => false): RecallKitError {
  if (RecallKitError.is(error)) return error;
  const message = error instanceof Error ? error.message : "PostgreSQL failed";
  const code = textField(error, "code");
  const constraint = CONSTRAINTS[code];
  if (constraint) return new ConstraintError(constraint, message, error, columnsIn(error));
  if (CONFLICTS.has(code)) {
    return new StorageError("storage.busy", "another transaction was in the way", { retryable: true, cause: error });
  }
  const away = UNAVAILABLE[code];
  if (away) return new StorageError("storage.unavailable", message, { ...away, cause: error });
  if (
    NETWORK.has(code) ||
    code.startsWith("08") ||
    /connection (terminated|ended|error)|not queryable|timeout/i.test(message)
  ) {
    const hint = "check that the database server runs and can be reached";
    return new StorageError("storage.unavailable", "the database server is away", {
      hint,
      retryable: true,
      cause: error,
    });
  }
  if (code === "42P01" && isOwn(/"(?:[^"]*\.)?([^".]+)"/.exec(message)?.[1] ?? "")) {
    const hint = "a table of RecallKit is missing; restore it from a backup";
    return new StorageError("storage.failed", message, { hint, cause: error });
  }
  return new StorageError("storage.failed", message, { cause: error });
}

// "Key (tenant_id, active_name)=(1, x) already exists.", in the language of the server → ["tenant_id", "active_name"]; the
// values stay where they are.
function columnsIn(error: unknown): readonly string[] {
  const column = textField(error, "column");
  if (column !== "") return [column];
  const list = /\(([^()]+)\)=\(/.exec(textField(error, "detail"))?.[1] ?? "";
  return list === "" ? [] : list.split(", ").map((name) => name.replace(/^"|"$/g, ""));
}

function textField(error: unknown, name: string): string {
  if (typeof error !== "object" || error === null || !(name in error)) return "";
  const value: unknown = Reflect.get(error, name);
  return typeof value === "string" ? value : "";
}
