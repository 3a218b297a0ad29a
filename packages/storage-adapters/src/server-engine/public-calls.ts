// Every call of a kit by its dotted name, for tests that walk them all; not part of the package.
import type { RecallKit } from "@recallkit/core";

type Call = (kit: RecallKit, ids: Ids) => unknown;

/** What the calls before have made. */
export interface Ids {
  rule: number;
  occurrence: number;
  suppression: number;
  segment: number;
  coupon: number;
  imported: number;
  token: string;
  code: string;
  template: number;
  message: number;
  trace: string;
  messageBatch: number;
}

/** An outcome that is a claim. */
interface Claimed {
  readonly claim: { readonly code: string };
}

const EVERYBODY = { segment: { everybody: true } } as const;
const RULE = { name: "all", ...EVERYBODY, validFrom: "2020-01-01", validTo: "2100-12-31", content: { text: "hi" } };
const TEMPLATE = { name: "t", channel: "sms", content: { text: "{{code}}" }, variables: { code: {} } } as const;
const ORDER = { externalId: "o1", externalKey: "p1", orderedAt: 1_700_000_000_000, lines: [{ sku: "s", amount: 1 }] };
// One pixel, which is an image by its first bytes.
const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0]);
/** Some fail, for want of a batch or a channel; what they leave of a session is asked all the same. */
const NONE = 999;

async function each(rows: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of rows);
}

