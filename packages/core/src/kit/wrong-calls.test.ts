import { describe, expect, test } from "vitest";
import { silentLogger } from "../logger.js";
import { memoryStores } from "../memory/index.js";
import type { Stores } from "../ports/stores.js";
import { createRecallKit } from "./create-recallkit.js";
import type { RecallKitOptions } from "./options.js";

/** Stores that fail a test as soon as they are asked for anything. */
const untouched = new Proxy({} as Stores, {
  get: (_, store) =>
    store === "wakeUps"
      ? undefined
      : new Proxy(() => {}, {
          get: (_nothing, name) => () => Promise.reject(new Error(`${String(store)}.${String(name)} was reached`)),
          apply: () => Promise.reject(new Error(`${String(store)} was reached`)),
        }),
});

const options = { logger: silentLogger, secretKey: "x".repeat(32) };

/** Calls a method by its dotted name, with whatever the types forbid. */
async function call(of: object, name: string, given: readonly unknown[]): Promise<unknown> {
  const method = name.split(".").reduce<unknown>((found, part) => Reflect.get(Object(found), part), of);
  if (typeof method !== "function") throw new TypeError(`no method ${name}`);
  const answer: unknown = await Reflect.apply(method, of, given);
  // A generator looks at its arguments when it is asked for something.
  return typeof answer === "object" && answer !== null && "next" in answer ? call(answer, "next", []) : answer;
}

const kit = createRecallKit({ ...options, stores: untouched });

const NO_IDS = [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "abc", "1", null, undefined, {}, [1]];
const NO_INSTANTS = [
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  8.7e15,
  -8.7e15,
  1_760_000_000,
  "soon",
  "2026-02-30",
  "20260101",
  new Date(Number.NaN),
  {},
  true,
];
const NO_LIMITS = [0, -1, 2.5, Number.NaN, 2 ** 53, "10"];
const NO_CURSORS = ["", "x", "1.5", "-1", "0", "1e3", " 1", "9".repeat(17), 7, {}];
const NO_KEYS = ["", "  ", "a\u0000b", "x".repeat(256), 7, null, undefined, {}];
const EVERYBODY = { segment: { everybody: true } };
const NOBODY_KNOWN = [undefined, null, "everybody", 7];

interface Row {
  readonly name: string;
  readonly path: string;
  readonly wrong: readonly unknown[];
  readonly given: (value: unknown) => readonly unknown[];
}

/** Values that must be refused at a path, and the arguments that hold them. @default the only argument */
const at = (path: string, name: string, wrong: readonly unknown[], given: Row["given"] = (value) => [value]): Row => ({
  name,
  path,
  wrong,
  given,
});

/** What is absent, null too, is no fault where nothing has to be given. */
const isGiven = (value: unknown) => value !== undefined && value !== null;
const NO_GIVEN_IDS = NO_IDS.filter(isGiven);

/** A list by cursor and what it can be narrowed by. */
function lists(noun: string, ids: readonly string[], states: boolean): Row[] {
  const field = (path: string, wrong: readonly unknown[], value = (one: unknown) => one) =>
    at(path, `${noun}.list`, wrong, (one) => [{ [path.replace(/\.\d+$/, "")]: value(one) }]);
  return [
    at("limit", `${noun}.all`, NO_LIMITS, (limit) => [{ limit }]),
    at("signal", `${noun}.all`, [{}, "x"], (signal) => [{ signal }]),
    at("signal", `${noun}.list`, [new AbortController().signal], (signal) => [{ signal }]),
    field("cursor", NO_CURSORS),
    field("limit", NO_LIMITS),
    field("ruleID", [1, undefined]),
    at("", `${noun}.list`, [7, "x", []]),
    ...ids.map((id) => field(id, NO_GIVEN_IDS)),
    ...(states ? [field("states", ["pending", {}, []])] : []),
    ...(states ? [field("states.0", ["onfire", "", null, 1], (one) => [one])] : []),
    ...(ids.length > 0 ? [field("since", NO_INSTANTS)] : []),
  ];
}

