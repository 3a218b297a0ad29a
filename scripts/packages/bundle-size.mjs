// What a bundler makes of an import of ours: minified and gzipped bytes, dependencies included.
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

/**
 * Bytes of what is loaded with a module, and of all that it may load later.
 *
 * @typedef {{ atStart: number, inAll: number }} BundleSize
 */

/**
 * @param {string} code a module, as `import { x } from "y"; console.log(x)`
 * @param {string} folder absolute; imports are resolved from here
 * @param {string[]} [external] what is left out
 * @returns {Promise<BundleSize>} after gzip
 */
export async function bundleSize(code, folder, external = []) {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: folder },
    bundle: true,
    splitting: true,
    minify: true,
    platform: "node",
    target: "node20",
    format: "esm",
    outdir: "bundle",
    absWorkingDir: folder,
    write: false,
    metafile: true,
    external,
  });
  const sizes = new Map(
    outputFiles.map(({ path, contents }) => [path.slice(folder.length + 1), gzipSync(contents, { level: 9 }).length]),
  );
  const atStart = new Set(
    Object.keys(metafile.outputs).filter((name) => metafile.outputs[name]?.entryPoint === "<stdin>"),
  );
  for (const name of atStart)
    for (const { path, kind } of metafile.outputs[name]?.imports ?? [])
      if (kind === "import-statement" && sizes.has(path)) atStart.add(path);
  /** @param {Iterable<string>} names */
  const sum = (names) => [...names].reduce((bytes, name) => bytes + (sizes.get(name) ?? 0), 0);
  return { atStart: sum(atStart), inAll: sum(sizes.keys()) };
}
