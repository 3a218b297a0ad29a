import type { DeliveryReport } from "@recallkit/core/ports";
import { describe, expect, test } from "vitest";
import { allOf, batchOf, customers, failureOf, LINKED, openRig, sendOptions } from "./test-rig.js";
import type { wecomChannel } from "./wecom-channel.js";

const signal = new AbortController().signal;
const kindsOf = (outcomes: readonly { readonly kind: string }[]) => [...new Set(outcomes.map(({ kind }) => kind))];

describe("wecomChannel: results", () => {
  async function reportsOf(channel: ReturnType<typeof wecomChannel>, msgid: string): Promise<DeliveryReport[]> {
    return channel.results ? allOf(channel.results([msgid], { signal })) : [];
  }

  async function sendTo(channel: ReturnType<typeof wecomChannel>, people: readonly string[]): Promise<string> {
    const [outcome] = await channel.send(batchOf(LINKED, people), sendOptions());
    return outcome?.kind === "accepted" ? outcome.providerMessageId : "";
  }

  test("tells delivered, not a friend, over the cap and pending apart", async () => {
    const { simulator, channel, clock } = await openRig({
      simulator: { staff: ["early", "never"], cap: { window: "day", max: 1 } },
    });
    const [sent, capped, friendNoMore, waiting] = customers(4) as [string, string, string, string];
    for (const id of [sent, capped, friendNoMore]) simulator.setFollowers(id, ["early"]);
    simulator.setFollowers(waiting, ["never"]);
    simulator.confirm(await sendTo(channel, [capped]));
    const msgid = await sendTo(channel, [sent, capped, friendNoMore, waiting]);
    simulator.setFollowers(friendNoMore, []);
    simulator.confirm(msgid, "early");

    const reports = new Map((await reportsOf(channel, msgid)).map((report) => [report.address, report]));
    expect(reports.get(sent)).toEqual({ address: sent, kind: "delivered", at: clock.now() });
    expect(reports.get(capped)).toEqual({ address: capped, kind: "not_delivered", reason: "provider_quota" });
    expect(reports.get(friendNoMore)).toEqual({ address: friendNoMore, kind: "not_delivered", reason: "not_a_friend" });
    expect(reports.get(waiting)).toEqual({ address: waiting, kind: "pending" });
  });

  test("brings 10 000 customers page by page, each once", async () => {
    const { simulator, channel, callsOf } = await openRig({ simulator: { staff: 3 } });
    const people = customers(10_000);
    const msgid = await sendTo(channel, people);
    simulator.confirm(msgid);
    const seen = new Set<string>();
    let pages = 0;
    if (channel.results) {
      for await (const page of channel.results([msgid], { signal })) {
        expect(page.length).toBeLessThanOrEqual(1000);
        pages += 1;
        for (const { address, kind } of page) if (kind === "delivered") seen.add(address);
      }
    }
    expect(seen).toEqual(new Set(people));
    expect(pages).toBe(callsOf("get_groupmsg_send_result"));
    expect(pages).toBeGreaterThan(10);
  });

  test("tells nothing while the task is being dispatched", async () => {
    const { channel, clock } = await openRig({ simulator: { dispatchingMs: 1000 } });
    const msgid = await sendTo(channel, customers(2));
    expect(await reportsOf(channel, msgid)).toEqual([]);
    clock.advance(1000);
    expect(kindsOf(await reportsOf(channel, msgid))).toEqual(["pending"]);
  });

  test("an unknown message is an error", async () => {
    const { channel } = await openRig();
    expect(await failureOf(reportsOf(channel, "msgNone"))).toMatchObject({ effect: "REQUEST", providerCode: "41047" });
  });
});

describe("wecomChannel: cancel and remind", () => {
  async function openTask() {
    const rig = await openRig();
    const [outcome] = await rig.channel.send(batchOf(LINKED, customers(1)), sendOptions());
    return { ...rig, msgid: outcome?.kind === "accepted" ? outcome.providerMessageId : "" };
  }

  test("cancelling twice is as good as once", async () => {
    const { simulator, channel, clock, msgid } = await openTask();
    await channel.cancel?.(msgid, { signal });
    await channel.cancel?.(msgid, { signal });
    expect(simulator.ledger.tasks[0]?.cancelledAt).toBe(clock.now());
  });

  test("a fourth reminder in a day is not asked for", async () => {
    const { simulator, channel, msgid } = await openTask();
    for (let count = 0; count < 3; count += 1) await channel.remind?.(msgid, { signal });
    await expect(channel.remind?.(msgid, { signal })).rejects.toMatchObject({
      effect: "RATE_LIMITED",
      providerCode: undefined,
    });
    expect(simulator.ledger.tasks[0]?.remindedAt).toHaveLength(3);
  });
});