/** A page by offset, the second argument of a call. */
const pages = (name: string): Row[] => [
  at("offset", name, [-1, 0.5, Number.NaN, 2 ** 53, "0"], (offset) => [{}, { offset }]),
  at("limit", name, NO_LIMITS, (limit) => [{}, { limit }]),
  at("page", name, [1], (page) => [{}, { page }]),
];

/** Calls about single people. */
function people(): Row[] {
  const nobody = ["", "  ", "a\u0000b", "x".repeat(256), 0, -1, 1.5, null, undefined, {}];
  return [
    at("query", "people.search", NO_KEYS, (query) => [{ query }]),
    at("limit", "people.search", NO_LIMITS, (limit) => [{ query: "c", limit }]),
    at("who", "people.get", nobody),
    at("who", "people.timeline", nobody),
    at("cursor", "people.timeline", ["", "x", "1:order", "1:order:%"], (cursor) => ["c", { cursor }]),
    at("limit", "people.timeline", NO_LIMITS, (limit) => ["c", { limit }]),
    at("language", "people.timeline", ["fr", 1], (language) => ["c", { language }]),
    at("who", "people.explain", nobody, (who) => [who, 1]),
    at("ruleId", "people.explain", NO_IDS, (id) => ["c", id]),
    at("at", "people.explain", NO_INSTANTS, (instant) => ["c", 1, { at: instant }]),
    at("who", "people.evidence", nobody, (who) => [who, 1]),
    at("occurrenceId", "people.evidence", NO_IDS, (id) => ["c", id]),
    at("id", "alarms.acknowledge", NO_IDS, (id) => [id, "me"]),
    at("by", "alarms.acknowledge", NO_KEYS, (by) => [1, by]),
    at("code", "alarms.mute", NO_KEYS, (code) => [{ code, until: 0, by: "me" }]),
    at("until", "alarms.mute", NO_INSTANTS, (until) => [{ code: "missed", until, by: "me" }]),
    at("by", "alarms.mute", NO_KEYS, (by) => [{ code: "missed", until: 0, by }]),
    at("ruleId", "rules.upcoming", NO_GIVEN_IDS, (id) => [{ ruleId: id }]),
    at("count", "rules.upcoming", [0, 201, 1.5, "1"], (count) => [{ count }]),
    at("showAddress", "people.evidence", ["x", 1], (showAddress) => ["c", 1, { showAddress }]),
  ];
}

const COUPON = { name: "c", stock: 1, validFrom: "2026-01-01", validTo: "2026-12-31" };
const LIST = { ruleId: 1, people: [{ externalKey: "c" }], requestId: "r" };

const SAVED = { name: "s", segment: { everybody: true } };
const RULE_CALLS = "rules.get rules.versions rules.delete rules.edit occurrences.runNow occurrences.latest sendTest";
const AUDIENCES = ["audience.count", "audience.preview", "audience.resolve", "audience.explain"];

function audience(name: string): Row[] {
  const whom = name === "audience.explain" ? [{ externalKey: "c" }] : [];
  const source = (field: string) => (value: unknown) => [{ ...EVERYBODY, [field]: value }, ...whom];
  return [
    at("", name, NOBODY_KNOWN, (value) => [value, ...whom]),
    at("asOf", name, NO_INSTANTS, (asOf) => [EVERYBODY, ...whom, { asOf }]),
    at("at", name, [1], (value) => [EVERYBODY, ...whom, { at: value }]),
    at("timeZone", name, ["Mars/Olympus", "", 8], source("timeZone")),
    at("channel", name, ["", "a\u0000", 8], source("channel")),
    at("timezone", name, ["Asia/Tokyo"], source("timezone")),
  ];
}

