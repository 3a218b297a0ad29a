// A module small enough to see what the frame does: it keeps what it is told and counts how often.
import * as z from "zod";
import { defineModule } from "../module.js";
import { defineRoute, reply } from "../route.js";

const note = z.strictObject({ text: z.string().min(1).max(20), more: z.array(z.int()).optional() });

/** `/notes*`. @param written every text that a handler has seen */
export function noteModule(written: string[] = []) {
  return defineModule({
    name: "notes",
    permissions: {
      "notes:read": { summary: "看 / read" },
      "notes:write": { summary: "写 / write" },
    },
    tags: { Notes: "记事 / notes" },
    routes: [
      defineRoute({
        method: "post",
        path: "/notes",
        auth: "notes:write",
        status: 201,
        summary: "写 / Write",
        tags: ["Notes"],
        request: { body: note },
        response: z.strictObject({ text: z.string(), tenant: z.int(), by: z.string() }),
        async handler({ body, session }) {
          written.push(body.text);
          return { text: body.text, tenant: session.tenantId, by: session.actor };
        },
      }),
      defineRoute({
        method: "post",
        path: "/notes/form",
        auth: "public",
        takesForm: true,
        summary: "表单 / Form",
        tags: ["Notes"],
        request: { body: note },
        response: z.strictObject({ text: z.string(), method: z.string() }),
        handler: async ({ body, method }) => ({ text: body.text, method }),
      }),
      defineRoute({
        method: "get",
        path: "/notes/:id",
        auth: "notes:read",
        summary: "看 / Read",
        tags: ["Notes"],
        request: {
          params: z.strictObject({ id: z.string().max(40) }),
          query: z.strictObject({ a: z.string().optional() }),
        },
        response: z.looseObject({}),
        handler: async ({ params, query, ip, language }) => ({ ...params, ...query, ip, language }),
      }),
      defineRoute({
        method: "post",
        path: "/notes/bytes",
        auth: "notes:write",
        summary: "字节 / Bytes",
        tags: ["Notes"],
        accepts: { mediaTypes: ["image/png"], maxBytes: 10 },
        request: { body: z.instanceof(Buffer) },
        response: z.strictObject({ bytes: z.int() }),
        handler: async ({ body }) => ({ bytes: body.length }),
      }),
      defineRoute({
        method: "post",
        path: "/notes/guarded",
        auth: "notes:write",
        refusal: { status: 403, code: "auth.forbidden" },
        summary: "设防 / Guarded",
        tags: ["Notes"],
        accepts: { mediaTypes: ["*/*"], maxBytes: 10 },
        request: { body: z.instanceof(Buffer), query: z.strictObject({ a: z.literal("1") }) },
        response: z.strictObject({ bytes: z.int() }),
        handler: async ({ body }) => ({ bytes: body.length }),
      }),
      defineRoute({
        method: "post",
        path: "/notes/rows",
        auth: "notes:write",
        summary: "行 / Rows",
        tags: ["Notes"],
        rows: { maxRows: 3, maxBytes: 100 },
        request: { body: z.array(z.unknown()) },
        response: z.strictObject({ rows: z.array(z.unknown()) }),
        handler: async ({ body }) => ({ rows: body }),
      }),
      defineRoute({
        method: "post",
        path: "/notes/stream",
        auth: "notes:write",
        effects: "outside",
        summary: "流 / Stream",
        tags: ["Notes"],
        accepts: { mediaTypes: ["text/csv"], maxBytes: 10, isStreamed: true },
        request: { body: z.custom<AsyncIterable<Uint8Array>>() },
        response: z.strictObject({ bytes: z.int() }),
        async handler({ body }) {
          let bytes = 0;
          for await (const piece of body) bytes += piece.length;
          return { bytes };
        },
      }),
      defineRoute({
        method: "get",
        path: "/notes/news",
        auth: "notes:read",
        summary: "消息 / News",
        tags: ["Notes"],
        produces: "text/event-stream",
        response: z.string(),
        handler: async () => reply(news(written)),
      }),
      defineRoute({
        method: "get",
        path: "/open",
        auth: "public",
        summary: "公开 / Open",
        tags: ["Notes"],
        response: z.strictObject({ open: z.literal(true) }),
        handler: async () => ({ open: true as const }),
      }),
    ],
  });
}

/** One piece after the other for as long as somebody listens. */
async function* news(written: string[]): AsyncGenerator<string> {
  try {
    for (let count = 1; ; count++) yield `data: ${count}\n\n`;
  } finally {
    written.push("nobody listens");
  }
}
