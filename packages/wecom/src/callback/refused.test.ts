import { seededRandom } from "@recallkit/core/testing";
import { expect, test } from "vitest";
import { outgoingCallbacks } from "../simulator/outgoing-callbacks.js";
import { ACCOUNT, ADDED, openAccount } from "./testing/account.js";

/** How many requests are spoiled; `CALLBACK_FUZZ=100000` for more. */
const COUNT = Number(process.env.CALLBACK_FUZZ ?? 10_000);

type Account = ReturnType<typeof openAccount>;
type Dice = ReturnType<typeof seededRandom>;

/** Ways to spoil a request; each is refused for itself. */
const SPOILERS: Readonly<Record<string, (account: Account, dice: Dice) => Request | Promise<Request>>> = {
  "forged with another token": (account) => otherAccount(account, { token: "forged" }),
  "encrypted with another key": (account) => otherAccount(account, { encodingAesKey: "a".repeat(43) }),
  "meant for another corp": (account) => otherAccount(account, { receiveId: "ww-other" }),
  "made up": ({ provider }, dice) => withBody(provider.request(ADDED), text(dice, 400)),
  "a cipher text that was made up": async ({ provider }, dice) =>
    withBody(provider.request(ADDED), `<xml><Encrypt>${text(dice, 88)}</Encrypt></xml>`),
  "from long ago": ({ provider, clock }, dice) => atOffset(provider, clock, -(301 + Math.floor(dice.next() * 1e6))),
  "from the future": ({ provider, clock }, dice) => atOffset(provider, clock, 302 + Math.floor(dice.next() * 1e6)),
  "with a bit flipped": async ({ provider }, dice) => flipped(provider.request(ADDED), dice),
  cut: async ({ provider }, dice) => {
    const request = provider.request(ADDED);
    const body = await request.clone().text();
    // Not behind the closing tag of the cipher text: what follows it is not signed, but must be whole.
    return withBody(request, body.slice(0, Math.floor(dice.next() * (body.length - 1))));
  },
  oversized: ({ provider }, dice) =>
    withBody(provider.request(ADDED), `<xml>${"x".repeat(65_536 + Math.floor(dice.next() * 1000))}</xml>`),
  "oversized within": ({ provider }) => provider.request({ ...ADDED, State: "x".repeat(50_000) }),
  "with a document type": async ({ provider }) => {
    const request = provider.request(ADDED);
    return withBody(request, `<!DOCTYPE xml [<!ENTITY a "b">]>${await request.clone().text()}`);
  },
  "with a document type within": ({ provider }) =>
    provider.request('<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Event>&a;</Event></xml>'),
  "with an entity within": ({ provider }) => provider.request("<xml><ToUserName>&lol;</ToUserName></xml>"),
  "no message": ({ provider }, dice) => provider.request(text(dice, 50)),
  "a message without a time": ({ provider }) => provider.request("<xml><MsgType>event</MsgType></xml>"),
  "without a parameter": ({ provider }, dice) =>
    withQuery(provider.request(ADDED), (query) => query.delete(pick(dice, PARAMETERS))),
  "with a parameter twice": ({ provider }, dice) =>
    withQuery(provider.request(ADDED), (query) => {
      const name = pick(dice, PARAMETERS);
      query.append(name, query.get(name) ?? "");
    }),
  "with another parameter's value": ({ provider }, dice) =>
    withQuery(provider.request(ADDED), (query) => query.set(pick(dice, PARAMETERS), text(dice, 20))),
  "by another method": ({ provider }, dice) => {
    const { url } = provider.request(ADDED);
    return new Request(url, { method: pick(dice, ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]) });
  },
  "a question with another's answer": ({ provider }, dice) => {
    const { url } = provider.request(ADDED);
    return new Request(`${url}&echostr=${encodeURIComponent(text(dice, 44))}`);
  },
};

const PARAMETERS = ["msg_signature", "timestamp", "nonce"] as const;