const figures = (name: string, before: readonly unknown[]): Row[] => [
  ...["asOf", "from", "to"].map((field) => at(field, name, NO_INSTANTS, (value) => [...before, { [field]: value }])),
  at("windowMs", name, [0, -1, 1.5, Number.NaN, 1e15, "1"], (windowMs) => [...before, { windowMs }]),
  at("rules", name, [[1]], (rules) => [...before, { rules }]),
];

const CONSENT = { externalKey: "c", channel: "sms", status: "granted", source: "form" } as const;

const TABLE: readonly Row[] = [
  ...RULE_CALLS.split(" ").map((name) =>
    at("ruleId", name, NO_IDS, (id) => [id, name === "rules.edit" ? {} : undefined]),
  ),
  ...["status", "cancel", "remind", "staff"].map((name) => at("occurrenceId", `occurrences.${name}`, NO_IDS)),
  ...["get", "redrive"].map((name) => at("batchId", `batches.${name}`, NO_IDS)),
  at("batchId", "batches.decide", NO_IDS, (id) => [id, "accepted"]),
  at("decision", "batches.decide", ["maybe", "", null, undefined], (decision) => [1, decision]),
  ...[
    "customers.upsert",
    "orders.ingest",
    "labels.assign",
    "labels.unassign",
    "labels.put",
    "suppressions.addMany",
    "consents.recordMany",
  ].flatMap((name) => [
    at("rows", name, [undefined, null, "text", 7, {}]),
    at("signal", name, [{}, "x"], (signal) => [[], { signal }]),
    at("onProgress", name, [{}, "x"], (onProgress) => [[], { onProgress }]),
    at("sources", name, ["x"], (sources) => [[], { sources }]),
  ]),
  ...["customers.upsert", "orders.ingest"].flatMap((name) => [
    at("strict", name, ["yes", 1], (strict) => [[], { strict }]),
    at("onIdentityMove", name, ["", "swap", true], (onIdentityMove) => [[], { onIdentityMove }]),
  ]),
  at("source", "orders.ingest", ["", "x".repeat(65), "a\u0000", 7], (source) => [[], { source }]),
  ...AUDIENCES.flatMap(audience),
  at("customer.externalKey", "audience.explain", NO_KEYS, (externalKey) => [EVERYBODY, { externalKey }]),
  at("externalKey", "customers.export", NO_KEYS),
  at("externalKey", "customers.erase", NO_KEYS),
  ...people(),
  at("intoKey", "customers.merge", NO_KEYS, (key) => [key, "c"]),
  at("fromKey", "customers.merge", NO_KEYS, (key) => ["c", key]),
  at("kind", "labels.list", ["shop", "", null, undefined, 1]),
  at("cursor", "labels.list", ["a\u0000", 7], (cursor) => ["city", { cursor }]),
  at("limit", "labels.list", NO_LIMITS, (limit) => ["city", { limit }]),
  at("status", "rules.create", ["onfire", "", 1], (status) => [{}, { status }]),
  at("name", "rules.create", NO_KEYS, (name) => [{ name }]),
  at("status", "rules.edit", ["onfire", "", 1], (status) => [1, {}, { status }]),
  at("status", "rules.setStatus", ["onfire", "", null, undefined, 1], (status) => [1, status]),
  at("ruleId", "rules.setStatus", NO_IDS, (id) => [id, "paused"]),
  at("colour", "rules.obstacles", ["red"], (colour) => [{ colour }]),
  at("caps.maxPerDay", "contactPolicy.set", [-1, 1.5, "1"], (maxPerDay) => [{ caps: { maxPerDay } }]),
  at("search", "rules.list", ["a\u0000", "x".repeat(256), 7], (search) => [{ search }]),
  at("createdFrom", "rules.list", NO_INSTANTS, (createdFrom) => [{ createdFrom }]),
  at("createdTo", "rules.list", NO_INSTANTS, (createdTo) => [{ createdTo }]),
  at("name", "rules.list", ["x"], (name) => [{ name }]),
  ...pages("rules.page"),
  at("requestId", "occurrences.runNow", ["", "x".repeat(256), "a\u0000", 7], (requestId) => [1, { requestId }]),
  at("ruleIds", "occurrences.lastRuns", [undefined, null, 1, Array(201).fill(1)]),
  at("ruleIds.1", "occurrences.lastRuns", NO_IDS, (id) => [[1, id]]),
  at("tasks", "occurrences.cancel", ["no", 0], (tasks) => [1, { tasks }]),
  at("staff", "sendTest", [[], "a", Array(21).fill("a")], (staff) => [1, { staff }]),
  at("requestId", "sendTest", ["", "x".repeat(256), 7], (requestId) => [1, { staff: ["a"], requestId }]),
  at("consent", "contactPolicy.set", ["no", 1], (consent) => [{ consent }]),
  at("consent.channels.0", "contactPolicy.set", ["", "No", 7], (channel) => [{ consent: { channels: [channel] } }]),
  at("externalKey", "consents.record", NO_KEYS, (externalKey) => [{ ...CONSENT, externalKey }]),
  at("status", "consents.record", ["yes", null], (status) => [{ ...CONSENT, status }]),
  at("channel", "consents.record", ["", "No", 7], (channel) => [{ ...CONSENT, channel }]),
  at("at", "consents.record", NO_INSTANTS, (at) => [{ ...CONSENT, at }]),
  at("externalKey", "consents.get", NO_KEYS),
  at("status", "consents.list", ["yes", 7], (status) => [{ status }]),
  ...lists("consents", [], false),
  at("id", "suppressions.remove", NO_IDS),
  at("channel", "suppressions.list", ["", "a\u0000", 7], (channel) => [{ channel }]),
  at("channel", "suppressions.add", ["", "No", 7], (channel) => [{ channel, address: "a", reason: "opt_out" }]),
  ...["get", "delete", "users", "preview", "sizes"].map((name) => at("segmentId", `segments.${name}`, NO_IDS)),
  at("segmentId", "segments.update", NO_IDS, (id) => [id, SAVED]),
  at("segmentId", "segments.explain", NO_IDS, (id) => [id, { externalKey: "c" }]),
  at("name", "segments.create", [...NO_KEYS, "a\tb"], (name) => [{ ...SAVED, name }]),
  at("description", "segments.create", [7, "a\u0000", "x".repeat(2001)], (description) => [{ ...SAVED, description }]),
  at("segment.saved", "segments.create", NO_GIVEN_IDS, (saved) => [{ ...SAVED, segment: { saved } }]),
  at("segment", "segments.create", [undefined, null, {}, { everybody: false }], (segment) => [{ ...SAVED, segment }]),
  at("colour", "segments.create", ["red"], (colour) => [{ ...SAVED, colour }]),
  at("segment.any.0", "segments.update", [{}], (any) => [1, { ...SAVED, segment: { any: [any] } }]),
  at("revision", "segments.update", [0, "1", 1.5], (revision) => [1, SAVED, { revision }]),
  at("segment", "segments.validate", [undefined, null, "everybody", 7]),
  at("asOf", "segments.preview", NO_INSTANTS, (asOf) => [1, { asOf }]),
  at("people", "segments.preview", [-1, "1"], (people) => [1, { people }]),
  at("customer.externalKey", "segments.explain", NO_KEYS, (externalKey) => [1, { externalKey }]),
  at("signal", "segments.measure", [{}], (signal) => [{ signal }]),
  at("signal", "conversions.rollUp", [{}], (signal) => [{ signal }]),
  at("from", "segments.sizes", ["2026-02-30", 7], (from) => [1, { from }]),
  at("search", "segments.list", ["a\u0000", 7], (search) => [{ search }]),
  at("archived", "segments.list", ["yes"], (archived) => [{ archived }]),
  ...lists("segments", [], false),
  at("", "media.put", [undefined, null, "image", {}, new Uint8Array(4)]),
  at("", "simulate", NOBODY_KNOWN),
  at("days", "simulate", [0, 32, 1.5, Number.NaN, "7"], (days) => [{}, { days }]),
  at("ruleId", "report", NO_GIVEN_IDS),
  at("occurrenceId", "report", NO_GIVEN_IDS, (occurrenceId) => [1, { occurrenceId }]),
  ...figures("report", [1]),
  ...figures("statistics", []),
  at("ruleId", "funnel", NO_GIVEN_IDS, (ruleId) => [{ ruleId }]),
  at("channel", "funnel", ["a\u0000", 7], (channel) => [{ channel }]),
  at("windowMs", "funnel", [0, -1, 0.5, Number.NaN, "1"], (windowMs) => [{ windowMs }]),
  at("step", "funnelPeople", ["bought", 7, undefined], (step) => [{ step }]),
  at("reached", "funnelPeople", ["yes", 1], (reached) => [{ step: "sent", reached }]),
  at("products", "statistics", [-1, 201, 0.5, Number.NaN, "1"], (products) => [{ products }]),
  at("ruleId", "results.list", NO_GIVEN_IDS, (ruleId) => [{ ruleId }]),
  at("search", "results.page", ["a\u0000", 7], (search) => [{ search }]),
  ...pages("results.page"),
  ...lists("occurrences", ["ruleId"], true),
  ...lists("batches", ["ruleId", "occurrenceId"], true),
  ...lists("deliveries", ["ruleId", "occurrenceId", "batchId", "customerId"], true),
  at("occurrenceId", "deliveries.reasons", NO_IDS),
  ...lists("attempts", ["ruleId", "occurrenceId", "batchId"], false),
  ...lists("rules", [], false),
  ...lists("results", [], false),
  at("kind", "labels.all", ["shop", null]),
  at("limit", "labels.all", NO_LIMITS, (limit) => ["city", { limit }]),
  ...lists("alarms", [], false),
  ...lists("suppressions", [], false),
  ...["links.get", "links.visit", "links.unsubscribe"].map((name) =>
    at("token", name, [undefined, null, 7, "x".repeat(256)], (token) => [
      token,
      name === "links.visit" ? {} : undefined,
    ]),
  ),
  at("kind", "links.visit", ["look", undefined, 1], (kind) => ["t", { kind }]),
  at("link", "links.visit", ["x", 7, {}, { id: "1" }], (link) => ["t", { kind: "view", link }]),
  at("channel", "links.unsubscribe", ["", "No", 7], (channel) => ["t", { channel }]),
  at("externalKey", "links.issue", NO_KEYS, (externalKey) => [{ externalKey, channel: "sms" }]),
  at("channel", "links.issue", ["", "x".repeat(65), 7], (channel) => [{ externalKey: "c", channel }]),
  at("expiresAt", "links.issue", NO_INSTANTS, (expiresAt) => [{ externalKey: "c", channel: "sms", expiresAt }]),
  at("occurrenceId", "links.revoke", NO_GIVEN_IDS, (occurrenceId) => [{ occurrenceId }]),
  ...lists("links", [], false),
  at("couponId", "links.list", NO_GIVEN_IDS, (couponId) => [{ couponId }]),
  at("name", "coupons.create", NO_KEYS, (name) => [{ ...COUPON, name }]),
  at("stock", "coupons.create", [undefined, -1, 1.5, "9"], (stock) => [{ ...COUPON, stock }]),
  at("validTo", "coupons.create", [...NO_INSTANTS, "2025-12-31", undefined], (validTo) => [{ ...COUPON, validTo }]),
  at("templateId", "messages.templates.get", NO_IDS),
  at("templateId", "messages.templates.versions", NO_IDS),
  at("templateId", "messages.templates.preview", NO_IDS),
  at("templateId", "messages.templates.setStatus", NO_IDS, (id) => [id, "active"]),
  at("status", "messages.templates.setStatus", ["paused", undefined], (status) => [1, status]),
  at("templateId", "messages.templates.edit", NO_IDS, (id) => [id, {}]),
  at("version", "messages.templates.edit", [0, "1"], (version) => [1, {}, { version }]),
  at("status", "messages.templates.create", ["paused"], (status) => [{}, { status }]),
  at("limit", "messages.templates.list", NO_LIMITS, (limit) => [{ limit }]),
  at("limit", "messages.templates.all", NO_LIMITS, (limit) => [{ limit }]),
  at("templateId", "messages.send", NO_IDS, (templateId) => [{ templateId, recipient: "a" }]),
  at("recipient", "messages.send", [undefined, 7, {}], (recipient) => [{ templateId: 1, recipient }]),
  at("priority", "messages.send", [-1, 11, 1.5, "9"], (priority) => [{ templateId: 1, recipient: "a", priority }]),
  at("tx", "messages.send", ["x", 7], (tx) => [{ templateId: 1, recipient: "a" }, { tx }]),
  at("recipients", "messages.sendBatch", [[], "a", undefined], (recipients) => [{ templateId: 1, recipients }]),
  at("tx", "messages.sendBatch", [7], (tx) => [{ templateId: 1, recipients: ["a"] }, { tx }]),
  at("messageId", "messages.get", NO_IDS),
  at("messageId", "messages.events", NO_IDS),
  at("messageId", "messages.cancel", NO_IDS),
  at("messageId", "messages.decide", NO_IDS, (id) => [id, "accepted"]),
  at("decision", "messages.decide", ["yes", undefined], (decision) => [1, decision]),
  at("batchId", "messages.batch", NO_IDS),
  at("batchId", "messages.cancelBatch", NO_IDS),
  at("traceId", "messages.trace", [7, undefined, "x".repeat(65)]),
  at("from", "messages.statistics", [{}, "soon"], (from) => [{ from }]),
  at("days", "messages.trend", [0, 91, 1.5], (days) => [{ days }]),
  at("states", "messages.list", [[], "queued"], (states) => [{ states }]),
  at("limit", "messages.all", NO_LIMITS, (limit) => [{ limit }]),
  at("providerMessageIds.0", "messages.expedite", ["", 7], (id) => [[id]]),
  at("token", "unsubscribeMessage", [7, undefined]),
  at("couponId", "coupons.get", NO_IDS),
  at("couponId", "coupons.report", NO_IDS),
  at("couponId", "coupons.update", NO_IDS, (id) => [id, {}]),
  at("patch.stock", "coupons.update", [-1, 1.5, "9"], (stock) => [1, { stock }]),
  at("couponId", "coupons.addCodes", NO_IDS, (id) => [id, ["a"]]),
  at("codes", "coupons.addCodes", [[], "a", undefined], (codes) => [1, codes]),
  at("codes.0", "coupons.addCodes", ["", 7, "x".repeat(65)], (code) => [1, [code]]),
  at("token", "coupons.claim", [undefined, null, 7, "x".repeat(256)], (token) => [{ token }]),
  at("at", "coupons.claim", NO_INSTANTS, (at) => [{ token: "t", at }]),
  at("couponId", "coupons.claimFor", NO_IDS, (couponId) => [{ couponId, externalKey: "c" }]),
  at("externalKey", "coupons.claimFor", NO_KEYS, (externalKey) => [{ couponId: 1, externalKey }]),
  ...["reserve", "confirm", "release", "redeem"].flatMap((name) => [
    at("code", `coupons.${name}`, ["", 7, undefined, null], (code) => [code, { orderNo: "o" }]),
    at("orderNo", `coupons.${name}`, NO_KEYS, (orderNo) => ["c", { orderNo }]),
  ]),
  at("untilMs", "coupons.reserve", NO_INSTANTS, (untilMs) => ["c", { orderNo: "o", untilMs }]),
  at("amountMinor", "coupons.redeem", [-1, 1.5, "9"], (amountMinor) => ["c", { orderNo: "o", amountMinor }]),
  at("reason", "coupons.reverse", NO_KEYS, (reason) => ["c", { reason }]),
  at("states.0", "coupons.claims", ["gone", "", 1], (state) => [{ states: [state] }]),
  ...lists("coupons", [], false),
  at("requestId", "occurrences.sendList", ["", "x".repeat(256), 7, undefined], (requestId) => [{ ...LIST, requestId }]),
  at("people", "occurrences.sendList", [[], "c", undefined, Array(10_001).fill({})], (people) => [{ ...LIST, people }]),
  at("ruleId", "occurrences.sendList", NO_IDS, (ruleId) => [{ ...LIST, ruleId }]),
  at("dueAt", "occurrences.sendList", NO_INSTANTS, (dueAt) => [{ ...LIST, dueAt }]),
  at("expiresAt", "occurrences.sendList", NO_INSTANTS, (expiresAt) => [{ ...LIST, expiresAt }]),
  at("kind", "occurrences.sendList", ["slot", "test", "", 7], (kind) => [{ ...LIST, kind }]),
  at("timeZone", "update", ["Mars/Olympus", "", 8], (timeZone) => [{ timeZone }]),
  at("currency", "update", ["yen", "", 8], (currency) => [{ currency }]),
  at("zone", "update", ["Asia/Tokyo"], (zone) => [{ zone }]),
  at("work", "rehearse", [1, "x", {}, null, undefined], (work) => [work]),
  at("name", "tenants.create", ["", 7, null, undefined], (name) => [{ name }]),
  at("roles.0", "run", ["boss", null], (role) => [{ roles: [role] }]),
  at("signal", "run", [{}], (signal) => [{ signal }]),
  at("signal", "retain", [{}], (signal) => [{ signal }]),
  at("resume", "reconcileFirst", ["yes"], (resume) => [{ resume }]),
  at("tenantId", "forTenant", NO_IDS),
  at("listener", "on", [undefined, {}]),
];

