import { openApiDocument } from "@recallkit/http";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createUser, logIn } from "../modules/auth/service.js";
import { arbitraryOf, hostile, type JsonSchema } from "./arbitrary.js";
import { openShop, PASSWORD, type Shop } from "./shop.js";

/** Requests sent; `npm run test:full` sends ten times as many. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 2000);
const AT_ONCE = 8;

interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: JsonSchema }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>;
  };
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

let shop: Shop;
beforeAll(async () => {
  shop = await openShop();
});
afterAll(() => shop.close());

function requests(): fc.Arbitrary<Sent> {
  // What is described is what a stranger knows; nothing else of the server is used here.
  const { paths } = JSON.parse(JSON.stringify(openApiDocument(shop.server.context.modules, { version: "0" }))) as {
    paths: Record<string, Record<string, Operation>>;
  };
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  );
  return fc.constantFrom(...operations).chain(({ path, method, operation }) => {
    const parameters = operation.parameters ?? [];
    const place = (where: string) =>
      fc.record(
        Object.fromEntries(
          parameters
            .filter((parameter) => parameter.in === where)
            .map(({ name, schema }) => [name, arbitraryOf(schema)]),
        ),
        where === "path" ? {} : { requiredKeys: [] },
      );
    const json = operation.requestBody?.content["application/json"];
    const body = json ? bodies(json.schema, json.example) : fc.option(fc.string(), { nil: undefined });
    return fc
      .record({
        inPath: place("path"),
        query: place("query"),
        body,
        headers: fc.record(
          {
            "idempotency-key": fc.constantFrom("a", "b", "", "\u00e9", "x".repeat(300)),
            "content-type": fc.constantFrom(
              "application/json",
              "application/json; charset=utf-8",
              "text/plain",
              "image/png",
            ),
            "accept-language": fc.constantFrom("en", "zh", "xx;q=9", ";;"),
            "x-request-id": fc.constantFrom("ok-1", "{{7*7}}", "x".repeat(2000)),
          },
          { requiredKeys: [] },
        ),
        hasToken: fc.constantFrom(true, true, true, true, false),
      })
      .map(({ inPath, query, body: sent, headers, hasToken }) => {
        const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(textOf(inPath[name])));
        const pairs = Object.entries(query).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, textOf(value)] as [string, string]],
        );
        const search = new URLSearchParams(pairs).toString();
        const hasBody = method !== "get" && sent !== undefined;
        return {
          method: method.toUpperCase(),
          path: search === "" ? filled : `${filled}?${search}`,
          headers: {
            ...(hasBody && { "content-type": "application/json" }),
            ...headers,
            ...(hasToken && { authorization: "token" }),
          },
          body: hasBody ? sent : undefined,
        };
      });
  });
}

/** The documented example with something changed, what the schema allows, what it does not, and no JSON at all. */
function bodies(schema: JsonSchema, example: unknown): fc.Arbitrary<string | undefined> {
  const written = (value: unknown) => JSON.stringify(value) ?? "";
  const base: Record<string, unknown> = typeof example === "object" && example !== null ? { ...example } : {};
  const keys = Object.keys(base);
  const changed = fc
    .tuple(fc.constantFrom(...(keys.length > 0 ? keys : ["id"])), hostile)
    .map(([key, value]) => written({ ...base, [key]: value }));
  return fc.oneof(
    { arbitrary: changed, weight: 4 },
    { arbitrary: arbitraryOf(schema).map(written), weight: 4 },
    { arbitrary: fc.constant(written(base)), weight: 1 },
    { arbitrary: hostile.map(written), weight: 1 },
    { arbitrary: fc.constantFrom("", "{", "[", '{"__proto__":{"a":1}}', "\u0000", '"', "1e999"), weight: 1 },
    { arbitrary: fc.constant(undefined), weight: 1 },
  );
}

/** A value as a part of a URL; lone surrogates have no such form. */
function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return Buffer.from(text, "utf8").toString("utf8");
}

test(`${REQUESTS} requests made from the description: no 5xx, no stack, and the server stays up`, {
  timeout: 1_800_000,
}, async () => {
  const { server } = shop;
  let { token } = server;
  const seed = Number(process.env.FUZZ_SEED ?? 20_260_101);
  const all = fc.sample(requests(), { numRuns: REQUESTS, seed });
  const statuses: Record<number, number> = {};
  const faults: string[] = [];
  const send = async ({ method, path, headers, body }: Sent) => {
    const { authorization, ...rest } = headers;
    const sent = new Headers();
    for (const [name, value] of Object.entries(rest)) sent.set(name, Buffer.from(value, "utf8").toString("latin1"));
    if (authorization !== undefined) sent.set("authorization", `Bearer ${token}`);
    // A redirect leads away from here: the sign-in of the sidebar goes to the provider.
    const init: RequestInit = { method, headers: sent, redirect: "manual", ...(body !== undefined && { body }) };
    const response = await fetch(server.url + path, init);
    const text = await response.text();
    statuses[response.status] = (statuses[response.status] ?? 0) + 1;
    // A logout, or a change of the caller's own account, may be among them.
    if (response.status === 401 && authorization !== undefined) token = await renew();
    const isPage = /html|javascript|css/.test(response.headers.get("content-type") ?? "");
    const hasStack = !isPage && /\n\s+at |node:internal|node_modules|\.ts:\d+/.test(text);
    if (response.status >= 500 || hasStack)
      faults.push(`${response.status} ${method} ${path} ${body} → ${text.slice(0, 300)}`);
  };
  // A new user each time: requests may have changed, locked or removed any that there is.
  let renewals = 0;
  const renew = async () => {
    const username = `fuzz-${++renewals}`;
    const by = { tenantId: 1, isPlatform: true };
    await createUser(server.context, by, { username, role: "platform", password: PASSWORD });
    return (await logIn(server.context, { username, password: PASSWORD })).token;
  };
  for (let from = 0; from < all.length; from += AT_ONCE) await Promise.all(all.slice(from, from + AT_ONCE).map(send));
  if (REQUESTS > 2000) process.stdout.write(`answers by status: ${JSON.stringify(statuses)}\n`);
  expect(faults).toEqual([]);
  expect(Object.values(statuses).reduce((sum, count) => sum + count, 0)).toBe(REQUESTS);
  // Requests that only bounce off the first check would prove little.
  expect(statuses[200]).toBeGreaterThan(REQUESTS / 20);
  expect(statuses[400]).toBeGreaterThan(REQUESTS / 10);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});
