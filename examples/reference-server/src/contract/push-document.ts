// The document of pushes as cases that any server can be asked: the reference server, or a host that mounts `pushModule`.
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { RecallKit } from "@recallkit/core";
import { CREATE, EDIT, LABELS, LISTS } from "./push-document-bodies.js";

/** Where the routes are, and how to be let in. */
export interface PushDocumentOptions {
  /** Up to the routes, without a slash at the end: `https://shop.example/recall`. */
  readonly url: string;
  /** Headers of a caller who may read and write pushes. */
  readonly headers: Readonly<Record<string, string>>;
}

/** One fact of the document. The cases are run in their order, each once. */
export interface PushDocumentCase {
  readonly name: string;
  /** Rejects with an `AssertionError` when the fact does not hold. */
  run(): Promise<void>;
}

/** An answer of a route. */
interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly json: { readonly success?: boolean; readonly data?: unknown; readonly errors?: readonly Fault[] };
}

interface Fault {
  readonly path: string;
  readonly message: string;
}

type Row = Readonly<Record<string, unknown>>;

/** Puts the labels of the document into a tenant's library, so that the cases find them. */
export async function plantPushDocument(kit: Pick<RecallKit, "customers" | "labels">): Promise<void> {
  await kit.customers.upsert(LABELS.cities.map((city, n) => ({ externalKey: `document-${n}`, city })));
  await kit.labels.put(LABELS.library);
}

/** The cases; they make a push of their own and take it away in the end, so that they may be run again. */
export function pushDocumentContract({ url, headers }: PushDocumentOptions): readonly PushDocumentCase[] {
  const json = { "content-type": "application/json" };
  const ask = async (path: string, init: RequestInit): Promise<Answered> => {
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text === "" ? {} : JSON.parse(text) };
  };
  const post = (path: string, body: string | object | undefined, more: Readonly<Record<string, string>> = {}) =>
    ask(path, {
      method: "POST",
      headers: { ...json, ...headers, ...more },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  const good = async (path: string, body?: object) => {
    const answer = await post(path, body);
    deepEqual([path, answer.status, answer.json.success], [path, 200, true]);
    return answer.json.data as Row;
  };
  const refused = ({ status, json: body }: Answered, expected: number, paths?: readonly string[]) => {
    equal(status, expected);
    deepEqual(Object.keys(body).sort(), ["errors", "message", "success"]);
    equal(body.success, false);
    if (paths) deepEqual(body.errors?.map(({ path }) => path).sort(), [...paths].sort());
  };
  let id = 0;

  return [
    {
      name: "create answers as printed, and a repeat under its key with the first answer",
      async run() {
        const key = { "idempotency-key": randomUUID() };
        const first = await post("/wechatpush/create", CREATE, key);
        deepEqual([first.json.success, first.json.data], [true, true]);
        const again = await post("/wechatpush/create", CREATE, key);
        deepEqual([again.status, again.json], [200, first.json]);
        refused(await post("/wechatpush/create", { ...CREATE, name: "another" }, key), 422);
        refused(await post("/wechatpush/create", CREATE), 409, ["name"]);
      },
    },
    {
      name: "lists answers with a page of the documented columns",
      async run() {
        const page = await good("/wechatpush/lists", { ...LISTS, searchText: CREATE.name });
        deepEqual(Object.keys(page), ["data", "total", "page", "pagesize", "pages"]);
        const [row] = page.data as readonly Row[];
        id = Number(row?.id);
        deepEqual([row?.name, row?.status, row?.usefulTime], [CREATE.name, 0, "2024-01-01~2024-12-31"]);
        match(String(row?.createTime), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
      },
    },
    {
      name: "edit and editstatus change it, and info reads it back",
      async run() {
        equal(await good("/wechatpush/edit", { id, ...EDIT }), true);
        equal(await good("/wechatpush/editstatus", { id, status: 1 }), true);
        const info = await good("/wechatpush/info", { id });
        for (const [field, value] of Object.entries({ id, ...EDIT, status: 1 })) deepEqual(info[field], value, field);
        equal(await good("/wechatpush/edit", info), true);
      },
    },
    {
      name: "labels answers with the library",
      async run() {
        const found = await good("/wechatpush/labels");
        for (const city of LABELS.cities) ok((found.cityLabels as readonly string[]).includes(city), city);
        const stores = found.storeLabels as readonly Row[];
        deepEqual(
          stores.find((store) => store.id === "1001"),
          { id: "1001", name: "上海仓" },
        );
      },
    },
    {
      name: "every fault of a body is told at once, with its path",
      async run() {
        refused(await post("/wechatpush/create", {}), 400);
        const faults = await post("/wechatpush/info", { id: "x", other: 1 });
        refused(faults, 400, ["id", "other"]);
        refused(await post("/wechatpush/info", { id: 999_999_999 }), 404, ["id"]);
      },
    },
    {
      name: "a body that is no JSON, no text, of another type or too large is refused in the same form",
      async run() {
        refused(await post("/wechatpush/info", '{"id":'), 400);
        refused(await post("/wechatpush/info", "id=1", { "content-type": "text/plain" }), 415);
        refused(await post("/wechatpush/create", `{"name":"${"x".repeat(1024 * 1024)}"}`), 413);
        refused(await post("/wechatpush/info", "[".repeat(33) + "]".repeat(33)), 400);
      },
    },
    {
      name: "who is not let in hears 401, another method 405, another path 404",
      async run() {
        refused(await ask("/wechatpush/lists", { method: "POST", headers: json, body: "{}" }), 401);
        const other = await ask("/wechatpush/lists", { method: "GET", headers });
        refused(other, 405);
        equal(other.headers.get("allow"), "POST, OPTIONS");
        const options = await ask("/wechatpush/lists", { method: "OPTIONS", headers });
        deepEqual([options.status, options.headers.get("allow")], [204, "POST, OPTIONS"]);
        refused(await post("/wechatpush/nothing", {}), 404);
      },
    },
    {
      name: "answers carry a request id and are not kept by caches",
      async run() {
        const answer = await post("/wechatpush/lists", LISTS, { "x-request-id": "document-1" });
        equal(answer.headers.get("x-request-id"), "document-1");
        equal(answer.headers.get("cache-control"), "no-store");
        equal(answer.headers.get("content-type"), "application/json");
      },
    },
    {
      name: "delete takes it away",
      async run() {
        equal(await good("/wechatpush/delete", { id }), true);
        refused(await post("/wechatpush/info", { id }), 404, ["id"]);
      },
    },
  ];
}