describe("a wrong argument", () => {
  test.each(TABLE)("of $name at '$path' is refused before a store sees it", async ({ name, path, wrong, given }) => {
    for (const value of wrong) {
      const answer = await call(kit, name, given(value)).catch((error: unknown) => error);
      expect(answer, String(value)).toMatchObject({
        code: "input.invalid",
        issues: expect.arrayContaining([expect.objectContaining({ path })]),
      });
    }
  });

  test("is looked for in every call of a tenant's kit", () => {
    const namesOf = (of: object, prefix = ""): string[] =>
      Object.entries(of).flatMap(([name, value]: [string, unknown]) => {
        if (typeof value === "function") return [prefix + name];
        return typeof value === "object" && value !== null ? namesOf(value, `${prefix}${name}.`) : [];
      });
    const tried = new Set([
      ...TABLE.map(({ name }) => name),
      "tenant",
      "messages.waiting",
      "contactPolicy.get",
      "alarms.muted",
      "coupons.expireDue",
      "conversions.drop",
    ]);
    expect(namesOf(kit.forTenant(1)).filter((name) => !tried.has(name))).toEqual([]);
  });
});

describe("a tenant nobody knows", () => {
  const image = Uint8Array.from([0xff, 0xd8, 0xff]);
  test.each([
    ["tenant"],
    ["update", { name: "a" }],
    ["customers.upsert", [{ externalKey: "c" }]],
    ["orders.ingest", []],
    ["labels.put", [{ kind: "city", key: "a" }]],
    ["labels.list", "city"],
    ["audience.count", EVERYBODY],
    ["audience.resolve", EVERYBODY],
    ["rules.list"],
    ["rules.get", 1],
    ["occurrences.list"],
    ["suppressions.add", { address: "a", reason: "opt_out" }],
    ["batches.get", 1],
    ["media.put", image],
    ["report"],
    ["results.list"],
    ["deliveries.all"],
    ["people.search", { query: "c" }],
    ["people.get", "c"],
    ["people.timeline", "c"],
    ["people.explain", "c", 1],
    ["people.evidence", "c", 1],
    ["alarms.acknowledge", 1, "me"],
    ["alarms.mute", { code: "missed", until: 0, by: "me" }],
    ["alarms.muted"],
    ["rules.upcoming"],
  ])("is told of by %s", async (name, ...given) => {
    const nobody = createRecallKit({ ...options, stores: memoryStores() }).forTenant(999);
    await expect(call(nobody, name, given)).rejects.toMatchObject({ code: "tenant.not-found" });
  });

  test("is asked for until it is there, and then no more", async () => {
    const stores = memoryStores();
    let asked = 0;
    const get: typeof stores.tenants.get = (id) => {
      asked += 1;
      return stores.tenants.get(id);
    };
    const counting = createRecallKit({ ...options, stores: { ...stores, tenants: { ...stores.tenants, get } } });
    const tenant = counting.forTenant(2);
    await expect(tenant.rules.list()).rejects.toMatchObject({ code: "tenant.not-found" });
    await counting.tenants.create({ name: "b" });
    await tenant.rules.list();
    await tenant.rules.list();
    await counting.forTenant(2).occurrences.list();
    expect(asked).toBe(2);
  });
});

