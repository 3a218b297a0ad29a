import { openScratchDatabase } from "./scratch-database.js";

/** One line of the file as it waits. */
export interface StagedLine {
  /** Lines of one order or customer share it. */
  readonly key: string;
  readonly line: number;
  readonly cells: readonly string[];
}

/** Lines on disk, to be read in the order of their keys wherever they stand in the file. */
export interface LineStaging {
  add(line: StagedLine): Promise<void>;
  /** Ends adding. @returns how many different keys there are */
  countKeys(): Promise<number>;
  /** All lines by key, compared bytewise, and line. May be walked again. */
  lines(): AsyncGenerator<StagedLine>;
  remove(): Promise<void>;
}

const PIECE = 2000;
const SCHEMA = `CREATE TABLE line (key TEXT NOT NULL, line INTEGER NOT NULL, cells TEXT NOT NULL, PRIMARY KEY (key, line)) WITHOUT ROWID`;
const INSERT = `INSERT INTO line SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)`;
const PAGE = `SELECT key, line, cells FROM line WHERE (key, line) > (?, ?) ORDER BY key, line LIMIT ${PIECE}`;

/** Opens an empty staging area; memory use does not depend on how much is put there. */
export async function openLineStaging(): Promise<LineStaging> {
  const scratch = await openScratchDatabase(SCHEMA);
  let waiting: (readonly [key: string, line: number, cells: string])[] = [];
  const flush = async () => {
    const piece = JSON.stringify(waiting);
    waiting = [];
    await scratch.all(INSERT, [piece]);
  };
  return {
    async add({ key, line, cells }) {
      waiting.push([key, line, JSON.stringify(cells)]);
      if (waiting.length >= PIECE) await flush();
    },
    async countKeys() {
      await flush();
      const [counted] = await scratch.all<{ keys: number }>("SELECT count(DISTINCT key) AS keys FROM line");
      return counted?.keys ?? 0;
    },
    async *lines() {
      let after: readonly [string, number] = ["", -1];
      for (;;) {
        const page = await scratch.all<{ key: string; line: number; cells: string }>(PAGE, after);
        for (const { key, line, cells } of page) yield { key, line, cells: JSON.parse(cells) };
        const last = page.at(-1);
        if (!last || page.length < PIECE) return;
        after = [last.key, last.line];
      }
    },
    remove: scratch.remove,
  };
}
