import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRecallKit, silentLogger } from "@recallkit/core";
import { recordingChannel, virtualClock } from "@recallkit/core/testing";
import { recallkitApp } from "@recallkit/http";
import { outgoingCallbacks } from "@recallkit/wecom/simulator";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type Engine, engines } from "../../testing/engines.js";
import { smsMigrations, wecomCallbacksModule } from "../index.js";
import { type AskContact, cityOf } from "./contact.js";
import { wecomCallbacksMigrations } from "./migrations.js";
import { settleContacts } from "./settle-contacts.js";
import { inSql, removeOldEvents } from "./store.js";

const MINUTE = 60_000;
const PATIENCE = { timeout: 60_000, interval: 20 };
const SECRETS = {
  token: "QDG6eK",
  encodingAesKey: "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
  receiveId: "ww-corp",
};

/** A host with the module, WeCom's side of it, and what it answers when it is asked. */
async function openHost(engine: Engine, { asks }: { readonly asks: boolean }) {
  const folder = await mkdtemp(join(tmpdir(), "recallkit-contacts-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const clock = virtualClock(Date.UTC(2026, 5, 1, 2));
  const stores = await engine.open(folder, { clock });
  onTestFinished(() => stores.close());
  await stores.migrate([smsMigrations, wecomCallbacksMigrations]);
  const channel = recordingChannel({ clock, maxBatchSize: 1, name: "wecom" });
  const kit = createRecallKit({ stores, clock, channels: [channel], logger: silentLogger, secretKey: "x".repeat(32) });
  /** What WeCom knows; a contact that is not there is gone. */
  const contacts = new Map<string, Awaited<ReturnType<AskContact>>>();
  const asked: string[] = [];
  const askContact: AskContact = async (_tenantId, id) => {
    asked.push(id);
    const contact = contacts.get(id) ?? "gone";
    if (contact !== "gone" && contact.follow_user.length === 0) throw new Error("WeCom is away");
    return contact;
  };
  const app = recallkitApp(kit, {
    modules: [
      wecomCallbacksModule({
        findAccount: async (_context, key) => (key === "corp" ? { tenantId: 1, ...SECRETS } : undefined),
        ...(asks && { askContact: () => askContact }),
      }),
    ],
    authorize: async () => null,
    clock,
    logger: silentLogger,
  });
  const provider = outgoingCallbacks({
    ...SECRETS,
    clock,
    to: (request) => {
      const { search } = new URL(request.url);
      return app.fetch(new Request(`http://127.0.0.1/api/callbacks/wecom/corp${search}`, request));
    },
  });
  const change = (ChangeType: string, ExternalUserID: string, more: Record<string, string | number> = {}) =>
    provider.tell({ Event: "change_external_contact", ChangeType, UserID: "zhangsan", ExternalUserID, ...more });
  const desk = { kit, stores: inSql(kit.stores), clock, logger: silentLogger, ...(asks && { askContact }) };
  const reasons = async () =>
    Object.fromEntries((await kit.suppressions.list()).items.map(({ address, reason }) => [address, reason]));
  /** Waits until nothing waits, and says who is kept from being sent to. */
  async function settled() {
    await vi.waitFor(async () => {
      await settleContacts(desk);
      const { rows } = await stores.sql
        .selectFrom("rk_wecom_events" as never)
        .selectAll()
        .execute()
        .then((all) => ({ rows: all as { is_open: number; not_before: number }[] }));
      expect(rows.filter((row) => row.is_open === 1 && row.not_before <= clock.now())).toEqual([]);
    }, PATIENCE);
    return reasons();
  }
  return { kit, stores, clock, channel, provider, contacts, asked, change, settled, desk, app };
}

const seconds = (clock: { now(): number }, offset: number) => Math.floor(clock.now() / 1000) + offset;
const friend = (more: object = {}, contact: object = {}) => ({
  external_contact: contact,
  follow_user: [{ ...more }],
});

describe.each(engines.map((engine) => [engine.name, engine] as const))("contacts of WeCom in %s", (_, engine) => {
  const run = engine.missing === undefined ? test : test.skip;
  // What does not differ by engine is tested on one.
  const runOnce = engine.name === "SQLite" ? test : () => {};

  run("a contact deleted while a push runs is not sent to by the next batch, and is after they come back", async () => {
    const { kit, clock, channel, provider, change, settled } = await openHost(engine, { asks: false });
    const ids = ["a", "b", "c", "d"];
    await kit.customers.upsert(ids.map((key) => ({ externalKey: key, externalUserId: `wm_${key}` })));
    await kit.suppressions.add({ channel: "wecom", address: "wm_d", reason: "opt_out" });
    const everybody = { validFrom: "2026-01-01", validTo: "2026-12-31", segment: { everybody: true } } as const;
    const rule = await kit.rules.create({ ...everybody, name: "all", content: { text: "喵" }, batchPauseMs: MINUTE });
    await kit.occurrences.runNow(rule.id);
    await kit.tick();
    const next = async () => {
      await clock.advance(MINUTE);
      await kit.tick();
    };
    await next();
    change("del_follow_user", "wm_c");
    change("del_follow_user", "wm_d");
    await provider.deliver({ copies: 2 });
    expect(await settled()).toEqual({ wm_c: "not_a_friend", wm_d: "opt_out" });
    for (let n = 0; n < 4; n += 1) await next();
    const { items } = await kit.deliveries.list();
    expect(items.map(({ externalKey, state, reason }) => `${externalKey} ${reason ?? state}`)).toEqual([
      "a delivered",
      "b delivered",
      "c not_a_friend",
      "d opt_out",
    ]);
    expect(channel.sent.flatMap(({ recipients }) => recipients.map(({ address }) => address))).toEqual([
      "wm_a",
      "wm_b",
    ]);
    for (const id of ["wm_c", "wm_d"]) change("add_external_contact", id, { CreateTime: seconds(clock, 1) });
    await provider.deliver({ copies: 3, order: "shuffled" });
    expect(await settled()).toEqual({ wm_d: "opt_out" });
  });

  runOnce(
    "what happened last counts, in whatever order it is told; one friend among the members is enough",
    async () => {
      const { clock, provider, change, settled } = await openHost(engine, { asks: false });
      const at = (offset: number) => ({ CreateTime: seconds(clock, offset) });
      change("add_external_contact", "wm_back", at(-10));
      change("del_follow_user", "wm_back", at(-20));
      change("del_external_contact", "wm_gone", at(-10));
      change("add_external_contact", "wm_gone", at(-20));
      change("del_follow_user", "wm_both", { UserID: "zhangsan", ...at(-5) });
      change("edit_external_contact", "wm_both", { UserID: "lisi", ...at(-30) });
      await provider.deliver({ order: "reversed" });
      expect(await settled()).toEqual({ wm_gone: "not_a_friend" });
    },
  );

  runOnce(
    "what WeCom says when it is asked counts more than what was told; without a word it is asked again",
    async () => {
      const { clock, provider, change, contacts, asked, settled } = await openHost(engine, { asks: true });
      contacts.set("wm_kept", friend());
      contacts.set("wm_away", { external_contact: {}, follow_user: [] });
      for (const id of ["wm_kept", "wm_left", "wm_away"]) change("del_follow_user", id);
      await provider.deliver();
      expect(await settled()).toEqual({ wm_left: "not_a_friend", wm_away: "not_a_friend" });
      contacts.set("wm_away", friend());
      const before = asked.length;
      await clock.advance(10_000);
      expect(await settled()).toEqual({ wm_left: "not_a_friend" });
      expect(asked.slice(before)).toContain("wm_away");
    },
  );

  runOnce(
    "a new contact becomes known as the customer with their unionid, or with a mobile that staff noted",
    async () => {
      const { kit, stores, provider, change, contacts, settled } = await openHost(engine, { asks: true });
      await kit.customers.upsert([
        { externalKey: "u", unionid: "un1" },
        { externalKey: "m", mobile: "+8613800138000" },
        { externalKey: "taken", mobile: "+8613800138001", externalUserId: "wm_other" },
        { externalKey: "x", mobile: "+8613800138002" },
        { externalKey: "y", unionid: "un2" },
      ]);
      contacts.set("wm_u", friend({}, { unionid: "un1" }));
      contacts.set(
        "wm_m",
        friend({ remark_mobiles: ["138 0013 8000"], tags: [{ group_name: "城市", tag_name: "上海" }] }),
      );
      contacts.set("wm_taken", friend({ remark_mobiles: ["13800138001"] }));
      contacts.set("wm_xy", friend({ remark_mobiles: ["13800138002"] }, { unionid: "un2" }));
      contacts.set("wm_new", friend({ remark_mobiles: ["13900139000", "nonsense"] }));
      for (const id of contacts.keys()) change("add_external_contact", id, { State: "spring" });
      await provider.deliver({ copies: 2, order: "shuffled" });
      await settled();
      const known = await kit.stores.customers.findByKeys(1, ["u", "m", "taken", "x", "y"]);
      const idOf = Object.fromEntries(known.map((one) => [one.externalKey, one.identities.external_userid]));
      expect(idOf).toEqual({ u: "wm_u", m: "wm_m", taken: "wm_other", x: undefined, y: undefined });
      const { labels } = await kit.customers.export("m");
      expect(labels).toMatchObject([{ kind: "city", key: "上海" }]);
      const outcomes = (await stores.sql
        .selectFrom("rk_callbacks" as never)
        .selectAll()
        .execute()) as { address: string; outcome: string }[];
      expect(Object.fromEntries(outcomes.map(({ address, outcome }) => [address, outcome]))).toEqual({
        wm_u: "friend: bound",
        wm_m: "friend: bound",
        wm_taken: "friend: unmatched",
        wm_xy: "friend: ambiguous",
        wm_new: "friend: unmatched",
      });
    },
  );

  run("two processes that settle the same contacts agree with what came last", async () => {
    const { clock, provider, change, desk, settled } = await openHost(engine, { asks: false });
    for (let round = 0; round < 5; round += 1) {
      const last = round % 2 === 0 ? "del_follow_user" : "add_external_contact";
      const first = round % 2 === 0 ? "add_external_contact" : "del_follow_user";
      for (const kind of [first, last])
        change(kind, "wm_1", { CreateTime: seconds(clock, round * 2 + (kind === last ? 1 : 0)) });
      await Promise.all([provider.deliver(), settleContacts(desk), settleContacts(desk)]);
      expect(await settled()).toEqual(last === "del_follow_user" ? { wm_1: "not_a_friend" } : {});
    }
  });

  run("events go after a week", async () => {
    const { clock, provider, change, settled, stores } = await openHost(engine, { asks: false });
    change("edit_external_contact", "wm_1");
    await provider.deliver();
    await settled();
    expect(await removeOldEvents(stores, clock.now())).toBe(0);
    expect(await removeOldEvents(stores, clock.now() + 1)).toBe(1);
  });
});

test("a city is what one tag says; several say nothing", () => {
  const tagged = (...names: string[]) =>
    cityOf(friend({ tags: names.map((tag_name) => ({ group_name: "城市", tag_name })) }));
  expect([tagged("上海"), tagged("上海", "上海"), tagged("上海", "北京"), tagged(), tagged(" ")]).toEqual([
    "上海",
    "上海",
    undefined,
    undefined,
    undefined,
  ]);
});
