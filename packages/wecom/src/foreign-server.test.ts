import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createWecomClient } from "./client.js";
import { allOf, batchOf, failureOf, LINKED, MARKER, sendOptions, testTransport } from "./test-rig.js";
import { wecomChannel } from "./wecom-channel.js";

interface Received {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly contentType: string | undefined;
  readonly body: string;
}

type Reply = object | { readonly status: number; readonly headers?: Record<string, string>; readonly text: string };

/** A server of a few lines that answers each call by its name; what it is asked is written down. */
async function serve(answers: Record<string, (request: Received, count: number) => Reply>) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "", "http://provider.example");
    const call = {
      path: url.pathname,
      query: url.searchParams,
      contentType: request.headers["content-type"],
      body: await textOf(request),
    };
    received.push(call);
    const name = url.pathname.split("/").pop() ?? "";
    const count = received.filter(({ path }) => path === call.path).length;
    const reply = answers[name]?.(call, count) ?? { status: 404, text: "no such call" };
    if ("status" in reply && "text" in reply) response.writeHead(reply.status, reply.headers).end(reply.text);
    else response.end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise((resolve) => server.close(() => resolve())));
  // `address()` of a server that listens on TCP is always this object.
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/proxy/wecom/`;
  const options = { corpId: "ww1", secret: "s&=1", baseUrl, transport: testTransport() };
  return { received, client: createWecomClient(options), channel: wecomChannel(options) };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

const gettoken = () => ({ access_token: "t+/=1", expires_in: 7200 });

describe("wecomChannel on any server of the protocol", () => {
  test("sends, finds and follows a message where answers have no errcode and odd types", async () => {
    const { received, channel } = await serve({
      gettoken: () => ({ access_token: "t+/=1", expires_in: "7200" }),
      add_msg_template: () => ({ msgid: "m1", more: { unknown: true } }),
      get_groupmsg_list_v2: ({ body }) =>
        body.includes('"cursor":"c1"')
          ? {
              errcode: 0,
              group_msg_list: [{ msgid: "m0", create_time: 1779242300, text: { content: `rk=${MARKER}` } }],
            }
          : {
              errcode: 0,
              next_cursor: "c1",
              group_msg_list: [{ msgid: "m1", create_time: "1779242400", link: { url: `?rk=${MARKER}` } }],
            },
      get_groupmsg_task: () => ({
        errcode: "0",
        errmsg: "ok",
        task_list: [{ userid: "u1", status: 2, send_time: 1779242500 }],
      }),
      get_groupmsg_send_result: () => ({
        next_cursor: "",
        send_list: [
          { external_userid: "wm1", chat_id: "", userid: "u1", status: "1", send_time: "1779242500" },
          { external_userid: "wm2", userid: "u1", status: 0, send_time: 0 },
          { chat_id: "wr1", userid: "u1", status: 1 },
          { external_userid: "wm3", userid: "u1", status: 9 },
        ],
      }),
    });
    const signal = new AbortController().signal;
    expect(await channel.send(batchOf(LINKED, ["wm1"]), sendOptions())).toEqual([
      { kind: "accepted", providerMessageId: "m1" },
    ]);
    expect(
      await channel.lookUp?.(
        { recipients: [], marker: MARKER, content: LINKED, from: 1779242000_000, to: 1779242999_001 },
        { signal },
      ),
    ).toEqual([
      { providerMessageId: "m0", createdAt: 1779242300_000 },
      { providerMessageId: "m1", createdAt: 1779242400_000 },
    ]);
    expect(channel.results && (await allOf(channel.results(["m1"], { signal })))).toEqual([
      { address: "wm1", kind: "delivered", at: 1779242500_000 },
      { address: "wm2", kind: "pending" },
      { address: "wm3", kind: "pending" },
    ]);

    expect(received[0]).toMatchObject({ path: "/proxy/wecom/cgi-bin/gettoken", contentType: undefined, body: "" });
    expect(Object.fromEntries(received[0]?.query ?? [])).toEqual({ corpid: "ww1", corpsecret: "s&=1" });
    expect(received[1]?.query.get("access_token")).toBe("t+/=1");
    expect(received[1]?.contentType).toBe("application/json");
    expect(received[1]?.body).toContain("喵～好久不见");
    expect(JSON.parse(received[2]?.body ?? "")).toEqual({
      chat_type: "single",
      filter_type: 0,
      start_time: 1779242000,
      end_time: 1779243000,
      limit: 100,
    });
  });

  test("40001 of a later call is a refused token like any other", async () => {
    const { received, client } = await serve({
      gettoken: (_, count) => ({ access_token: `t${count}`, expires_in: 7200 }),
      remind_groupmsg_send: ({ query }) =>
        query.get("access_token") === "t1" ? { errcode: 40001, errmsg: "" } : { errcode: 0 },
    });
    await client.remindGroupmsgSend("m1");
    expect(received.map(({ path }) => path.split("/").pop())).toEqual([
      "gettoken",
      "remind_groupmsg_send",
      "gettoken",
      "remind_groupmsg_send",
    ]);
  });

  test.each([
    ["401", { status: 401, text: "" }, { effect: "AUTH" }],
    ["429", { status: 429, headers: { "retry-after": "7" }, text: "" }, { effect: "RATE_LIMITED", retryAfterMs: 7000 }],
    ["429 without a time", { status: 429, text: "" }, { effect: "RATE_LIMITED", retryAfterMs: 60_000 }],
    [
      "429 with a date",
      { status: 429, headers: { "retry-after": "Wed, 21 Oct 2026" }, text: "" },
      { retryAfterMs: 60_000 },
    ],
    ["a redirect", { status: 302, headers: { location: "/" }, text: "" }, { effect: "UNKNOWN" }],
    ["404", { status: 404, text: "" }, { effect: "UNKNOWN" }],
    ["an empty body", { status: 200, text: "" }, { effect: "UNKNOWN" }],
    ["null", { status: 200, text: "null" }, { effect: "UNKNOWN" }],
    ["a list", { status: 200, text: "[]" }, { effect: "UNKNOWN" }],
    ["an errcode that is no number", { errcode: {}, msgid: "m1" }, { effect: "UNKNOWN" }],
    ["an empty msgid", { errcode: 0, msgid: "" }, { effect: "UNKNOWN" }],
    ["a fail_list of another form", { errcode: 0, msgid: "m1", fail_list: "wm1" }, { effect: "UNKNOWN" }],
    ["an answer over the limit", { status: 200, text: " ".repeat(5 * 1024 * 1024) }, { effect: "UNKNOWN" }],
  ])("%s is judged by what it proves", async (_, reply, expected) => {
    const { client } = await serve({ gettoken, add_msg_template: () => reply });
    expect(await failureOf(client.addMsgTemplate({ sender: "u1", text: { content: "a" } }))).toMatchObject(expected);
  });

  test("a token answer without a token is no token", async () => {
    const { client } = await serve({ gettoken: () => ({ errcode: 0, errmsg: "ok" }) });
    expect(await failureOf(client.accessToken())).toMatchObject({
      code: "channel.malformed-response",
      effect: "NOT_SENT",
    });
  });
});
