// What the npm registry would answer for packages of our scope, had they been published: to install ours as anybody would.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename } from "node:path";
import { gunzipSync } from "node:zlib";

/** @typedef {import("./pack.mjs").Packed} Packed */

/**
 * Serves packed packages on loopback, for `npm --@scope:registry=URL`; all others come from where they always do.
 *
 * @param {readonly Packed[]} packed
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function startScopeRegistry(packed) {
  const byName = new Map(packed.map((item) => [item.name, item]));
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "/").split("?", 1)[0] ?? "").slice(1);
    const [name = "", file] = path.split("/-/");
    const item = byName.get(name);
    if (!item) {
      response.writeHead(404, { "content-type": "application/json" }).end("{}");
    } else if (file !== undefined) {
      response.writeHead(200, { "content-type": "application/octet-stream" }).end(readFileSync(item.archive));
    } else {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(packument(item, url)));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/`;
  return {
    url,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** What is said of a package of one version. @param {Packed} item @param {string} url */
function packument({ name, archive }, url) {
  const bytes = readFileSync(archive);
  const manifest = manifestIn(gunzipSync(bytes));
  const tarball = `${url}${name}/-/${basename(archive)}`;
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  const { version } = manifest;
  return {
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...manifest, dist: { tarball, integrity } } },
  };
}

/** `package/package.json` of an unpacked tarball: a header of 512 bytes, then its content in blocks of 512. @param {Buffer} tar */
function manifestIn(tar) {
  for (let at = 0; tar[at]; ) {
    const name = tar.toString("utf8", at, at + 100).split("\0", 1)[0];
    const length = Number.parseInt(tar.toString("utf8", at + 124, at + 136), 8);
    if (name === "package/package.json") return JSON.parse(tar.toString("utf8", at + 512, at + 512 + length));
    at += 512 + Math.ceil(length / 512) * 512;
  }
  throw new Error("the tarball has no manifest");
}
