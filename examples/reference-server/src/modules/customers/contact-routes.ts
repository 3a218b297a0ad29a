import {
  type Consent,
  type ConsentInput,
  type ContactPolicy,
  type ContactPolicyInput,
  InputError,
  RecallKitError,
} from "@recallkit/core";
import { type CallerCall, defineRoute } from "@recallkit/http";
import * as z from "zod";
import {
  consentBody,
  consentSchema,
  consentsPage,
  consentsQuery,
  contactPolicyBody,
  contactPolicySchema,
  MAX_CONSENTS,
} from "./contact-schema.js";
import { MAX_ROWS_BYTES } from "./row-schema.js";
import { ingestAnswer } from "./schema.js";

const facts = { tags: ["客户 / Customers"] } as const;
const example = {
  channel: "sms",
  purpose: "marketing",
  status: "granted" as const,
  wording: "2026-05",
  source: "checkout",
  evidence: "form 1042",
  at: 1_767_225_600_000,
  recorded_at: 1_767_225_600_000,
};
const policy = {
  caps: { max_per_day: 1, max_per_week: 3, min_gap_hours: 48 },
  consent: { channels: ["sms"] },
  quiet_hours: { sms: { from: "08:00", to: "20:00" } },
  spend: { sms: { per_day_minor: 100_000 } },
};

function kitOf({ session, context }: Pick<CallerCall, "session" | "context">) {
  return context.kit.forTenant(session.tenantId);
}

/** `/api/consents` and `/api/contact-policy`. */
export const contactRoutes = [
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/consents",
    auth: "customers:read",
    summary: "同意与撤回的记录 / Evidence of consents",
    description: "每次同意或撤回一条，不会被修改或删除。",
    request: { query: consentsQuery },
    response: consentsPage,
    example: { response: { items: [{ id: 3, customer_id: 7, ...example }], next_cursor: null } },
    async handler({ query: { customer_key: externalKey, ...query }, ...call }) {
      const page = await kitOf(call).consents.list({ ...query, externalKey });
      const items = page.items.map((one) => ({ id: one.id, customer_id: one.customerId, ...fieldsOf(one) }));
      return { items, next_cursor: page.nextCursor };
    },
  }),
  defineRoute({
    ...facts,
    method: "post",
    path: "/api/consents",
    auth: "customers:write",
    status: 201,
    summary: "记录同意或撤回 / Record a consent or a withdrawal",
    description: "下一批次起生效，进行中的推送也适用；同一渠道以最后一次为准。也可提交名单（最多 1000 行），逐行校验。",
    rows: { maxRows: MAX_CONSENTS, maxBytes: MAX_ROWS_BYTES },
    request: { body: consentBody },
    response: z.union([consentSchema, ingestAnswer]),
    errors: { 404: { description: "客户不存在 / no such customer" } },
    example: {
      request: { customer_key: "17850", channel: "sms", status: "granted", source: "checkout", wording: "2026-05" },
      response: { customer_key: "17850", ...example },
    },
    async handler({ body, ...call }) {
      const { consents } = kitOf(call);
      if (Array.isArray(body)) {
        const { rejected, ...counts } = await consents.recordMany(body.map(inputOf), { onRejected: "return" });
        return {
          ...counts,
          rejected: rejected.map(({ index, path, message }) => ({ index, path: wire(path), message })),
        };
      }
      return { customer_key: body.customer_key, ...fieldsOf(await inWireTerms(() => consents.record(inputOf(body)))) };
    },
  }),
  defineRoute({
    ...facts,
    method: "get",
    path: "/api/contact-policy",
    auth: "customers:read",
    summary: "联系规则 / Contact policy",
    response: contactPolicySchema,
    example: { response: policy },
    handler: async (call) => policyShape(await kitOf(call).contactPolicy.get()),
  }),
  defineRoute({
    ...facts,
    method: "put",
    path: "/api/contact-policy",
    auth: "contact-policy:write",
    summary: "修改联系规则 / Change the contact policy",
    description:
      "频次上限、同意、允许时段、预算；未提交的部分保持不变，下一批次起生效。时段须在 08:00-22:00 之内，不能关闭。",
    request: { body: contactPolicyBody },
    response: contactPolicySchema,
    example: {
      request: { consent: { channels: ["sms"] }, spend: { sms: { per_day_minor: 100_000 } } },
      response: policy,
    },
    async handler({ body, ...call }) {
      return policyShape(await inWireTerms(() => kitOf(call).contactPolicy.set(policyOf(body))));
    },
  }),
];

