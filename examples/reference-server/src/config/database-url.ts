/** Where the data is kept. */
export type DatabaseSetting =
  | {
      readonly engine: "sqlite";
      /** Path of the file, or `:memory:`. */
      readonly file: string;
    }
  | {
      readonly engine: "postgres";
      /** With user and password; never shown. */
      readonly url: string;
      /** Schema of all tables. */
      readonly schema: string;
    }
  | {
      /** MySQL or MariaDB. */
      readonly engine: "mysql";
      /** With user and password; never shown. */
      readonly url: string;
    };

const MYSQL = /^(?:mysql|mariadb)(?:\+\w+)?:(\/\/.*)$/i;
const POSTGRES = /^postgres(?:ql)?(?:\+\w+)?:(\/\/.*)$/i;
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/**
 * Reads a database URL: `sqlite:./data/recallkit.db`, `sqlite:///var/lib/recallkit.db`, `sqlite::memory:`,
 * `postgres://user:password@host/database?schema=recallkit`, or `mysql://user:password@host/database` (`mariadb:` too). A
 * driver suffix (`sqlite+aiosqlite:`) is dropped; `sqlite:///./file` stays relative.
 *
 * @returns what is wrong, as a text without the URL, when it names no database
 */
export function parseDatabaseUrl(url: string): DatabaseSetting | string {
  const server = POSTGRES.exec(url.trim())?.[1];
  if (server !== undefined) return postgresSetting(`postgres:${server}`);
  const mysql = MYSQL.exec(url.trim())?.[1];
  if (mysql !== undefined) return mysqlSetting(`mysql:${mysql}`);
  const rest = /^sqlite(?:\+\w+)?:(.*)$/i.exec(url.trim())?.[1];
  if (rest === undefined) return "must begin with sqlite:, postgres: or mysql:, for example sqlite:./data/recallkit.db";
  const file = rest.startsWith("//") ? rest.slice(2).replace(/^\/(?=\.{1,2}\/)|^\/(?=\/)/, "") : rest;
  return file === "" ? "names no file" : { engine: "sqlite", file };
}

function postgresSetting(text: string): DatabaseSetting | string {
  if (!URL.canParse(text)) return "must be postgres://user:password@host:port/database";
  const url = new URL(text);
  if (url.hostname === "" || url.pathname.length < 2) return "names no host or no database";
  const schema = url.searchParams.get("schema") ?? "public";
  if (!SCHEMA_NAME.test(schema)) return "has a schema that is no lower-case name";
  url.searchParams.delete("schema");
  return { engine: "postgres", url: url.href, schema };
}

function mysqlSetting(text: string): DatabaseSetting | string {
  if (!URL.canParse(text)) return "must be mysql://user:password@host:port/database";
  const url = new URL(text);
  if (url.hostname === "" || url.pathname.length < 2) return "names no host or no database";
  url.search = "";
  return { engine: "mysql", url: url.href };
}

/** How people are told where the data is; without user and password. */
export function databaseName(setting: DatabaseSetting): string {
  if (setting.engine === "sqlite") return setting.file;
  const { host, pathname } = new URL(setting.url);
  if (setting.engine === "mysql") return `mysql://${host}${pathname}`;
  return `postgres://${host}${pathname}${setting.schema === "public" ? "" : ` (${setting.schema})`}`;
}
