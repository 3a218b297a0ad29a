/** Where the data is kept. */
export interface DatabaseSetting {
  readonly engine: "sqlite";
  /** Path of the file, or `:memory:`. */
  readonly file: string;
}

/** Engines whose addresses are known but that this version does not run on. */
const LATER_ENGINES = /^(postgres|postgresql|mysql|mariadb)(\+\w+)?:/i;

/**
 * Reads a database URL: `sqlite:./data/recallkit.db`, `sqlite:///var/lib/recallkit.db`, `sqlite::memory:`. A driver suffix
 * (`sqlite+aiosqlite:`) is dropped; `sqlite:///./file` stays relative.
 *
 * @returns what is wrong, as a text without the URL, when it names no SQLite file
 */
export function parseDatabaseUrl(url: string): DatabaseSetting | string {
  if (LATER_ENGINES.test(url)) return "this version runs on sqlite: only, for example sqlite:./data/recallkit.db";
  const rest = /^sqlite(?:\+\w+)?:(.*)$/i.exec(url.trim())?.[1];
  if (rest === undefined) return "must begin with sqlite:, for example sqlite:./data/recallkit.db";
  const file = rest.startsWith("//") ? rest.slice(2).replace(/^\/(?=\.{1,2}\/)|^\/(?=\/)/, "") : rest;
  return file === "" ? "names no file" : { engine: "sqlite", file };
}
