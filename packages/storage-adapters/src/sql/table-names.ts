import { ConfigError } from "@recallkit/core";

const DEFAULT_PREFIX = "rk_";
const PREFIX = /^[a-z][a-z0-9_]{0,19}$/;

/**
 * How statements name tables and indexes that begin with `rk_`, under another prefix. Values never stand in the text of a
 * statement, so that nothing but names is changed.
 *
 * @throws {ConfigError} `config.invalid` for `tablePrefix`
 */
export function tableNames(prefix: string = DEFAULT_PREFIX): (sql: string) => string {
  if (!PREFIX.test(prefix)) {
    const message = "tablePrefix must begin with a-z and have at most 20 characters a-z, 0-9 and _";
    throw new ConfigError("config.invalid", "tablePrefix", message);
  }
  if (prefix === DEFAULT_PREFIX) return (sql) => sql;
  return (sql) => sql.replace(/\brk_/g, prefix);
}
