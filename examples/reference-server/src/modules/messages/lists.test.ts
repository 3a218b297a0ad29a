import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../testing/test-server.js";

let server: TestServer;
let template = 0;
beforeAll(async () => {
  server = await startTestServer();
  const variables = { no: { max_length: 9, example: "A1" } };
  const body = {
    name: "发货",
    channel: "sms",
    content: { text: "订单 {{no}}" },
    variables,
    message_class: "transactional",
  };
  const made = await server.post("/api/templates", body);
  template = (made.json as { id: number }).id;
});
afterAll(() => server.close());

const send = (recipients: readonly string[]) =>
  server.post("/api/messages/send-batch", {
    ...{ template_id: template, variables: { no: "A1" }, recipients, send_at: server.context.clock.now() + 3_600_000 },
  });

test("batches are listed, the latest first, with where their messages stand", async () => {
  await send(["13800138000", "13800138001", "13800138000"]);
  await send(["13800138002", "no number"]);
  const { json } = await server.get("/api/messages/batches");
  expect(json).toMatchObject({
    items: [
      { batch_id: 2, template_id: template, total: 2, accepted: 1, rejected: 1, by_status: { queued: 1 }, done: 0 },
      { batch_id: 1, total: 3, accepted: 2, duplicates: 1, rejected: 0, by_status: { queued: 2 } },
    ],
    next_cursor: null,
  });
  const first = (await server.get("/api/messages/batches?limit=1")).json as { next_cursor: string };
  expect((await server.get(`/api/messages/batches?limit=1&cursor=${first.next_cursor}`)).json).toMatchObject({
    items: [{ batch_id: 1 }],
    next_cursor: null,
  });
  expect((await server.get(`/api/messages/batches?template_id=${template + 1}`)).json).toMatchObject({ items: [] });
  await server.post("/api/messages/batches/1/cancel", {});
  expect((await server.get("/api/messages/batches")).json).toMatchObject({
    items: [{}, { batch_id: 1, by_status: { cancelled: 2 }, done: 2 }],
  });
});

test("versions of a template tell what it said then", async () => {
  const path = `/api/templates/${template}`;
  const { name, channel, content, variables } = (await server.get(path)).json as Record<string, never>;
  const edit = { name, channel, content: { ...Object(content), text: "新订单 {{no}}" }, variables };
  expect((await server.call("PUT", path, { body: edit })).status).toBe(200);
  expect((await server.get(`${path}/versions`)).json).toMatchObject({
    items: [
      { version: 1, content: { text: "订单 {{no}}" }, variables: { no: { max_length: 9 } } },
      { version: 2, content: { text: "新订单 {{no}}" } },
    ],
  });
  expect((await server.get("/api/templates/99/versions")).status).toBe(404);
});
