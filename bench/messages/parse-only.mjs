// @ts-nocheck Express and zod are dependencies of the server, so their types cannot be found from here.
// Express that reads the body of a send, looks at it with the same kind of schema, and answers: what the durable one is held against.
import { createRequire } from "node:module";
import { root } from "../../scripts/workspace.mjs";

const load = createRequire(`${root}/examples/reference-server/package.json`);
const express = load("express");
const z = load("zod");

const body = z.strictObject({
  template_id: z.int().min(1),
  recipient: z.string().min(1).max(255),
  variables: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  priority: z.int().min(0).max(10).optional(),
});
const app = express().disable("x-powered-by").disable("etag").use(express.json());
app.post("/api/messages/send", (request, response) => {
  const { recipient, ...rest } = body.parse(request.body);
  response.status(201).json({ message_id: 1, status: "queued", ...rest, recipient_length: recipient.length });
});
const server = app.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
