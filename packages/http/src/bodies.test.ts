import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { toNodeHandler } from "./node/node-handler.js";
import type { NodeRequest } from "./node/node-visit.js";
import { listening } from "./testing/listening.js";
import { noteApp } from "./testing/note-app.js";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** What a host's middleware does before our handler. */
type Before = (request: NodeRequest) => Promise<NodeRequest>;

/** A server of node:http with something of the host's before the app. */
async function server(before?: Before) {
  const host = noteApp();
  const handle = toNodeHandler(host.app);
  const { url, close } = await listening((request, response) => {
    if (before) void before(request).then((done) => handle(done, response));
    else handle(request, response);
  });
  closers.push(close);
  const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, path = "/notes") =>
    fetch(url + path, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });
  return { ...host, url, post };
}

async function bytesOf(incoming: NodeRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Hosts' parsers, each in the way of the libraries that are used most. */
const PARSERS: Readonly<Record<string, Before | undefined>> = {
  nothing: undefined,
  "a JSON parser": async (request) => Object.assign(request, { body: JSON.parse(String(await bytesOf(request))) }),
  "a parser that keeps text": async (request) => Object.assign(request, { body: String(await bytesOf(request)) }),
  "a parser that keeps bytes": async (request) => Object.assign(request, { body: await bytesOf(request) }),
  "a parser that passed it by": async (request) => Object.assign(request, { body: {} }),
};

describe("the form of a page", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const parsed: Before = async (request) => {
    const fields = new URLSearchParams(String(await bytesOf(request)));
    return Object.assign(request, { body: Object.fromEntries(fields) });
  };

  test.each([
    ["nobody", undefined],
    ["a parser of forms", parsed],
  ])("is an object of texts, after %s has read it", async (_, before) => {
    const { post } = await server(before);
    const answer = await post("text=%E5%96%B5+%26", form, "/notes/form");
    expect([answer.status, await answer.json()]).toEqual([200, { text: "喵 &", method: "POST" }]);
    expect((await post("text=", form, "/notes/form")).status).toBe(400);
    expect((await post("text=a&stock=1", form, "/notes/form")).status).toBe(400);
  });

  test("of a field that comes twice has the first value; JSON is taken too, and no form where none is asked for", async () => {
    const { post } = await server();
    expect(await (await post("text=a&text=b", form, "/notes/form")).json()).toMatchObject({ text: "a" });
    expect(await (await post('{"text":"c"}', {}, "/notes/form")).json()).toMatchObject({ text: "c" });
    expect((await post("text=%FF", form, "/notes/form")).status).toBe(400);
    expect((await post("text=a", form)).status).toBe(415);
  });
});

describe("a body that the host has read already", () => {
  test.each(Object.entries(PARSERS))("is taken over after %s", async (_, before) => {
    const { post, written } = await server(before);
    const answer = await post('{"text":"喵","more":[1,2]}');
    expect([answer.status, await answer.json(), written]).toEqual([
      201,
      expect.objectContaining({ text: "喵" }),
      ["喵"],
    ]);
    expect((await post('{"text":1}')).status).toBe(400);
  });

  test.each(Object.entries(PARSERS))("has the same fingerprint after %s", async (_, before) => {
    const plain = await server();
    const parsed = await server(before);
    const key = { "idempotency-key": "k1" };
    const prints: unknown[] = [];
    for (const { kit, post } of [plain, parsed]) {
      // One key for both, so that only the body can make a difference.
      await kit.stores.config.put(0, "http-fingerprint-key", "x".repeat(43));
      const { begin } = kit.stores.idempotency;
      Object.assign(kit.stores.idempotency, {
        begin: (...args: Parameters<typeof begin>) => {
          prints.push(args[1].fingerprint);
          return begin.apply(kit.stores.idempotency, args);
        },
      });
      expect((await post('{ "text": "a", "more": [] }', key)).status).toBe(201);
    }
    expect(prints).toHaveLength(2);
    expect(prints[1]).toBe(prints[0]);
  });

  test("and not handed on is a clear error of the host's, in the log", async () => {
    const { post, lines, written } = await server(async (request) => {
      await bytesOf(request);
      return request;
    });
    const answer = await post('{"text":"a"}');
    expect([answer.status, await answer.json(), written]).toEqual([
      500,
      expect.objectContaining({ code: "http.body-consumed" }),
      [],
    ]);
    expect(lines.join()).toContain("http.body-consumed");
  });

  test("by fetch: what was parsed is handed over, and a request that was read is a clear error", async () => {
    const { app, written } = noteApp();
    const headers = { "content-type": "application/json" };
    const read = new Request("http://host/notes", { method: "POST", headers, body: '{"text":"a"}' });
    const body: unknown = await read.json();
    expect((await app.fetch(read, { body })).status).toBe(201);
    expect(await (await app.fetch(read)).json()).toMatchObject({ code: "http.body-consumed" });
    expect(written).toEqual(["a"]);
  });
});

