// What `npm start` and `npm run cli` have in common: bring the checkout up to date, then turn into the program.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "./build.mjs";
import { install } from "./install.mjs";
import { root } from "./workspace.mjs";

/**
 * Runs the program in this very process, as if `node <program>` had been typed: signals, stdin, stdout and exit code
 * are its own, and there is no second process that could be left behind.
 *
 * @param {string} program built file, relative to the root
 * @param {string} [folder] working directory of the program; the present one by default
 */
export async function prepareAndImport(program, folder) {
  try {
    await install();
    await build();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
  if (folder) process.chdir(folder);
  process.argv[1] = join(root, program);
  await import(pathToFileURL(join(root, program)).href);
}
