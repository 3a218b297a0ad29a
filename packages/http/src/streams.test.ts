import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { toNodeHandler } from "./node/node-handler.js";
import { listening } from "./testing/listening.js";
import { noteApp } from "./testing/note-app.js";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** The same app by both doors: `fetch` of its own, and node:http. */
const DOORS = {
  fetch: async () => {
    const host = noteApp();
    return {
      ...host,
      ask: (path: string, init?: RequestInit) => host.app.fetch(new Request(`http://host${path}`, init)),
    };
  },
  "node:http": async () => {
    const host = noteApp();
    const { url, close } = await listening(toNodeHandler(host.app));
    closers.push(close);
    return { ...host, url, ask: (path: string, init?: RequestInit) => fetch(url + path, init) };
  },
};

describe.each(Object.entries(DOORS))("by %s", (_, open) => {
  const post = (
    body: string | Uint8Array<ArrayBuffer>,
    type: string,
    headers: Record<string, string> = {},
  ): RequestInit => ({
    method: "POST",
    body,
    headers: { "content-type": type, ...headers },
    // Asked for by the type of a request whose body is a stream.
    ...{ duplex: "half" },
  });
  const ndjson = (body: string | Uint8Array<ArrayBuffer>, headers?: Record<string, string>) =>
    post(body, "application/x-ndjson", headers);

  test("rows come as a list or as lines, packed or not, with the same fingerprint", async () => {
    const { ask } = await open();
    const rows = { rows: [{ a: 1 }, { a: "喵" }] };
    const lines = '{"a":1}\r\n\n{"a":"喵"}';
    expect(await (await ask("/notes/rows", post(JSON.stringify(rows.rows), "application/json"))).json()).toEqual(rows);
    expect(await (await ask("/notes/rows", ndjson(lines))).json()).toEqual(rows);
    expect(await (await ask("/notes/rows", ndjson(`\ufeff${lines}\n`))).json()).toEqual(rows);
    const packed = Uint8Array.from(gzipSync(lines));
    expect(await (await ask("/notes/rows", ndjson(packed, { "content-encoding": "gzip" }))).json()).toEqual(rows);
    const key = { "idempotency-key": "k" };
    await ask("/notes/rows", ndjson(lines, key));
    const again = await ask("/notes/rows", post(JSON.stringify(rows.rows), "application/json", key));
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([200, "true"]);
  });

  test("what is wrong with rows is told with the row", async () => {
    const { ask } = await open();
    const answer = async (init: RequestInit) => {
      const { status, code, errors } = (await (await ask("/notes/rows", init)).json()) as Record<string, unknown>;
      return [status, code, (errors as { path: string }[]).map(({ path }) => path)];
    };
    expect(await answer(ndjson('{"a":1}\n{"a":'))).toEqual([400, "http.malformed-row", ["1"]]);
    expect(await answer(ndjson("1\n2\n3\n4\n"))).toEqual([413, "http.too-many-rows", ["3"]]);
    expect(await answer(post("[1,2,3,4]", "application/json"))).toEqual([413, "http.too-many-rows", ["3"]]);
    expect(await answer(post('{"rows":[]}', "application/json"))).toEqual([400, "input.invalid", [""]]);
    expect(await answer(ndjson(`"${"x".repeat(100)}"`))).toEqual([413, "http.body-too-large", []]);
    expect(await answer(ndjson("no gzip", { "content-encoding": "gzip" }))).toEqual([400, "http.malformed", []]);
    const bomb = Uint8Array.from(gzipSync(`"${"x".repeat(1_000_000)}"`));
    expect(await answer(ndjson(bomb, { "content-encoding": "gzip" }))).toEqual([413, "http.body-too-large", []]);
    const broken = Uint8Array.from([...Buffer.from('1\n"'), 0xff, 0x22]);
    expect(await answer(ndjson(broken))).toEqual([400, "http.malformed-text", ["1"]]);
    expect(await answer(ndjson("[".repeat(40) + "]".repeat(40)))).toEqual([400, "http.body-too-deep", []]);
  });

  test("a streamed body reaches the handler as it comes, up to its limit", async () => {
    const { ask } = await open();
    expect(await (await ask("/notes/stream", post("12345", "text/csv"))).json()).toEqual({ bytes: 5 });
    expect((await ask("/notes/stream", post("12345678901", "text/csv"))).status).toBe(413);
    expect((await ask("/notes/stream", post("1", "image/png"))).status).toBe(415);
    expect(await (await ask("/notes/stream", { method: "POST" })).json()).toEqual({ bytes: 0 });
  });

  test("an answer in pieces goes on until the caller leaves, and then no more is made", async () => {
    const { ask, written, lines } = await open();
    const answer = await ask("/notes/news");
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const reader = answer.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toContain("data: 1\n\n");
    await reader?.cancel();
    await expect.poll(() => written).toEqual(["nobody listens"]);
    await expect.poll(() => lines.join()).toContain('"isCutShort":true');
    expect((await ask("/notes/news", { method: "HEAD" })).status).toBe(200);
  });
});

test("a caller who leaves in the middle of a body is no failure of the server", async () => {
  const host = noteApp();
  const { url, close } = await listening(toNodeHandler(host.app));
  closers.push(close);
  const call = request(`${url}/notes/stream`, {
    method: "POST",
    headers: { "content-type": "text/csv", "content-length": 9 },
  });
  call.on("error", () => {});
  call.write("123");
  await new Promise((resolve) => call.once("socket", (socket) => socket.once("connect", resolve)));
  call.destroy();
  await expect.poll(() => host.lines.join()).toContain('"status":400');
  expect(host.lines.join()).not.toContain("error ");
});
