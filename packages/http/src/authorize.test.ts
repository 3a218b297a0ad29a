import { virtualClock } from "@recallkit/core/testing";
import { describe, expect, test } from "vitest";
import type { Authorize } from "./authorize.js";
import { HttpError } from "./http-error.js";
import { noteApp } from "./testing/note-app.js";

const NOTE = { text: "hello" };

async function answerOf(authorize: Authorize, options: Parameters<typeof noteApp>[0] = {}) {
  const host = noteApp({ authorize, ...options });
  const response = await host.post("/notes", NOTE, { "accept-language": "en" });
  return { ...host, status: response.status, response, json: (await response.json()) as Record<string, unknown> };
}

describe("a host's sign-in", () => {
  test("decides the tenant and the actor of a request", async () => {
    const host = noteApp({ authorize: async () => ({ tenantId: 2, actor: "user:9", permissions: ["notes:write"] }) });
    expect(await host.kit.tenants.create({ name: "二店" })).toMatchObject({ id: 2 });
    const response = await host.post("/notes", NOTE);
    expect([response.status, await response.json()]).toEqual([201, { text: "hello", tenant: 2, by: "user:9" }]);
    expect(host.lines.at(-1)).toContain('"tenantId":2,"actor":"user:9"');
  });

  test("sees method, address and headers, and leaves the body to us", async () => {
    const seen: unknown[] = [];
    const { status } = await answerOf(async (request) => {
      seen.push(request.method, new URL(request.url).pathname, request.headers.get("accept-language"), request.body);
      return { tenantId: 1, actor: "a", permissions: "all" };
    });
    expect([status, seen]).toEqual([201, ["POST", "/notes", "en", null]]);
  });

  test.each([null, undefined])("%s is nobody: 401", async (nobody) => {
    const { status, response, written } = await answerOf(() => nobody as null);
    expect([status, response.headers.get("www-authenticate"), written]).toEqual([401, "Bearer", []]);
  });

  test("a list of permissions is all that there is: 403 for the rest", async () => {
    const { status, json } = await answerOf(() => ({ tenantId: 1, actor: "a", permissions: ["notes:read"] }));
    expect([status, json.code]).toEqual([403, "auth.forbidden"]);
  });

  test("one that throws is answered 503, logged with the reason, and tells the caller nothing", async () => {
    const { status, response, json, lines, written } = await answerOf(() => {
      throw new Error("redis of the host is away");
    });
    expect([status, response.headers.get("retry-after"), written]).toEqual([503, "1", []]);
    expect(json).toMatchObject({ code: "auth.unavailable", detail: expect.stringMatching(/cannot be checked/) });
    expect(JSON.stringify(json)).not.toContain("redis");
    expect(lines.find((line) => line.startsWith("error http.failed"))).toContain("redis of the host is away");
  });

  test("one that rejects with an HttpError is answered with that", async () => {
    const { status } = await answerOf(async () => {
      throw new HttpError(403, "auth.forbidden");
    });
    expect(status).toBe(403);
  });

  test("one that never answers is given up in time, and is told so", async () => {
    const clock = virtualClock(0);
    let heard = false;
    const authorize: Authorize = (_, { signal }) =>
      new Promise(() => {
        signal.addEventListener("abort", () => {
          heard = true;
        });
      });
    const answer = answerOf(authorize, { clock, limits: { authorizeMs: 500 } });
    await expect.poll(() => clock.sleeping).toBe(1);
    await clock.advance(500);
    const { status, json } = await answer;
    expect([status, json.code, heard]).toEqual([503, "auth.unavailable", true]);
  });

  test("a tenant that is not there is refused before anything is written", async () => {
    const { status, json, lines, written } = await answerOf(() => ({ tenantId: 77, actor: "a", permissions: "all" }));
    expect([status, json.code, written]).toEqual([403, "auth.forbidden", []]);
    expect(lines).toContainEqual('warn auth.unknown-tenant {"tenantId":77}');
  });

  test.each([
    ["a text", "user:1", "the answer"],
    ["a tenant in letters", { tenantId: "1", actor: "a", permissions: "all" }, "tenantId"],
    ["tenant 0", { tenantId: 0, actor: "a", permissions: "all" }, "tenantId"],
    ["half a tenant", { tenantId: 1.5, actor: "a", permissions: "all" }, "tenantId"],
    ["no actor", { tenantId: 1, permissions: "all" }, "actor"],
    ["an empty actor", { tenantId: 1, actor: "", permissions: "all" }, "actor"],
    ["permissions that are a word", { tenantId: 1, actor: "a", permissions: "admin" }, "permissions"],
    ["nothing but true", true, "the answer"],
  ])("%s is the host's mistake: 500, named in the log only", async (_, nonsense, field) => {
    const { status, json, lines, written } = await answerOf(() => nonsense as never);
    expect([status, json.code, written]).toEqual([500, "auth.malformed-caller", []]);
    expect(lines.find((line) => line.startsWith("error http.failed"))).toContain(`wrong ${field}`);
    expect(JSON.stringify(json)).not.toContain(field === "the answer" ? "wrong" : field);
  });

  test("is not asked on public routes", async () => {
    const { app } = noteApp({
      authorize: () => {
        throw new Error("asked");
      },
    });
    expect((await app.fetch(new Request("http://host/open"))).status).toBe(200);
  });
});
