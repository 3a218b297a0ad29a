import { createHash } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, createServer as createTcpServer, isIP, type Server } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../clock.js";
import { ChannelError } from "../errors.js";
import type { HttpTransport } from "../ports/http-transport.js";
import type { StoredMedia } from "../ports/ledger-stores.js";
import { fileSource } from "./file-source.js";
import { imageSource } from "./image-source.js";
import { publicLookup } from "./public-address.js";
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
    "127.000.000.001",
    "0x7f.0x0.0x0.0x1",
    "0x7F000001",
    "2130706433.",
    "0177.0.0.0x1",
    "00000177.1",
    "①②⑦.0.0.1",
    "%31%32%37.0.0.1",
    "ⓛocalhost",
    "[::7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[0:0:0:0:0:ffff:7f00:1]",
    "[::ffff:169.254.169.254]",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[fec0::1]",
    "[ff02::1]",
    "10.0.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "⑯⑨.254.169.254",
    "172.16.0.1",
    "192.168.0.1",
    "198.18.0.1",
  ];

  test("the corpus has at least 45 forms", () => expect(new Set(LOOPBACK_FORMS).size).toBeGreaterThanOrEqual(45));

  test.each(LOOPBACK_FORMS)("https://%s is not reached even when it is listed", async (host) => {
    const url = `https://${host}${at}/a.png`;
    await refusalOf(imageSource({ hosts: [`${host}${at}`], media: emptyStore }).load(1, url, signal));
    await refusalOf(fileSource({ hosts: [`${host}${at}`] }).load(url, signal));
    expect(connections).toBe(0);
  });

  test.each([["127.0.0.1"], ["::1"], ["10.0.0.1"], ["169.254.169.254"], ["8.8.8.8", "127.0.0.1"]])(
    "a listed name that leads to %s is not reached",
    async (...addresses) => {
      const found = addresses.map((address) => ({ address, family: isIP(address) }));
      const lookup = publicLookup((_, __, callback) => callback(null, found));
      const transport = undiciTransport({ lookup });
      const options = { hosts: [`${HOST}${at}`], media: emptyStore, transport };
      const url = `https://${HOST}${at}/a.png`;
      expect(await refusalOf(imageSource(options).load(1, url, signal))).toMatchObject({ code: "image.unavailable" });
      expect(await refusalOf(fileSource(options).load(url, signal))).toMatchObject({ code: "image.unavailable" });
      expect(connections).toBe(0);
      await transport.close();
    },
  );

  test.each([301, 302, 303, 307, 308])("a redirect with %i to the private network is not followed", async (status) => {
    answer = (_, response) => response.writeHead(status, { location: `http://127.0.0.1${at}/a.png` }).end(PNG);
    await refusalOf(fromTestServer().load(1, `https://${HOST}/a.png`, signal));
    const files = fileSource({ hosts: [HOST], transport: toTestServer() });
    await refusalOf(files.load(`https://${HOST}/a.mp4`, signal));
    expect([connections, asked.length]).toEqual([0, 2]);
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

describe("fileSource", () => {
  test("brings the bytes of a file with their hash", async () => {
    const files = fileSource({ hosts: [HOST], transport: toTestServer() });
    expect(await files.load(`https://${HOST}/a.mp4`, signal)).toEqual({ sha256: sha256(PNG), bytes: PNG });
    expect(files.check(`https://${HOST}/a.mp4`)).toBeUndefined();
    expect(files.check("https://other.example/a.mp4")).toMatchObject({ code: "image.host-not-listed" });
  });

  test("refuses a file over 20 MB, and says what may work later", async () => {
    const files = fileSource({ hosts: [HOST], transport: toTestServer() });
    answer = (_, response) => response.end(Buffer.alloc(20 * 1024 * 1024 + 1));
    expect(await refusalOf(files.load(`https://${HOST}/a.mp4`, signal))).toMatchObject({ code: "image.too-large" });
    answer = (_, response) => response.writeHead(503).end();
    expect(await refusalOf(files.load(`https://${HOST}/a.mp4`, signal))).toMatchObject({ effect: "NOT_SENT" });
    answer = (_, response) => response.writeHead(404).end();
    expect(await refusalOf(files.load(`https://${HOST}/a.mp4`, signal))).toMatchObject({ code: "image.not-found" });
  });
});