function fieldsOf({ channel, purpose, status, wording, source, evidence, at, recordedAt }: Consent) {
  return { channel, purpose, status, wording, source, evidence, at, recorded_at: recordedAt };
}

/** A row in the kit's words. A field that is not a route's goes on as it is, and is refused there. */
function inputOf({ customer_key: externalKey, ...row }: Readonly<Record<string, unknown>>): ConsentInput {
  return { ...row, externalKey } as unknown as ConsentInput;
}

function policyOf({ caps, quiet_hours, spend, ...rest }: z.output<typeof contactPolicyBody>): ContactPolicyInput {
  const own = typeof caps === "object" ? renamed(caps, CAPS) : caps;
  const budgets =
    typeof spend === "object"
      ? Object.fromEntries(Object.entries(spend).map(([channel, limit]) => [channel, renamed(limit, BUDGET)]))
      : spend;
  return { ...rest, caps: own, quietHours: quiet_hours, spend: budgets };
}

function policyShape({ caps, consent, quietHours, spend }: ContactPolicy): z.input<typeof contactPolicySchema> {
  const { maxPerDay, maxPerWeek, minGapHours } =
    caps === "off" ? { maxPerDay: 0, maxPerWeek: 0, minGapHours: 0 } : caps;
  const budgets = (limit: {
    readonly perDayMinor?: number | null | undefined;
    readonly perMonthMinor?: number | null | undefined;
  }) => ({
    ...(typeof limit.perDayMinor === "number" && { per_day_minor: limit.perDayMinor }),
    ...(typeof limit.perMonthMinor === "number" && { per_month_minor: limit.perMonthMinor }),
  });
  return {
    caps: caps === "off" ? caps : { max_per_day: maxPerDay, max_per_week: maxPerWeek, min_gap_hours: minGapHours },
    consent: typeof consent === "string" ? consent : { channels: [...consent.channels] },
    quiet_hours: quietHours === "off" ? quietHours : { ...quietHours },
    spend:
      spend === "off"
        ? spend
        : Object.fromEntries(Object.entries(spend).map(([channel, limit]) => [channel, budgets(limit)])),
  };
}

const CAPS = { max_per_day: "maxPerDay", max_per_week: "maxPerWeek", min_gap_hours: "minGapHours" } as const;
const BUDGET = { per_day_minor: "perDayMinor", per_month_minor: "perMonthMinor" } as const;
const WIRE: ReadonlyMap<string, string> = new Map([
  ...Object.entries({ ...CAPS, ...BUDGET }).map(([name, own]): [string, string] => [own, name]),
  ["quietHours", "quiet_hours"],
  ["externalKey", "customer_key"],
]);

function renamed(part: object, names: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(part).map(([name, value]) => [names[name] ?? name, value]));
}

/** A path of the kit as the caller wrote it. */
function wire(path: string): string {
  return path
    .split(".")
    .map((name) => WIRE.get(name) ?? name)
    .join(".");
}

/** Faults of the kit by the names of the wire. */
async function inWireTerms<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!RecallKitError.is(error) || !(error instanceof InputError)) throw error;
    throw new InputError(error.issues.map((issue) => ({ ...issue, path: wire(issue.path) })));
  }
}