describe("options", () => {
  /** As JavaScript may give them. */
  const open = (given: object) => createRecallKit({ ...options, stores: untouched, ...given } as RecallKitOptions);

  test("given as undefined keep their defaults", async () => {
    const none = open({
      stores: memoryStores(),
      signal: undefined,
      clock: undefined,
      concurrency: undefined,
      countedStatuses: undefined,
      timings: { leaseMs: undefined, pollIntervalMs: undefined },
      caps: { maxPerDay: undefined },
      retention: { changes: undefined },
    });
    const nothing = { items: [], total: 0 };
    expect(await call(none, "rules.page", [{ search: undefined }, { limit: undefined }])).toEqual(nothing);
    expect(await call(none, "batches.list", [{ states: undefined, limit: undefined }])).toMatchObject({ items: [] });
    expect(await call(none, "results.page", [{ ruleId: undefined, from: undefined }])).toEqual(nothing);
    expect(await call(none, "report", [undefined, { from: undefined, asOf: undefined }])).toMatchObject({
      audience: 0,
    });
    expect(await call(none, "retain", [{ signal: undefined }])).toMatchObject({ changes: 0 });
    expect(await none.tick()).toMatchObject({ sent: 0 });
  });

  test.each([
    ["timing", { timing: {} }],
    ["timings.pollMs", { timings: { pollMs: 1 } }],
    ["timings.pollIntervalMs", { timings: { pollIntervalMs: Number.NaN } }],
    ["timings.pollIntervalMs", { timings: { pollIntervalMs: 2 ** 31 } }],
    ["timings.leaseMs", { timings: { leaseMs: 0 } }],
    ["timings.sweepIntervalMs", { timings: { sweepIntervalMs: 1.5 } }],
    ["timings.shutdownMs", { timings: { shutdownMs: -1 } }],
    ["timings.heartbeatMs", { timings: { heartbeatMs: 60_000 } }],
    ["timings.heartbeatMs", { timings: { leaseMs: 20_000 } }],
    ["timings.reconcileScheduleMs", { timings: { reconcileScheduleMs: [] } }],
    ["timings.reconcileScheduleMs", { timings: { reconcileScheduleMs: [2, 1] } }],
    ["timings.reconcileScheduleMs.0", { timings: { reconcileScheduleMs: ["1"] } }],
    ["caps", { caps: "on" }],
    ["caps.maxPerDay", { caps: { maxPerDay: -1 } }],
    ["retention.changes", { retention: { changes: 0 } }],
    ["retention.orders", { retention: { orders: 1 } }],
    ["countedStatuses", { countedStatuses: [] }],
    ["concurrency", { concurrency: "4" }],
    ["channels", { channels: "wecom" }],
    ["stores", { stores: "memory" }],
    ["signal", { signal: {} }],
  ])("that are wrong are refused by name: %s", (option, given) => {
    expect(() => open(given)).toThrow(expect.objectContaining({ code: "config.invalid", option }));
  });
});
