import * as z from "zod";
import { chunksOf } from "../chunks.js";
import type { Clock } from "../clock.js";
import { requiredText } from "../customer/customer-schema.js";
import { findCustomers } from "../customer/find-customers.js";
import { inTurn } from "../customer/in-turn.js";
import {
  type IngestOptions,
  type IngestResult,
  type RowRejection,
  rejectionCheck,
  rejectionKeeper,
  rejectionOf,
} from "../customer/outcome.js";
import { InputError, NotFoundError } from "../errors.js";
import { channelNameSchema } from "../input.js";
import { instantIn, instantSchema } from "../instant.js";
import { type Page, pageFields } from "../page.js";
import type { ConsentFilter } from "../ports/consent-store.js";
import type { Stores } from "../ports/stores.js";
import { withoutNulls } from "../without-nulls.js";
import { checkInput } from "../zod-issues.js";
import {
  CONSENT_STATUSES,
  type Consent,
  type ConsentInput,
  type ConsentListOptions,
  type ConsentRecord,
  MARKETING_PURPOSE,
} from "./consent.js";

interface ConsentContext {
  readonly stores: Stores;
  readonly clock: Clock;
  readonly tenantId: number;
}

const purposeSchema = z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, { message: "must be a lower-case word" });

/** What `consents.record` takes, without its nulls. */
export const consentSchema = z.strictObject({
  externalKey: requiredText(255),
  channel: z.string().regex(/^(\*|[a-z][a-z0-9_-]{0,63})$/, { message: "must be the name of a channel, or *" }),
  purpose: purposeSchema.optional(),
  status: z.enum(CONSENT_STATUSES),
  wording: requiredText(255).optional(),
  source: requiredText(255),
  evidence: requiredText(1_000).optional(),
  at: instantSchema.optional(),
});
/** A row of a list; wall times are of the zone. */
const rowSchema = (zone: string) => consentSchema.extend({ at: instantIn(zone).optional() });
type Given = z.output<ReturnType<typeof rowSchema>>;

/** What a list of evidence may ask for. */
export const consentFilterSchema = z.strictObject({
  ...pageFields,
  externalKey: requiredText(255).optional(),
  channel: channelNameSchema.optional(),
  purpose: purposeSchema.optional(),
  status: z.enum(CONSENT_STATUSES).optional(),
} satisfies Record<keyof ConsentListOptions, z.ZodType>);

const CHUNK = 500;
const NOBODY = { path: "externalKey", code: "customer.not-found" as const, message: "no customer has this key" };

const LATER = { path: "at", code: "time.range", message: "must not be later than now, nor before 1970" };

const isSayable = ({ at }: Given, now: number) => at === undefined || (at >= 0 && at <= now);

/**
 * Records a consent or a withdrawal, effective before the next call of a channel.
 *
 * @returns what holds now for the person, channel and purpose
 * @throws {InputError} `at` lies in the future. @throws {NotFoundError} `customer.not-found`
 */
export async function recordConsent({ stores, clock, tenantId }: ConsentContext, given: Given): Promise<Consent> {
  const now = clock.now();
  if (!isSayable(given, now)) throw new InputError([LATER]);
  return inTurn(stores, tenantId, async (tx) => {
    const [row] = await consentsOf(tx, tenantId, [given], now);
    if (!row) throw new NotFoundError(NOBODY.code, NOBODY.message);
    await tx.consents.record(tenantId, [row]);
    const held = await tx.consents.current(tenantId, [row.customerId]);
    return held.find(({ channel, purpose }) => channel === row.channel && purpose === row.purpose) ?? row;
  });
}

/** The same with a list whose wall times are of the zone, 500 rows per transaction. What is known already counts as unchanged. */
export async function recordConsents(
  { stores, clock, tenantId }: ConsentContext,
  timeZone: string,
  rows: Iterable<ConsentInput> | AsyncIterable<ConsentInput>,
  options: IngestOptions = {},
): Promise<IngestResult> {
  const rejections = rejectionKeeper(options);
  const assertTaken = rejectionCheck(stores, options);
  const total = { inserted: 0, updated: 0, unchanged: 0 };
  let seen = 0;
  for await (const chunk of chunksOf(rows, CHUNK)) {
    options.signal?.throwIfAborted();
    const now = clock.now();
    const schema = rowSchema(timeZone);
    const rejected: RowRejection[] = [];
    const good = chunk.flatMap((input, offset) => {
      const read = checkInput(schema, withoutNulls(input));
      const issues = "issues" in read ? read.issues : isSayable(read.value, now) ? [] : [LATER];
      if (!("issues" in read) && issues.length === 0) return [{ index: seen + offset, given: read.value }];
      rejected.push(rejectionOf(seen + offset, issues));
      return [];
    });
    const { added, strangers } = await inTurn(stores, tenantId, async (tx) => {
      const found = await consentsOf(
        tx,
        tenantId,
        good.map(({ given }) => given),
        now,
      );
      const strangers = good.flatMap(({ index }, at) => (found[at] ? [] : [{ index, ...NOBODY }]));
      assertTaken([...rejected, ...strangers]);
      return {
        strangers,
        added: await tx.consents.record(
          tenantId,
          found.filter((row) => row !== undefined),
        ),
      };
    });
    total.inserted += added;
    total.unchanged += good.length - strangers.length - added;
    rejections.add([...rejected, ...strangers]);
    seen += chunk.length;
    options.onProgress?.({ rows: seen });
  }
  return { ...total, rejected: rejections.all() };
}

/** What holds for a person, by purpose and channel. @throws {NotFoundError} `customer.not-found` */
export async function consentsOfPerson(
  { stores, tenantId }: Pick<ConsentContext, "stores" | "tenantId">,
  externalKey: string,
): Promise<readonly Consent[]> {
  const customer = (await findCustomers(stores, tenantId, [externalKey])).get(externalKey);
  if (!customer) throw new NotFoundError(NOBODY.code, NOBODY.message);
  return stores.consents.current(tenantId, [customer.id]);
}

/** A page of evidence; of somebody unknown there is none. */
export async function listConsents(
  { stores, tenantId }: Pick<ConsentContext, "stores" | "tenantId">,
  { externalKey, ...filter }: ConsentFilter & { readonly externalKey?: string },
): Promise<Page<ConsentRecord>> {
  if (externalKey === undefined) return stores.consents.list(tenantId, filter);
  const customer = (await findCustomers(stores, tenantId, [externalKey])).get(externalKey);
  return customer
    ? stores.consents.list(tenantId, { ...filter, customerId: customer.id })
    : { items: [], nextCursor: null };
}

/** Rows about people who are known; undefined where one is not. */
async function consentsOf(
  tx: Stores,
  tenantId: number,
  rows: readonly Given[],
  now: number,
): Promise<readonly (Consent | undefined)[]> {
  const keys = [...new Set(rows.map(({ externalKey }) => externalKey))];
  const people = keys.length > 0 ? await findCustomers(tx, tenantId, keys) : new Map();
  return rows.map(({ externalKey, purpose = MARKETING_PURPOSE, wording = null, evidence = null, at = now, ...row }) => {
    const customerId: number | undefined = people.get(externalKey)?.id;
    return customerId === undefined
      ? undefined
      : { ...row, purpose, tenantId, customerId, wording, evidence, at, recordedAt: now };
  });
}
