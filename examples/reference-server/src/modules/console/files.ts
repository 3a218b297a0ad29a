import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

/** A file of the console, as it goes out. */
export interface ConsoleFile {
  readonly contentType: string;
  /** Body in the encoding that the browser takes. */
  load(accepted: string): Promise<{ readonly body: Buffer; readonly encoding: "br" | "gzip" | null }>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

// Built beside the compiled server; run from its sources, that is in the neighbouring folder.
const folders = [new URL("../../web/", import.meta.url), new URL("../../../dist/web/", import.meta.url)];

/** What there is of the built console. */
export interface ConsoleBuild {
  /** Undefined: there is no file of that name. */
  file(name: string): ConsoleFile | undefined;
  /** The page that starts it, at a path such as `/console/rules/1`: its files and the routes are relative to the console. */
  page(path: string): string;
}

let build: Promise<ConsoleBuild | undefined> | undefined;

/** The console as it was built; undefined: it was not. */
export function consoleBuild(): Promise<ConsoleBuild | undefined> {
  build ??= readBuild();
  return build;
}

/** True where a console was built. */
export function hasConsoleBuild(): boolean {
  return folders.some((folder) => existsSync(new URL("index.html", folder)));
}

async function readBuild(): Promise<ConsoleBuild | undefined> {
  const folder = folders.find((one) => existsSync(new URL("index.html", one)));
  if (!folder) return undefined;
  const index = await readFile(new URL("index.html", folder), "utf8");
  const assets = new URL("assets/", folder);
  const files = new Map<string, ConsoleFile>();
  for (const name of await readdir(assets)) {
    const contentType = TYPES[extname(name)];
    if (contentType !== undefined) files.set(name, consoleFile(new URL(name, assets), contentType));
  }
  return {
    file: (name) => files.get(name),
    page: (path) => index.replace("<head>", `<head>\n<base href="${wayTo("console", path)}">`),
  };
}

/**
 * The way from a page to a folder at the root of the routes, in steps up and down: it holds wherever a host mounts them, and
 * whatever a proxy takes off the path or puts before it.
 */
function wayTo(folder: string, path: string): string {
  const depth = path.split("/").length - 2;
  return depth === 0 ? `${folder}/` : depth === 1 ? "./" : "../".repeat(depth - 1);
}

/** Read and compressed when it is first asked for, and kept: names of files hold hashes of what is in them. */
function consoleFile(url: URL, contentType: string): ConsoleFile {
  const plain = once(() => readFile(url));
  const isPacked = extname(url.pathname) === ".woff2";
  const brotli = once(async () =>
    promisify(brotliCompress)(await plain(), { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } }),
  );
  const gzipped = once(async () => promisify(gzip)(await plain()));
  return {
    contentType,
    async load(accepted) {
      if (!isPacked && /\bbr\b/.test(accepted)) return { body: await brotli(), encoding: "br" };
      if (!isPacked && /\bgzip\b/.test(accepted)) return { body: await gzipped(), encoding: "gzip" };
      return { body: await plain(), encoding: null };
    },
  };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    result ??= work();
    return result;
  };
}
