// What a bundler makes of an import of ours: minified and gzipped bytes, dependencies included.
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * @param {string} code a module, as `import { x } from "y"; console.log(x)`
 * @param {string} folder absolute; imports are resolved from here
 * @param {string[]} [external] what is left out
 * @returns {Promise<number>} bytes after gzip
 */
export async function bundledBytes(code, folder, external = []) {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "esm",
    write: false,
    external,
  });
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length;
}
