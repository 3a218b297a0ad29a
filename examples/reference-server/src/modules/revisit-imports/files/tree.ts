import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "@recallkit/core";
import { isLocalDate } from "@recallkit/core/ports";
import { COMMON_KINDS, DAILY_KINDS, type FileKind, INSTITUTION_KINDS } from "../kinds.js";
import { institutionCode } from "../rows/fields.js";

/** A file of the tree. */
export interface TreeFile {
  readonly path: string;
  /** Below the folder of the tree. */
  readonly name: string;
  readonly kind: FileKind;
  /** Code of the institution whose folder it is in. */
  readonly institution?: string;
  /** Day of the folder that it is in, of files that come in every day. */
  readonly date?: string;
}

/**
 * Files of `initial/`, in the order in which one needs the other: common ones, then institution by institution.
 *
 * @param folder the import folder, or `initial` in it
 * @throws {InputError} `revisit-import.no-folder`: it is neither
 */
export async function initialFiles(folder: string): Promise<readonly TreeFile[]> {
  const root = await rootOf(folder, "initial", ["common", "institutions"]);
  const common = await named(root, "common", COMMON_KINDS);
  const codes = (await folders(join(root, "institutions"))).filter((name) => institutionCode.safeParse(name).success);
  const own: TreeFile[] = [];
  for (const code of codes) {
    const files = await named(root, join("institutions", code), INSTITUTION_KINDS);
    own.push(...files.map((file) => ({ ...file, institution: code })));
  }
  return [...common, ...own];
}

/**
 * Files of `incremental/pending/`, day by day.
 *
 * @param folder the import folder, or `incremental` in it
 * @throws {InputError} `revisit-import.no-folder`: it is neither
 */
export async function pendingFiles(
  folder: string,
): Promise<{ readonly root: string; readonly files: readonly TreeFile[] }> {
  const root = await rootOf(folder, "incremental", ["pending"]);
  const days = (await folders(join(root, "pending"))).filter(isLocalDate);
  const files: TreeFile[] = [];
  for (const date of days) {
    const found = await named(root, join("pending", date), DAILY_KINDS);
    files.push(...found.map((file) => ({ ...file, date })));
  }
  return { root, files };
}

async function rootOf(folder: string, name: string, parts: readonly string[]): Promise<string> {
  for (const root of [join(folder, name), folder]) {
    const found = await Promise.all(parts.map((part) => isFolder(join(root, part))));
    if (found.includes(true)) return root;
  }
  const message = `has no folder ${name}`;
  throw new InputError([{ path: "folder", code: "revisit-import.no-folder", message, params: { name } }]);
}

async function named(root: string, below: string, kinds: readonly FileKind[]): Promise<readonly TreeFile[]> {
  const files = kinds.map((kind) => {
    const name = `${below.replaceAll("\\", "/")}/${kind}.json`;
    return { kind, name, path: join(root, below, `${kind}.json`) };
  });
  const found = await Promise.all(files.map(({ path }) => isFile(path)));
  return files.filter((_, at) => found[at]);
}

async function folders(path: string): Promise<readonly string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
