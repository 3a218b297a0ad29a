import { createHash } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../clock.js";
import { ChannelError } from "../errors.js";
import type { HttpTransport } from "../ports/http-transport.js";
import type { StoredMedia } from "../ports/ledger-stores.js";
import { imageSource } from "./image-source.js";
import { undiciTransport } from "./undici-transport.js";

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);
const JPG = Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const signal = new AbortController().signal;
const emptyStore = { get: async () => undefined };
const HOST = "img.example";

let port = 0;
let asked: string[] = [];
let answer: RequestListener;
let server: Server;

beforeEach(async () => {
  asked = [];
  answer = (_, response) => response.end(PNG);
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterEach(() => new Promise((resolve) => server.close(resolve)));

/** Carries calls to https://img.example over to the server of this test. */
function toTestServer(): HttpTransport {
  const real = undiciTransport();
  return {
    request: (request) =>
      real.request({ ...request, url: request.url.replace(`https://${HOST}`, `http://127.0.0.1:${port}`) }),
  };
}

const fromTestServer = (now = () => 0) =>
  imageSource({ hosts: [HOST], media: emptyStore, transport: toTestServer(), clock: { ...systemClock, now } });

async function refusalOf(call: Promise<unknown>): Promise<ChannelError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (ChannelError.is(error)) return error;
  throw new Error("the call did not fail with a ChannelError", { cause: error });
}

describe("imageSource: stored images", () => {
  test("finds a stored image of the tenant by its hash", async () => {
    const stored: StoredMedia = { sha256: sha256(PNG), contentType: "image/png", bytes: PNG };
    const source = imageSource({
      media: { get: async (tenantId, hash) => (tenantId === 7 && hash === stored.sha256 ? stored : undefined) },
    });
    expect(await source.load(7, `media:${stored.sha256}`, signal)).toEqual(stored);
    expect(await refusalOf(source.load(8, `media:${stored.sha256}`, signal))).toMatchObject({
      code: "image.not-found",
      effect: "REQUEST",
    });
  });
});

describe("imageSource: fetched images", () => {
  test.each([
    ["PNG", PNG, "image/png"],
    ["JPG", JPG, "image/jpeg"],
  ])("fetches a %s from a listed host, whatever type the host claims", async (_, bytes, contentType) => {
    answer = (__, response) => response.writeHead(200, { "content-type": "text/html" }).end(bytes);
    const image = await fromTestServer().load(1, `https://${HOST}/a.png?v=2#top`, signal);
    expect(image).toEqual({ sha256: sha256(bytes), contentType, bytes });
    expect(asked).toEqual(["/a.png?v=2"]);
  });

  test("asks once for a URL until ten minutes have passed", async () => {
    let now = 0;
    const source = fromTestServer(() => now);
    await source.load(1, `https://${HOST}/a.png`, signal);
    now = 599_999;
    await source.load(1, `https://${HOST}/a.png`, signal);
    expect(asked).toHaveLength(1);
    now = 600_000;
    await source.load(1, `https://${HOST}/a.png`, signal);
    expect(asked).toHaveLength(2);
  });

  test("keeps the images of tenants apart", async () => {
    const source = fromTestServer();
    await source.load(1, `https://${HOST}/a.png`, signal);
    await source.load(2, `https://${HOST}/a.png`, signal);
    expect(asked).toHaveLength(2);
  });

  test.each([
    ["something that is no image", 200, "<svg/>", "image.unsupported", "REQUEST"],
    ["an empty body", 200, "", "image.unsupported", "REQUEST"],
    ["404", 404, "", "image.not-found", "REQUEST"],
    ["a redirect", 302, "", "image.not-found", "REQUEST"],
    ["503", 503, "", "image.unavailable", "NOT_SENT"],
  ])("refuses %s", async (_, status, body, code, effect) => {
    answer = (__, response) => response.writeHead(status, { location: "/b.png" }).end(body);
    expect(await refusalOf(fromTestServer().load(1, `https://${HOST}/a.png`, signal))).toMatchObject({ code, effect });
    expect(asked).toHaveLength(1);
  });

  test("refuses an image over 10 MB", async () => {
    answer = (_, response) => response.end(Buffer.concat([PNG, Buffer.alloc(10 * 1024 * 1024)]));
    expect(await refusalOf(fromTestServer().load(1, `https://${HOST}/a.png`, signal))).toMatchObject({
      code: "image.too-large",
      effect: "REQUEST",
    });
  });

  test("says that a host that cannot be reached may work later", async () => {
    answer = (request) => request.socket.destroy();
    expect(await refusalOf(fromTestServer().load(1, `https://${HOST}/a.png`, signal))).toMatchObject({
      code: "image.unavailable",
      effect: "NOT_SENT",
      retryable: true,
    });
  });
});

describe("imageSource: places it does not go", () => {
  let connections = 0;
  let canary: Server;
  let at = "";

  beforeEach(async () => {
    connections = 0;
    canary = createTcpServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => canary.listen(0, resolve));
    at = `:${(canary.address() as AddressInfo).port}`;
  });

  afterEach(() => new Promise((resolve) => canary.close(resolve)));

  const LOOPBACK_FORMS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "127.255.255.254",
    "0",
    "0.0.0.0",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "127.0.0.1.",
    "１２７.0.0.1",
    "127。0。0。1",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "localhost",
    "LOCALHOST",
    "localhost.",
  ];

  test.each(LOOPBACK_FORMS)("https://%s is not reached even when it is listed", async (host) => {
    const source = imageSource({ hosts: [`${host}${at}`], media: emptyStore });
    await refusalOf(source.load(1, `https://${host}${at}/a.png`, signal));
    expect(connections).toBe(0);
  });

  test.each([
    "https://other.example/a.png",
    `https://sub.${HOST}/a.png`,
    `https://${HOST}.evil.example/a.png`,
    `https://${HOST}./a.png`,
    `https://${HOST}:8443/a.png`,
    `https://user@${HOST}/a.png`,
    `https://user:pass@${HOST}/a.png`,
    `https://${HOST}@evil.example/a.png`,
    `https://evil.example\\@${HOST}/a.png`,
    `http://${HOST}/a.png`,
    `//${HOST}/a.png`,
    `ftp://${HOST}/a.png`,
    "file:///etc/passwd",
    "data:image/png;base64,iVBORw0KGgo=",
    "javascript:alert(1)",
    "media:../../etc/passwd",
    `media:${"A".repeat(64)}`,
    "",
  ])("%j is refused before anything is sent", async (ref) => {
    expect(await refusalOf(fromTestServer().load(1, ref, signal))).toMatchObject({
      code: "image.host-not-listed",
      effect: "REQUEST",
    });
    expect(asked).toEqual([]);
  });

  test("without hosts nothing is fetched", async () => {
    const source = imageSource({ media: emptyStore, transport: toTestServer() });
    expect(await refusalOf(source.load(1, `https://${HOST}/a.png`, signal))).toMatchObject({ effect: "REQUEST" });
    expect(asked).toEqual([]);
  });
});
