import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";
import { consolePage } from "./routes.js";

const built = new URL("../../../dist/web/", import.meta.url);

interface Chunk {
  readonly file: string;
  readonly css?: readonly string[];
  readonly imports?: readonly string[];
  readonly isEntry?: boolean;
}

describe("pages and files", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  test.each([
    ["/console", "console/"],
    ["/console/", "./"],
    ["/console/rules", "./"],
    ["/console/rules/", "../"],
    ["/console/rules/1", "../"],
    ["/console/rules/1/occurrences/2", "../../../"],
  ])("%s is the page, with the way to what its files are relative to: %s", async (path, base) => {
    const { status, headers, text } = await server.request("GET", path);
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toBe("no-cache");
    expect(headers.get("content-security-policy")).toContain("style-src 'self';");
    expect(headers.get("content-security-policy")).not.toMatch(/unsafe|https?:|\*/);
    expect(text).toContain(`<base href="${base}">`);
    expect(new URL(base, server.url + path).pathname).toBe("/console/");
    for (const [, file = ""] of text.matchAll(/(?:src|href)="\.\/(assets\/[^"]*)"/g))
      expect((await server.request("GET", `/console/${file}`)).status).toBe(200);
  });

  test("files are kept for ever by browsers, and go out packed", async () => {
    const { text } = await server.request("GET", "/console");
    const file = /src="\.\/(assets\/[^"]*\.js)"/.exec(text)?.[1] ?? "";
    const plain = await server.request("GET", `/console/${file}`, { headers: { "accept-encoding": "identity" } });
    expect(plain.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(plain.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    const packed = await fetch(`${server.url}/console/${file}`, { headers: { "accept-encoding": "br" } });
    expect(packed.headers.get("content-encoding")).toBe("br");
    expect(await packed.text()).toBe(plain.text);
  });

  test("a file that is not there is none, and leads out of no folder", async () => {
    for (const name of ["missing.js", "..%2Findex.html", "..%2F..%2Fpackage.json"])
      expect((await server.request("GET", `/console/assets/${name}`)).status).toBe(404);
  });

  test("the address of the documents leads to the monitor, and the root to the console", async () => {
    for (const [path, location] of [
      ["/monitor", "console/monitor"],
      ["/monitor/", "../console/monitor"],
      ["/", "console/"],
    ] as const) {
      const answer = await fetch(server.url + path, { redirect: "manual" });
      expect([answer.status, answer.headers.get("location")]).toEqual([302, location]);
    }
  });
});

test("CONSOLE=off leaves nothing of it", async () => {
  const server = await startTestServer({ CONSOLE: "off" });
  for (const path of ["/console", "/console/rules", "/console/assets/a.js", "/monitor"])
    expect((await server.request("GET", path)).status).toBe(404);
  expect((await server.request("GET", "/")).status).toBe(200);
  await server.close();
});

test("without a build there is one plain page that names the command", async () => {
  const { status, body, headers } = await consolePage(
    { config: { hasConsole: true } },
    "/console/rules/1",
    async () => undefined,
  );
  expect([status, headers["content-security-policy"]]).toEqual([503, expect.stringContaining("default-src 'none'")]);
  expect(body).toContain("npm run build");
});

test("what of others is in it comes with their terms", () => {
  const text = readFileSync(new URL("third-party-notices.txt", built), "utf8");
  for (const name of ["@vue/runtime-dom", "vue-router", "element-plus", "echarts", "zrender", "@tanstack/query-core"])
    expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, "m"));
  expect(text).toContain("Apache License");
});

describe("what browsers load", () => {
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(new URL(".vite/manifest.json", built), "utf8"));
  const packed = (file: string) => gzipSync(readFileSync(new URL(file, built)), { level: 9 }).length;
  /** A chunk with everything that comes with it. */
  function closure(key: string, seen = new Set<string>()): ReadonlySet<string> {
    if (seen.has(key)) return seen;
    seen.add(key);
    for (const next of manifest[key]?.imports ?? []) closure(next, seen);
    return seen;
  }
  const filesOf = (keys: Iterable<string>) => [...new Set([...keys].flatMap((key) => manifest[key]?.file ?? []))];
  const sum = (files: readonly string[]) => files.reduce((all, file) => all + packed(file), 0);
  const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry) ?? "";
  const pages = Object.keys(manifest).filter((key) => key.endsWith(".vue"));

  test("the sign-in in 140 kB, and every page without charts in 230", () => {
    const start = closure(entry);
    expect(sum(filesOf(start))).toBeLessThanOrEqual(140_000);
    // The trend of the first page comes after it, with the charts.
    for (const page of pages.filter((key) => !/\/monitor\/|week-trend/.test(key)))
      expect(sum(filesOf([...start, ...closure(page)])), page).toBeLessThanOrEqual(230_000);
  });

  test("charts in 200 kB, only on the page that draws them; all scripts in 700 and all styles in 60", () => {
    const start = closure(entry);
    const monitor = [...closure(pages.find((key) => key.includes("/monitor/")) ?? "")].filter((key) => !start.has(key));
    expect(sum(filesOf(monitor))).toBeLessThanOrEqual(205_000);
    const all = Object.values(manifest);
    expect(sum([...new Set(all.map(({ file }) => file))].filter((file) => file.endsWith(".js")))).toBeLessThanOrEqual(
      700_000,
    );
    expect(sum([...new Set(all.flatMap(({ css = [] }) => css))])).toBeLessThanOrEqual(60_000);
  });
});