test(`${COUNT} spoiled requests are refused alike, have no effect and break nothing`, async () => {
  const account = openAccount();
  const dice = seededRandom(7);
  const names = Object.keys(SPOILERS);
  const answers = new Map<string, number>();
  for (let turn = 0; turn < COUNT; turn += 1) {
    const name = names[turn % names.length] ?? "";
    const request = await SPOILERS[name]?.(account, dice);
    if (request === undefined) throw new Error(`no spoiler ${name}`);
    const response = await account.handler(request);
    const answer = `${response.status} ${response.headers.get("content-type")} ${await response.text()}`;
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    if (account.events.length > 0) throw new Error(`told in spite of being ${name}`);
  }
  expect([...answers]).toEqual([["403 text/plain refused", COUNT]]);
  // The account works as before.
  account.provider.tell(ADDED);
  await account.provider.deliver();
  expect(account.events).toHaveLength(1);
}, 300_000);

test("a request that is told again word for word has no second effect, and none at all after five minutes", async () => {
  const { provider, handler, events, clock } = openAccount();
  const request = provider.request(ADDED);
  for (let time = 0; time < 3; time += 1) expect((await handler(request.clone())).status).toBe(200);
  expect(events).toHaveLength(1);
  await clock.advance(301_000);
  expect((await handler(request.clone())).status).toBe(403);
  expect(events).toHaveLength(1);
});

test("a body that does not end is left after 64 KB", async () => {
  const { provider, handler } = openAccount();
  let pulled = 0;
  const endless = new ReadableStream({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(16_384));
    },
  });
  const init = { method: "POST", body: endless, duplex: "half" };
  expect((await handler(new Request(provider.request(ADDED).url, init as RequestInit))).status).toBe(403);
  expect(pulled).toBeLessThan(10);
});

test("a body that breaks off is refused", async () => {
  const { provider, handler } = openAccount();
  const broken = new ReadableStream({
    pull(controller) {
      controller.error(new Error("connection lost"));
    },
  });
  const init = { method: "POST", body: broken, duplex: "half" };
  expect((await handler(new Request(provider.request(ADDED).url, init as RequestInit))).status).toBe(403);
});

function otherAccount({ clock }: Account, secrets: Partial<typeof ACCOUNT>): Request {
  return outgoingCallbacks({ ...ACCOUNT, ...secrets, to: "http://127.0.0.1/", clock }).request(ADDED);
}

function atOffset(_provider: unknown, clock: Account["clock"], seconds: number): Request {
  const shifted = { ...clock, now: () => clock.now() + seconds * 1000 };
  return outgoingCallbacks({ ...ACCOUNT, to: "http://127.0.0.1/", clock: shifted }).request(ADDED);
}

function withBody(request: Request, body: string): Request {
  return new Request(request.url, { method: "POST", body });
}

function withQuery(request: Request, change: (query: URLSearchParams) => void): Request {
  const url = new URL(request.url);
  change(url.searchParams);
  return new Request(url, request);
}

/** Flips one bit of the signature, or of the cipher text. */
async function flipped(request: Request, dice: Dice): Promise<Request> {
  const url = new URL(request.url);
  const body = await request.text();
  const flip = (text: string, from: number, to: number) => {
    const at = from + Math.floor(dice.next() * (to - from));
    const code = text.charCodeAt(at) ^ (1 << Math.floor(dice.next() * 7));
    return text.slice(0, at) + String.fromCharCode(code) + text.slice(at + 1);
  };
  if (dice.next() < 0.3) {
    const name = pick(dice, PARAMETERS);
    const value = url.searchParams.get(name) ?? "";
    url.searchParams.set(name, flip(value, 0, value.length));
    return new Request(url, { method: "POST", body });
  }
  const start = body.indexOf("<Encrypt><![CDATA[") + "<Encrypt><![CDATA[".length;
  return new Request(url, { method: "POST", body: flip(body, start, body.indexOf("]]></Encrypt>")) });
}

function text(dice: Dice, length: number): string {
  return Buffer.from(dice.bytes(length)).toString("base64").slice(0, length);
}

function pick<T>(dice: Dice, values: readonly T[]): T {
  // The index is below the length.
  return values[Math.floor(dice.next() * values.length)] as T;
}
