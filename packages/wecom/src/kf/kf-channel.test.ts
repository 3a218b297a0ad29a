import { systemClock } from "@recallkit/core";
import { channelConformance } from "@recallkit/core/conformance";
import { describe, expect, test } from "vitest";
import { CREDENTIALS, failureOf, openRig, testTransport } from "../test-rig.js";
import { type KfFailure, kfAddress, kfChannel, kfFailure } from "./kf-channel.js";

const openKfid = "wkShop";
const CONTENT = { text: "师傅明早九点到" };

async function openShop(failures?: (ids: readonly string[]) => Promise<readonly KfFailure[]>) {
  const rig = await openRig({ simulator: { kfAccounts: [openKfid] } });
  const transport = testTransport();
  const { clock, simulator } = rig;
  const options = { ...CREDENTIALS, baseUrl: simulator.url, transport, clock };
  return { ...rig, channel: kfChannel({ ...options, failures }) };
}
const addressOf = (externalUserId: string) => kfAddress({ openKfid, externalUserId });
const batchOf = (address: string, marker: string) => ({
  tenantId: 1,
  marker,
  content: CONTENT,
  recipients: [{ address, content: CONTENT, values: {}, marker }],
});
const inTime = () => ({ writeBy: systemClock.monotonic() + 10_000, signal: new AbortController().signal });

describe("the channel of customer service keeps to the port", () => {
  const open = async () => {
    const { simulator, channel } = await openShop();
    for (let at = 0; at < 10; at += 1) simulator.control.customerWrites(openKfid, `wm${at}`, "在吗");
    return {
      channel,
      content: CONTENT,
      address: (at: number) => addressOf(`wm${at}`),
      // Has written nothing.
      refused: addressOf("wm99"),
      messages: async () => simulator.ledger.kfMessages(openKfid).length,
    };
  };
  for (const { name, run } of channelConformance({ open, clock: systemClock })) test(name, run);
});

test("an answer that was lost is repeated under its key, and goes out once", async () => {
  const { simulator, channel } = await openShop();
  simulator.control.customerWrites(openKfid, "wm1", "在吗");
  expect(channel.capability(CONTENT)).toBe("keyed");
  simulator.faults.push({ on: "send_msg", kind: "accept-then-reset" });
  const batch = batchOf(addressOf("wm1"), "abcdefgh2345");
  expect(await channel.send(batch, inTime())).toMatchObject([{ kind: "unknown" }]);
  expect(await channel.send(batch, inTime())).toEqual([{ kind: "accepted", providerMessageId: "abcdefgh2345" }]);
  expect(simulator.ledger.kfMessages(openKfid)).toMatchObject([{ msgid: "abcdefgh2345", text: CONTENT.text }]);
});

test("the sixth message, and one after 48 hours, are refused; an address of another form too", async () => {
  const { simulator, channel, clock } = await openShop();
  simulator.control.customerWrites(openKfid, "wm1", "在吗");
  const send = (marker: string) => channel.send(batchOf(addressOf("wm1"), marker), inTime());
  for (let at = 2; at < 7; at += 1) expect(await send(`abcdefgh234${at}`)).toMatchObject([{ kind: "accepted" }]);
  expect(await send("abcdefgh2aaa")).toMatchObject([{ kind: "refused", providerCode: "95001" }]);
  simulator.control.customerWrites(openKfid, "wm1", "还在吗");
  clock.advance(48 * 3_600_000);
  expect(await send("abcdefgh2bbb")).toMatchObject([{ kind: "refused", providerCode: "95002" }]);
  expect(await channel.send(batchOf("wm1", "abcdefgh2ccc"), inTime())).toEqual([
    { kind: "refused", reason: "invalid_address" },
  ]);
});

test("what did not arrive after all is reported in a word of its own", async () => {
  const failure = { providerMessageId: "m", address: addressOf("wm1"), reason: kfFailure(10), at: 5 };
  const { channel } = await openShop(async (ids) => (ids.includes("m") ? [failure] : []));
  const pages = [];
  for await (const page of channel.results?.(["m"], inTime()) ?? []) pages.push(...page);
  expect(pages).toEqual([{ ...failure, kind: "not_delivered", reason: "customer_refused" }]);
  expect(kfFailure(99)).toBe("not_delivered");
  expect((await openShop()).channel.results).toBeUndefined();
});

test("events, pictures and members' words are told beside texts; a token is good for ten minutes", async () => {
  const { simulator, client, clock } = await openShop();
  let token = "";
  simulator.control.onEvent(({ Token }) => {
    token = String(Token);
  });
  simulator.control.tellsKf(openKfid, {
    ...{ origin: 3, externalUserid: "wm1", msgtype: "image" },
    fields: { image: { media_id: "m" } },
  });
  simulator.control.tellsKf(openKfid, {
    ...{ origin: 4, msgtype: "event" },
    fields: { event: { event_type: "msg_send_fail", fail_msgid: "m", fail_type: 10 } },
  });
  const read = async (given: string) => {
    const kinds: string[] = [];
    for await (const { messages } of client.kfSyncMsg({ open_kfid: openKfid, token: given })) {
      kinds.push(...messages.map(({ msgtype, origin }) => `${origin} ${msgtype}`));
    }
    return kinds;
  };
  expect(await read(token)).toEqual(["3 image", "4 event"]);
  expect(await failureOf(read("another"))).toMatchObject({ providerCode: "95007" });
  clock.advance(10 * 60_000);
  expect(await failureOf(read(token))).toMatchObject({ providerCode: "95007" });
});
