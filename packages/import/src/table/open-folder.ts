import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileBytes } from "../source/file-bytes.js";
import { fileError, unreadable } from "../source/import-error.js";
import { type OpenContext, openFile } from "./open-file.js";
import type { OpenTable } from "./open-table.js";

/**
 * One table of all files of a folder, in the order of their names; what begins with a dot or `~$`, and folders in it,
 * are left out.
 *
 * @throws {RecallKitError} `import.files-differ` unless all have the same columns
 */
export async function openFolder(folder: string, context: OpenContext): Promise<OpenTable> {
  const names = await fileNames(folder);
  const opened: OpenTable[] = [];
  const close = async () => {
    for (const table of opened) await table.close();
    await context.temporary.remove();
  };
  try {
    for (const name of names) {
      const path = join(folder, name);
      opened.push(await openFile(await fileBytes(path), context));
    }
    const [first] = opened;
    if (!first) throw fileError("import.empty", `${folder} holds no files`, { hint: "check the folder" });
    const other = opened.find(({ columns }) => columns.join("\0") !== first.columns.join("\0"));
    if (other)
      throw fileError("import.files-differ", `${other.name} has other columns than ${first.name}`, {
        hint: "give the files one by one, or take away what is no export",
      });
    return {
      ...first,
      name: folder,
      files: names,
      async *rows(options) {
        for (const [at, table] of opened.entries())
          for await (const row of table.rows(options)) yield { ...row, file: names[at] ?? "" };
      },
      get warnings() {
        return opened.flatMap(({ warnings }) => warnings);
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function fileNames(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && !/^(\.|~\$)|^(Thumbs\.db|desktop\.ini)$/.test(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    throw unreadable(folder, error);
  }
}
