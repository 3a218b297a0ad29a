import { openApiDocument } from "@recallkit/http";
import { describe, expect, test } from "vitest";
import { modules } from "../app.js";

type Json = Record<string, unknown>;
type Answer = { description: string; content: Record<string, { schema: Json; example?: unknown }> };
type Operation = {
  operationId: string;
  summary: string;
  tags: string[];
  security: Json[];
  parameters?: { name: string; in: string; required: boolean; schema: Json }[];
  requestBody?: { content: Record<string, { schema: Json; example: unknown }> };
  responses: Record<string, Answer | { $ref: string }>;
};

// What the document holds is what these tests are about; its type is plain JSON.
const document = JSON.parse(JSON.stringify(openApiDocument(modules, { version: "1.2.3" }))) as {
  openapi: string;
  info: { version: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Json; securitySchemes: Json; responses: Record<string, Answer> };
};
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);
const routes = modules.flatMap((module) => module.routes ?? []).filter((route) => !route.isHidden);

describe("openapi.json", () => {
  test("is OpenAPI 3.1 with a version of its own", () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info.version).toBe("1.2.3");
  });

  test("fills in no Idempotency-Key: who tries a route twice means two calls", () => {
    const keys = operations.flatMap(({ operation }) =>
      (operation.parameters ?? []).filter(({ name }) => name === "Idempotency-Key"),
    );
    expect(keys.length).toBeGreaterThan(20);
    for (const key of keys) expect(JSON.stringify(key)).not.toMatch(/"(example|examples|default)"/);
  });

  test("lists every route that is served, and no other", () => {
    const served = routes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(served.sort());
  });

  test("lists the documented paths", () => {
    for (const path of [
      "/login",
      ...["create", "edit", "editstatus", "lists", "info", "labels"].map((name) => `/wechatpush/${name}`),
    ]) {
      expect(document.paths[path]).toHaveProperty("post");
    }
  });

  test("operation ids are unique", () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(operations.map(({ path, method, operation }) => [`${method} ${path}`, path, operation] as const))(
    "%s is described in full",
    (title, path, operation) => {
      expect(operation.summary).toMatch(/ \/ /);
      const known = document.tags.map(({ name }) => name);
      for (const tag of operation.tags) expect(known).toContain(tag);
      const placeholders = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
      expect(inPath.map(({ name }) => name)).toEqual(placeholders);
      expect(inPath.every(({ required }) => required)).toBe(true);
      for (const [status, answer] of Object.entries(operation.responses)) {
        const response = "$ref" in answer ? document.components.responses[answer.$ref.split("/").at(-1) ?? ""] : answer;
        if (!response) throw new Error(`${status} leads nowhere`);
        expect(status).toMatch(/^[2-5]\d\d$/);
        expect(response.description).not.toBe("");
        for (const { schema } of Object.values(response.content)) expect(Object.keys(schema)).not.toHaveLength(0);
      }
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["500", "503"]));
      expect(Object.keys(operation.responses).filter((status) => status < "300")).toHaveLength(1);
      const needsToken = operation.security.length > 0;
      // These take another proof than a token, too.
      const asksByItself =
        ["/login", "/metrics", "/api/wechat/sidebar-data"].includes(path) || title === "post /api/session";
      expect("401" in operation.responses).toBe(needsToken || asksByItself);
    },
  );

  test("every reference leads somewhere", () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(schemas|responses)\/(\w+)"/g)];
    expect(references.length).toBeGreaterThan(0);
    for (const [, kind, name = ""] of references) {
      expect(kind === "schemas" ? document.components.schemas : document.components.responses).toHaveProperty(name);
    }
  });

  test("routes for people with a session ask for the bearer token", () => {
    expect(document.paths["/wechatpush/create"]?.post?.security).toEqual([{ bearer: [] }]);
    expect(document.paths["/login"]?.post?.security).toEqual([]);
    expect(document.components.securitySchemes).toMatchObject({ bearer: { type: "http", scheme: "bearer" } });
  });

  test("every route that answers with JSON shows an answer, and every body that is asked for a request", () => {
    const bare = routes.filter(({ produces, example }) => produces === undefined && example?.response === undefined);
    expect(bare.map(({ path }) => path)).toEqual([]);
    const asked = routes.filter(({ request, accepts }) => request?.body && !accepts);
    const without = asked.filter(({ example }) => example?.request === undefined);
    expect(without.map(({ path }) => path)).toEqual([]);
  });

  test.each(routes.filter(({ example }) => example).map((route) => [route.path, route] as const))(
    "the examples of %s are true",
    (_, { request, response, example }) => {
      if (example?.request !== undefined) expect(request?.body?.safeParse(example.request).error).toBeUndefined();
      if (example?.response !== undefined) expect(response.safeParse(example.response).error).toBeUndefined();
    },
  );
});
