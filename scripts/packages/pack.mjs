// Packs packages as they would be published: `workspace:*` becomes a version, `files` decides what is in.
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { run } from "../run.mjs";
import { root, workspacePackages } from "../workspace.mjs";

/**
 * @typedef {object} Packed
 * @property {string} name npm name
 * @property {string} folder relative to the root
 * @property {string} archive absolute path of the tarball
 * @property {number} bytes size of the tarball
 * @property {string[]} files paths in it, sorted
 */

/** Packages that are published, in the order of their folders. */
export function publicPackages() {
  return workspacePackages().filter(({ isPrivate }) => !isPrivate);
}

/**
 * @param {import("../workspace.mjs").WorkspacePackage} item built, with types
 * @param {string} destination absolute folder; emptied
 * @returns {Promise<Packed>}
 * @throws {Error} with what pnpm said
 */
export async function pack({ name, folder }, destination) {
  rmSync(destination, { recursive: true, force: true });
  mkdirSync(destination, { recursive: true });
  let output = "";
  const args = ["pack", "--pack-destination", destination];
  const code = await run("pnpm", args, { cwd: join(root, folder), onOutput: (chunk) => (output += chunk) });
  if (code !== 0) throw new Error(`${name} cannot be packed: ${output}`);
  const archive = join(destination, readdirSync(destination)[0] ?? "");
  const bytes = readFileSync(archive);
  return { name, folder, archive, bytes: bytes.length, files: filesOf(gunzipSync(bytes)) };
}

/** Names of the files of an unpacked tarball: a header of 512 bytes each, then its content in blocks of 512. @param {Buffer} tar */
function filesOf(tar) {
  const names = [];
  for (let at = 0; tar[at]; ) {
    const text = (/** @type {number} */ from, /** @type {number} */ length) =>
      tar.toString("utf8", at + from, at + from + length).split("\0", 1)[0] ?? "";
    if (text(156, 1) === "0") names.push(text(0, 100).replace(/^package\//, ""));
    at += 512 + Math.ceil(Number.parseInt(text(124, 12), 8) / 512) * 512;
  }
  return names.sort();
}
