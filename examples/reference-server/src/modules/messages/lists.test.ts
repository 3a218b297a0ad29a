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

test("a row that is refused says why in the caller's language", async () => {
  const body = {
    template_id: template,
    recipients: [
      { recipient: "13800138003", variables: { no: "A1" } },
      { recipient: "no number", variables: { no: "A1" } },
      "13800138004",
      { recipient: "13800138005", variables: { no: "A1", other: "x" } },
      { recipient: "13800138006", variables: { no: "A123456789" } },
      { recipient: "13800138007", variables: { no: "A\n1" } },
      { recipient: "13800138008", variables: { no: ["A"] } },
    ],
    send_at: server.context.clock.now() + 3_600_000,
  };
  const told = async (language: string) => {
    const headers = { "accept-language": language };
    const { json } = await server.call("POST", "/api/messages/send-batch", { headers, body });
    return (json as { rejected: readonly { index: number; code: string; message: string }[] }).rejected;
  };
  const zh = await told("zh");
  expect(zh.map(({ index, code }) => [index, code])).toEqual([
    [1, "recipient.address"],
    [2, "variable.missing"],
    [3, "variable.unknown"],
    [4, "variable.too-long"],
    [5, "variable.lines"],
    [6, "variable.type"],
  ]);
  for (const { message } of zh) expect(message).toMatch(/[一-鿿]/);
  for (const { message } of await told("en")) expect(message).not.toMatch(/[一-鿿]/);
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
