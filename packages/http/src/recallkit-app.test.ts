import { describe, expect, test } from "vitest";
import { recallkitApp } from "./recallkit-app.js";
import { noteApp } from "./testing/note-app.js";
import { noteModule } from "./testing/note-module.js";

const NOTE = { text: "hello" };
const get = (path: string, method = "GET") => new Request(`http://host${path}`, { method });

describe("base paths", () => {
  test.each([
    [undefined, ""],
    ["", ""],
    ["/", ""],
    ["//", ""],
    ["recall", "/recall"],
    ["/recall", "/recall"],
    ["/recall/", "/recall"],
    ["/a/b", "/a/b"],
    ["/a/b/", "/a/b"],
  ])("%j begins the routes at %j", async (basePath, prefix) => {
    const { app, post } = noteApp(basePath === undefined ? {} : { basePath });
    expect(app.basePath).toBe(prefix);
    expect((await post(`${prefix}/notes`, NOTE)).status).toBe(201);
    expect((await post(`${prefix}/notes/`, NOTE)).status).toBe(201);
    expect(app.openapi()).toMatchObject({ servers: [{ url: prefix || "/" }], paths: { "/notes": {} } });
    if (prefix === "") return;
    for (const path of ["/notes", `${prefix}notes`, `/x${prefix}/notes`, prefix, `${prefix}/`]) {
      expect([path, (await post(path, NOTE)).status]).toEqual([path, 404]);
    }
  });

  test.each(["/a b", "/a?b", "/a#b", "/../a", "/a/./b", "/%2f"])("%j is no base path", (basePath) => {
    expect(() => noteApp({ basePath })).toThrow(
      expect.objectContaining({ code: "config.invalid", option: "basePath" }),
    );
  });

  test("a proxy that strips a prefix is told by the public path, which no header can change", async () => {
    const { app } = noteApp({ publicPath: "/shop/recall" });
    expect(app.openapi()).toMatchObject({ servers: [{ url: "/shop/recall" }] });
    const forged = new Request("http://host/notes/1", { headers: { "x-forwarded-prefix": "/evil" } });
    expect((await app.fetch(forged)).status).toBe(200);
    expect(JSON.stringify(app.openapi())).not.toContain("evil");
  });

  test("paths of the host are not the app's", () => {
    const { app } = noteApp({ basePath: "/recall" });
    expect(["/recall/notes", "/recall/notes/7?a=1", "/recall/open"].map((path) => app.owns(path))).toEqual([
      true,
      true,
      true,
    ]);
    expect(["/", "/recall", "/recall/other", "/notes", "/recallnotes"].map((path) => app.owns(path))).toEqual(
      Array(5).fill(false),
    );
  });
});

describe("requests", () => {
  test("a path's parts and the query reach the handler, decoded", async () => {
    const { app } = noteApp();
    const response = await app.fetch(get("/notes/%E5%96%B5%2F1?a=b%20c"), { ip: "203.0.113.9" });
    expect(await response.json()).toEqual({ id: "喵/1", a: "b c", ip: "203.0.113.9", language: "zh" });
  });

  test("paths compare without case, and parts keep theirs", async () => {
    const { app } = noteApp();
    expect(await (await app.fetch(get("/NOTES/Ab"))).json()).toMatchObject({ id: "Ab" });
  });

  test("a path that cannot be decoded is a bad request", async () => {
    expect((await noteApp().app.fetch(get("/notes/%E0%A4%A"))).status).toBe(400);
  });

  test("HEAD has the headers of GET and no body; another method answers 405 with Allow", async () => {
    const { app } = noteApp();
    const [whole, head] = [await app.fetch(get("/open")), await app.fetch(get("/open", "HEAD"))];
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(head.headers.get("content-length")).toBe(String((await whole.text()).length));
    const other = await app.fetch(get("/open", "DELETE"));
    expect([other.status, other.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    expect((await app.fetch(get("/open", "OPTIONS"))).status).toBe(204);
  });

  test("a request id that is well formed is kept, another one replaced", async () => {
    const { app } = noteApp();
    const ask = async (id: string) =>
      (await app.fetch(new Request("http://host/open", { headers: { "x-request-id": id } }))).headers.get(
        "x-request-id",
      );
    expect(await ask("order-7")).toBe("order-7");
    expect(await ask("a b")).toMatch(/^[\w-]{36}$/);
  });

  test("a bug of a handler is 500 without a word about it, and a line of the log", async () => {
    const module = noteModule();
    const [first] = module.routes;
    const broken = { ...first, handler: () => Promise.reject(new Error("secret detail")) };
    const { post, lines } = noteApp({ modules: [{ ...module, routes: [broken] }] });
    const response = await post("/notes", NOTE);
    expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining("secret")]);
    expect(lines.join("\n")).toContain("secret detail");
  });
});

describe("options", () => {
  const { kit } = noteApp();
  const authorize = () => null;
  test.each([
    [{ authorize: "me" }, "authorize"],
    [{ authorize, limits: { authorizeMs: 0 } }, "limits.authorizeMs"],
    [{ authorize, limits: { authorizeMs: Number.NaN } }, "limits.authorizeMs"],
    [{ authorize, publicPath: "/a b" }, "publicPath"],
  ])("%j names %s", (options, option) => {
    expect(() => recallkitApp(kit, { modules: [], ...(options as { authorize: () => null }) })).toThrow(
      expect.objectContaining({ code: "config.invalid", option }),
    );
  });
});

test("two apps of one kit share its stores and its keys of repeats, each under its own path", async () => {
  const one = noteApp({ basePath: "/one" });
  const module = noteModule(one.written);
  const two = recallkitApp(one.kit, {
    basePath: "/two",
    modules: [module],
    authorize: () => ({ tenantId: 1, actor: "user:8", permissions: "all" }),
    logger: { debug() {}, info() {}, warn() {}, error() {} },
  });
  const headers = { "idempotency-key": "k1", "content-type": "application/json" };
  const first = await one.post("/one/notes", NOTE, headers);
  const body = JSON.stringify(NOTE);
  const again = await two.fetch(new Request("http://host/two/notes", { method: "POST", headers, body }));
  expect(await again.json()).toEqual(await first.json());
  expect(again.headers.get("idempotent-replayed")).toBe("true");
  expect(one.written).toEqual(["hello"]);
});