describe("bodies", () => {
  test.each(["{", '{"text":"a"', "\u0000", "nope"])("%j is no JSON", async (text) => {
    const { post } = await server();
    expect(await (await post(text)).json()).toMatchObject({ status: 400, code: "http.malformed-json" });
  });

  test("broken UTF-8 is refused instead of repaired, a mark of byte order is overread", async () => {
    const { post } = await server();
    const broken = Uint8Array.from([...Buffer.from('{"text":"'), 0xff, ...Buffer.from('"}')]);
    expect(await (await post(broken)).json()).toMatchObject({ code: "http.malformed-text" });
    expect((await post('\ufeff{"text":"a"}')).status).toBe(201);
  });

  test("compressed ones are unpacked up to the limit", async () => {
    const { post } = await server();
    const packed = (text: string) => post(Uint8Array.from(gzipSync(text)), { "content-encoding": "gzip" });
    expect((await packed('{"text":"a"}')).status).toBe(201);
    expect((await packed(`{"text":"${"x".repeat(2 * 1024 * 1024)}"}`)).status).toBe(413);
    expect((await post("no gzip", { "content-encoding": "gzip" })).status).toBe(400);
    expect((await post("{}", { "content-encoding": "zip" })).status).toBe(415);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "application/jsonx"])(
    "the media type %s is not supported",
    async (type) => {
      const { post } = await server();
      expect((await post("{}", { "content-type": type })).status).toBe(415);
    },
  );

  test("a route that refuses all alike tells no fault from another, and takes any type", async () => {
    const { post } = await server();
    const path = "/notes/guarded?a=1";
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "image/png"]) {
      expect(await (await post(new Uint8Array(2), { "content-type": type }, path)).json()).toEqual({ bytes: 2 });
    }
    const same = { "x-request-id": "same" };
    const refused = [
      await post(new Uint8Array(11), same, path),
      await post(new Uint8Array(2), { ...same, "content-encoding": "gzip" }, path),
      await post(new Uint8Array(2), { ...same, "content-encoding": "zip" }, path),
      await post(new Uint8Array(2), same, "/notes/guarded?a=2"),
      await post(new Uint8Array(2), same, "/notes/guarded"),
    ];
    const answers = await Promise.all(refused.map(async (answer) => `${answer.status} ${await answer.text()}`));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain("auth.forbidden");
  });

  test("bytes are taken where a route accepts them, up to its limit", async () => {
    const { post } = await server();
    const png = { "content-type": "image/png" };
    expect(await (await post(new Uint8Array(10), png, "/notes/bytes")).json()).toEqual({ bytes: 10 });
    expect((await post(new Uint8Array(11), png, "/notes/bytes")).status).toBe(413);
    expect((await post(new Uint8Array(1), {}, "/notes/bytes")).status).toBe(415);
  });

  test("by fetch the limit holds as well, and nothing more is read", async () => {
    const { app } = noteApp();
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(256 * 1024));
      },
    });
    const headers = { "content-type": "application/json" };
    const request = new Request("http://host/notes", { method: "POST", headers, body: endless, duplex: "half" });
    expect((await app.fetch(request)).status).toBe(413);
    expect(pulled).toBeLessThan(10);
  });

  test("a caller who goes away in the middle of it writes nothing", async () => {
    let came = false;
    const { url, written, lines } = await server(async (request) => {
      came = true;
      return request;
    });
    const headers = { "content-type": "application/json", "content-length": "100" };
    const leaving = request(`${url}/notes`, { method: "POST", headers }).on("error", () => {});
    leaving.write("{");
    await expect.poll(() => came).toBe(true);
    leaving.destroy();
    await expect.poll(() => lines.some((line) => line.includes("isCutShort"))).toBe(true);
    expect(written).toEqual([]);
  });
});