/** In the order in which they are made. `close` and `withTransaction` are last. */
export const publicCalls: Readonly<Record<string, Call>> = {
  tenant: (kit) => kit.tenant(),
  update: (kit) => kit.update({ name: "shop" }),
  "tenants.create": (kit) => kit.tenants.create({ name: "second" }),
  "tenants.list": (kit) => kit.tenants.list(),
  "tenants.all": (kit) => each(kit.tenants.all()),
  forTenant: (kit) => kit.forTenant(2).customers.upsert([{ externalKey: "p1" }]),
  "customers.upsert": (kit) =>
    kit.customers.upsert([1, 2, 3].map((n) => ({ externalKey: `p${n}`, name: `${n}`, externalUserId: `wm${n}` }))),
  "orders.ingest": (kit) => kit.orders.ingest([ORDER], { source: "shop" }),
  "labels.put": (kit) => kit.labels.put([{ kind: "city", key: "c1" }]),
  "labels.assign": (kit) => kit.labels.assign([{ externalKey: "p1", kind: "city", keys: ["c1"] } as never]),
  "labels.unassign": (kit) => kit.labels.unassign([{ externalKey: "p1", kind: "city", key: "c1" }]),
  "labels.list": (kit) => kit.labels.list("city"),
  "labels.all": (kit) => each(kit.labels.all("city")),
  "customers.export": (kit) => kit.customers.export("p1"),
  "customers.merge": (kit) => kit.customers.merge("p1", "p2"),
  "customers.erase": (kit) => kit.customers.erase("p3"),
  "audience.count": (kit) => kit.audience.count(EVERYBODY),
  "audience.preview": (kit) => kit.audience.preview(EVERYBODY),
  "audience.explain": (kit) => kit.audience.explain(EVERYBODY, { externalKey: "p1" }),
  "audience.resolve": (kit) => each(kit.audience.resolve(EVERYBODY)),
  "segments.create": async (kit, ids) => {
    ids.segment = (await kit.segments.create({ name: "everybody", ...EVERYBODY })).id;
  },
  "segments.get": (kit, { segment }) => kit.segments.get(segment),
  "segments.list": (kit) => kit.segments.list(),
  "segments.all": (kit) => each(kit.segments.all()),
  "segments.users": (kit, { segment }) => kit.segments.users(segment),
  "segments.validate": (kit, { segment }) => kit.segments.validate({ saved: segment }),
  "segments.preview": (kit, { segment }) => kit.segments.preview(segment),
  "segments.explain": (kit, { segment }) => kit.segments.explain(segment, { externalKey: "p1" }),
  "segments.measure": (kit) => kit.segments.measure(),
  "segments.sizes": (kit, { segment }) => kit.segments.sizes(segment),
  "segments.update": (kit, { segment }) => kit.segments.update(segment, { name: "all of them", ...EVERYBODY }),
  "segments.delete": (kit, { segment }) => kit.segments.delete(segment),
  "rules.create": async (kit, ids) => {
    ids.rule = (await kit.rules.create(RULE)).id;
  },
  "rules.obstacles": (kit) => kit.rules.obstacles(RULE),
  "rules.edit": (kit, { rule }) => kit.rules.edit(rule, { ...RULE, name: "everybody" }),
  "rules.setStatus": (kit, { rule }) => kit.rules.setStatus(rule, "active"),
  "rules.versions": (kit, { rule }) => kit.rules.versions(rule),
  "rules.get": (kit, { rule }) => kit.rules.get(rule),
  "rules.list": (kit) => kit.rules.list(),
  "rules.all": (kit) => each(kit.rules.all()),
  "rules.page": (kit) => kit.rules.page(),
  simulate: (kit) => kit.simulate(RULE),
  sendTest: (kit, { rule }) => kit.sendTest(rule, { addresses: ["wm1"] }),
  "contactPolicy.get": (kit) => kit.contactPolicy.get(),
  "contactPolicy.set": (kit) => kit.contactPolicy.set({ caps: {} }),
  "consents.record": (kit) =>
    kit.consents.record({ externalKey: "p1", channel: "sms", status: "granted", source: "form" }),
  "consents.recordMany": (kit) =>
    kit.consents.recordMany([{ externalKey: "p1", channel: "*", status: "withdrawn", source: "form" }]),
  "consents.get": (kit) => kit.consents.get("p1"),
  "consents.list": (kit) => kit.consents.list(),
  "consents.all": (kit) => each(kit.consents.all()),
  "suppressions.add": async (kit, ids) => {
    ids.suppression = (await kit.suppressions.add({ externalKey: "p2", reason: "manual" } as never)).id;
  },
  "suppressions.addMany": (kit) => kit.suppressions.addMany([{ externalKey: "later", reason: "opt_out" }]),
  "suppressions.list": (kit) => kit.suppressions.list(),
  "suppressions.all": (kit) => each(kit.suppressions.all()),
  "suppressions.remove": (kit, { suppression }) => kit.suppressions.remove(suppression),
  "media.put": (kit) => kit.media.put(PNG),
  "occurrences.runNow": async (kit, ids) => {
    ids.occurrence = (await kit.occurrences.runNow(ids.rule)).id;
  },
  "occurrences.sendList": (kit, { rule }) =>
    kit.occurrences.sendList({ ruleId: rule, people: [{ externalKey: "p1" }], requestId: "l1" }),
  "coupons.create": async (kit, ids) => {
    const days = { validFrom: "2020-01-01", validTo: "2100-12-31" };
    ids.coupon = (await kit.coupons.create({ name: "c", stock: 9, valueMinor: 1, ...days })).id;
    ids.code = ((await kit.coupons.claimFor({ couponId: ids.coupon, externalKey: "p1" })) as Claimed).claim.code;
    ids.imported = (await kit.coupons.create({ name: "d", stock: null, codes: "imported", ...days })).id;
  },
  "coupons.get": (kit, { coupon }) => kit.coupons.get(coupon),
  "coupons.list": (kit) => kit.coupons.list(),
  "coupons.all": (kit) => each(kit.coupons.all()),
  "coupons.update": (kit, { coupon }) => kit.coupons.update(coupon, { stock: 12, terms: "t" }),
  "coupons.addCodes": (kit, { imported }) => kit.coupons.addCodes(imported, ["a", "b"]),
  "coupons.claimFor": (kit, { imported }) => kit.coupons.claimFor({ couponId: imported, externalKey: "p1" }),
  "links.issue": async (kit, ids) => {
    ids.token = (await kit.links.issue({ externalKey: "p1", channel: "sms", couponId: ids.coupon })).token;
  },
  "links.get": (kit, { token }) => kit.links.get(token),
  "links.visit": (kit, { token }) => kit.links.visit(token, { kind: "view" }),
  "links.list": (kit) => kit.links.list(),
  "links.all": (kit) => each(kit.links.all()),
  resolveLink: (kit, { token }) => kit.resolveLink(token),
  "coupons.claim": (kit, { token }) => kit.coupons.claim({ token }),
  "coupons.claims": (kit, { coupon }) => kit.coupons.claims({ couponId: coupon }),
  "coupons.reserve": (kit, { code }) => kit.coupons.reserve(code, { orderNo: "o1" }),
  "coupons.release": (kit, { code }) => kit.coupons.release(code, { orderNo: "o1" }),
  "coupons.redeem": (kit, { code }) => kit.coupons.redeem(code, { orderNo: "o2" }),
  "coupons.confirm": (kit, { code }) => kit.coupons.confirm(code, { orderNo: "o2" }),
  "coupons.reverse": (kit, { code }) => kit.coupons.reverse(code, { reason: "refund" }),
  "coupons.report": (kit, { coupon }) => kit.coupons.report(coupon),
  "coupons.expireDue": (kit) => kit.coupons.expireDue(),
  "links.unsubscribe": (kit, { token }) => kit.links.unsubscribe(token),
  "links.revoke": (kit, { token }) => kit.links.revoke({ token }),
  "messages.templates.create": async (kit, ids) => {
    ids.template = (await kit.messages.templates.create(TEMPLATE)).id;
  },
  "messages.templates.edit": (kit, { template }) => kit.messages.templates.edit(template, TEMPLATE, { version: 1 }),
  "messages.templates.setStatus": (kit, { template }) => kit.messages.templates.setStatus(template, "active"),
  "messages.templates.get": (kit, { template }) => kit.messages.templates.get(template),
  "messages.templates.versions": (kit, { template }) => kit.messages.templates.versions(template),
  "messages.templates.preview": (kit, { template }) => kit.messages.templates.preview(template, { code: "1" }),
  "messages.templates.list": (kit) => kit.messages.templates.list(),
  "messages.templates.all": (kit) => each(kit.messages.templates.all()),
  "messages.send": async (kit, ids) => {
    const message = { templateId: ids.template, recipient: "+8613800138000", variables: { code: "1" } };
    const { id, traceId } = await kit.messages.send({ ...message, idempotencyKey: "k1" });
    Object.assign(ids, { message: id, trace: traceId });
  },
  "messages.sendBatch": async (kit, ids) => {
    const batch = { templateId: ids.template, recipients: ["+8613800138001"], variables: { code: "2" } };
    ids.messageBatch = (await kit.messages.sendBatch(batch)).id;
  },
  "messages.get": (kit, { message }) => kit.messages.get(message),
  "messages.list": (kit) => kit.messages.list({ recipient: "+8613800138000" }),
  "messages.all": (kit) => each(kit.messages.all()),
  "messages.batch": (kit, { messageBatch }) => kit.messages.batch(messageBatch),
  "messages.trace": (kit, { trace }) => kit.messages.trace(trace),
  "messages.events": (kit, { message }) => kit.messages.events(message),
  "messages.statistics": (kit) => kit.messages.statistics(),
  "messages.waiting": (kit) => kit.messages.waiting(),
  "messages.trend": (kit) => kit.messages.trend({ days: 1 }),
  "messages.expedite": (kit) => kit.messages.expedite(["p1"]),
  "messages.decide": (kit) => kit.messages.decide(NONE, "accepted"),
  "messages.cancel": (kit, { message }) => kit.messages.cancel(message),
  "messages.cancelBatch": (kit, { messageBatch }) => kit.messages.cancelBatch(messageBatch),
  unsubscribeMessage: (kit) => kit.unsubscribeMessage("1.1.aaaaaaaaaaaaaaaaaaaaaaaa"),
  channelHealth: async (kit) => kit.channelHealth(),
  tick: (kit) => kit.tick(),
  "occurrences.status": (kit, { occurrence }) => kit.occurrences.status(occurrence),
  "occurrences.list": (kit) => kit.occurrences.list(),
  "occurrences.all": (kit) => each(kit.occurrences.all()),
  "occurrences.latest": (kit, { rule }) => kit.occurrences.latest(rule),
  "occurrences.lastRuns": (kit, { rule }) => kit.occurrences.lastRuns([rule]),
  // Refused where the batch has ended by then, which depends on how busy the machine is.
  "occurrences.remind": (kit, { occurrence }) => kit.occurrences.remind(occurrence).catch(() => {}),
  "occurrences.cancel": (kit, { occurrence }) => kit.occurrences.cancel(occurrence).catch(() => {}),
  // After them: a loop that runs for long on a busy machine hears that staff have confirmed, and nothing waits any more.
  run: (kit) => {
    const stop = new AbortController();
    const running = kit.run({ signal: stop.signal });
    return kit.occurrences.list().then(() => {
      stop.abort();
      return running;
    });
  },
  "batches.list": (kit) => kit.batches.list(),
  "batches.all": (kit) => each(kit.batches.all()),
  "batches.get": (kit) => kit.batches.get(1),
  "batches.decide": (kit) => kit.batches.decide(NONE, "accepted"),
  "batches.redrive": (kit) => kit.batches.redrive(NONE),
  "deliveries.list": (kit) => kit.deliveries.list(),
  "rules.upcoming": (kit) => kit.rules.upcoming(),
  "alarms.mute": (kit) => kit.alarms.mute({ code: "missed", until: "2099-01-01", by: "me" }),
  "alarms.muted": (kit) => kit.alarms.muted(),
  "alarms.acknowledge": (kit) => kit.alarms.acknowledge(NONE, "me").catch(() => {}),
  "people.search": (kit) => kit.people.search({ query: "p1" }),
  "people.get": (kit) => kit.people.get("p1"),
  "people.timeline": (kit) => kit.people.timeline("p1"),
  "people.explain": (kit, { rule }) => kit.people.explain("p1", rule),
  "people.evidence": (kit, { occurrence }) => kit.people.evidence("p1", occurrence).catch(() => {}),
  "occurrences.staff": (kit, { occurrence }) => kit.occurrences.staff(occurrence),
  "deliveries.reasons": (kit, { occurrence }) => kit.deliveries.reasons(occurrence),
  "deliveries.all": (kit) => each(kit.deliveries.all()),
  "attempts.list": (kit) => kit.attempts.list(),
  "attempts.all": (kit) => each(kit.attempts.all()),
  "alarms.list": (kit) => kit.alarms.list(),
  "alarms.all": (kit) => each(kit.alarms.all()),
  rehearse: (kit) => kit.rehearse((inside) => inside.customers.upsert([{ externalKey: "p8" }])),
  report: (kit, { rule }) => kit.report(rule),
  funnel: (kit, { rule }) => kit.funnel({ ruleId: rule }),
  funnelPeople: (kit) => kit.funnelPeople({ step: "sent", reached: false }),
  statistics: (kit) => kit.statistics(),
  "conversions.rollUp": (kit) => kit.conversions.rollUp(),
  "conversions.drop": (kit) => kit.conversions.drop(),
  "results.list": (kit) => kit.results.list(),
  "results.all": (kit) => each(kit.results.all()),
  "results.page": (kit) => kit.results.page(),
  "rules.delete": (kit, { rule }) => kit.rules.delete(rule),
  forgetChannels: (kit) => kit.forgetChannels(),
  on: (kit) => kit.on(() => {})(),
  reconcileFirst: (kit) => kit.reconcileFirst(),
  retain: (kit) => kit.retain(),
  close: (kit) => kit.close(),
};

/** Names of all functions of a kit but those of its stores, sorted. */
export function callsOf(kit: object, path = ""): string[] {
  return Object.entries(kit)
    .filter(([name]) => path !== "" || name !== "stores")
    .flatMap(([name, value]: [string, unknown]) => {
      if (typeof value === "function") return [`${path}${name}`];
      return typeof value === "object" && value !== null ? callsOf(value, `${path}${name}.`) : [];
    })
    .sort();
}
