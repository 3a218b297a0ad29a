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

/** What a folder holds. */
export interface Tree {
  /** `initial` or `incremental`. */
  readonly root: string;
  readonly files: readonly TreeFile[];
  /** Names of JSON files that are none of the document's. */
  readonly others: readonly string[];
}

/**
 * Files of `initial/`, in the order in which one needs the other: common ones, then institution by institution.
 *
 * @param folder the import folder, or `initial` in it
 * @throws {InputError} `revisit-import.no-folder`: it is neither
 */
export async function initialFiles(folder: string): Promise<Tree> {
  const root = await rootOf(folder, "initial", ["common", "institutions"]);
  const { files, others } = await named(root, "common", COMMON_KINDS);
  const codes = (await folders(join(root, "institutions"))).filter((name) => institutionCode.safeParse(name).success);
  const tree = { root, files: [...files], others: [...others] };
  for (const code of codes) {
    const own = await named(root, join("institutions", code), INSTITUTION_KINDS);
    tree.files.push(...own.files.map((file) => ({ ...file, institution: code })));
    tree.others.push(...own.others);
  }
  return tree;
}

/**
 * Files of `incremental/pending/`, day by day.
 *
 * @param folder the import folder, or `incremental` in it
 * @throws {InputError} `revisit-import.no-folder`: it is neither
 */
export async function pendingFiles(folder: string): Promise<Tree> {
  const root = await rootOf(folder, "incremental", ["pending"]);
  const days = (await folders(join(root, "pending"))).filter(isLocalDate);
  const tree: { root: string; files: TreeFile[]; others: string[] } = { root, files: [], others: [] };
  for (const date of days) {
    const own = await named(root, join("pending", date), DAILY_KINDS);
    tree.files.push(...own.files.map((file) => ({ ...file, date })));
    tree.others.push(...own.others);
  }
  return tree;
}

async function rootOf(folder: string, name: string, parts: readonly string[]): Promise<string> {
  for (const root of [join(folder, name), folder]) {
    const found = await Promise.all(parts.map((part) => isFolder(join(root, part))));
    if (found.includes(true)) return root;
  }
  const message = `has no folder ${name}`;
  throw new InputError([{ path: "folder", code: "revisit-import.no-folder", message, params: { name } }]);
}

async function named(
  root: string,
  below: string,
  kinds: readonly FileKind[],
): Promise<{ readonly files: readonly TreeFile[]; readonly others: readonly string[] }> {
  const entries = await readdir(join(root, below), { withFileTypes: true }).catch(() => []);
  const there = new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
  const nameOf = (file: string) => `${below.replaceAll("\\", "/")}/${file}`;
  const files = kinds
    .map((kind) => ({ kind, file: `${kind}.json` }))
    .filter(({ file }) => there.has(file))
    .map(({ kind, file }) => ({ kind, name: nameOf(file), path: join(root, below, file) }));
  const known = new Set(kinds.map((kind) => `${kind}.json`));
  const others = [...there].filter((file) => file.endsWith(".json") && !known.has(file)).sort();
  return { files, others: others.map(nameOf) };
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
