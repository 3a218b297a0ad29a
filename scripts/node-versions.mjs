// The versions of Node that we support, from the npm registry.
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { run } from "./run.mjs";

const NODES = ["20", "22", "24"];

/** @param {string} major @returns {Promise<string>} folder of that Node's binary */
export async function nodeFolder(major) {
  let printed = "";
  const print = ["--yes", "-p", `node@${major}`, "node", "-p", "process.execPath"];
  await run("npx", print, { cwd: tmpdir(), onOutput: (chunk) => (printed += chunk) });
  const path = printed.trim().split("\n").at(-1);
  if (!path?.startsWith("/")) throw new Error(`No Node ${major} from the npm registry: ${printed}`);
  return dirname(path);
}

/** The Nodes that the command line asks for: all, or `--only MAJOR`. */
export function wantedNodes() {
  const only = process.argv.indexOf("--only");
  return only === -1 ? NODES : NODES.filter((node) => node === process.argv[only + 1]);
}
