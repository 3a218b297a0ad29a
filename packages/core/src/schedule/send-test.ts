import * as z from "zod";
import { callChannel } from "../engine/call-channel.js";
import type { EngineContext } from "../engine/engine-context.js";
import { ConflictError, InputError } from "../errors.js";
import { sampleLinkValues } from "../link/link-place.js";
import type { Channel } from "../ports/channel.js";
import type { Stores } from "../ports/stores.js";
import { LINK_VARIABLES, placeholdersOf, renderContent, sharedValues } from "../rule/render.js";
import type { Rule } from "../rule/rule.js";
import { zoneOf } from "../rule/zone.js";
import { withoutNulls } from "../without-nulls.js";
import { parseInput } from "../zod-issues.js";
import { assertRoom } from "./backlog.js";
import { newOccurrence } from "./new-occurrence.js";
import { getRule } from "./rules.js";

/** Who gets a test: at least one of the two. */
export interface TestRecipients {
  /** Addresses of customers on the rule's channel, 1 … 20. */
  readonly addresses?: readonly string[] | null | undefined;
  /** Userids of staff members, 1 … 20. */
  readonly staff?: readonly string[] | null | undefined;
  /** 1 … 255 characters; the same id again finds the same test. @default a new one */
  readonly requestId?: string | null | undefined;
}

/** Who got a test, and who did not. */
export interface TestResult {
  /** The occurrence that carries the test to customers; null without any. */
  readonly occurrenceId: number | null;
  /** Staff who were not reached; null when none were asked for. */
  readonly unreachedStaff: readonly string[] | null;
}

const MOST = 20;
const names = z.array(z.string().min(1).max(255)).min(1).max(MOST);

/** What `sendTest` takes, without its nulls. */
export const recipientsSchema = z
  .strictObject({
    addresses: names.optional(),
    staff: names.optional(),
    requestId: z.string().min(1).max(255).optional(),
  })
  .refine(({ addresses, staff }) => addresses ?? staff, { path: ["addresses"], message: "somebody must be named" });

/**
 * Sends a rule's content to a few people beforehand; paused rules too.
 *
 * Staff first: when they can't be reached, no customer gets anything either.
 *
 * @throws {NotFoundError} `rule.not-found`; {InputError} an address that no customer has
 * @throws {ConflictError} `channel.test-unavailable`; {ChannelError} staff were not reached
 */
export async function sendTest(
  context: EngineContext,
  tenantId: number,
  ruleId: number,
  to: TestRecipients,
): Promise<TestResult> {
  const { addresses, staff, requestId = context.ids.next() } = parseInput(recipientsSchema, withoutNulls(to));
  const rule = await getRule(context.stores, tenantId, ruleId);
  const channel = await context.channel(tenantId, rule.definition.channel);
  if (!channel) throw new ConflictError("channel.test-unavailable", `no channel named ${rule.definition.channel}`);
  await assertRoom(context.stores, tenantId);
  const customerIds = addresses ? await customersAt(context.stores, tenantId, channel, addresses) : undefined;
  const unreachedStaff = staff ? await showToStaff(context, rule, channel, [...new Set(staff)]) : null;
  if (!customerIds) return { occurrenceId: null, unreachedStaff };
  const occurrenceId = await planTest(context, rule, customerIds, requestId);
  context.bell.ring();
  return { occurrenceId, unreachedStaff };
}

async function customersAt(
  stores: Stores,
  tenantId: number,
  channel: Channel,
  addresses: readonly string[],
): Promise<readonly number[]> {
  const type = channel.addressType;
  const owners = await stores.customers.findOwners(
    tenantId,
    [...new Set(addresses)].map((value) => ({ type, value })),
  );
  const idOf = new Map(owners.map(({ value, customerId }) => [value, customerId]));
  const issues = addresses.flatMap((address, index) =>
    idOf.has(address)
      ? []
      : [{ path: `addresses.${index}`, code: "customer.not-found", message: "no customer has this address" }],
  );
  if (issues.length > 0) throw new InputError(issues);
  return [...idOf.values()].sort((a, b) => a - b);
}

async function showToStaff(
  context: EngineContext,
  { tenantId, definition }: Rule,
  channel: Channel,
  staff: readonly string[],
): Promise<readonly string[]> {
  if (!channel.showToStaff) {
    throw new ConflictError("channel.test-unavailable", `${channel.name} can't message staff`);
  }
  const { clock, stores, timings } = context;
  const tenant = await stores.tenants.get(tenantId);
  const timeZone = await zoneOf(stores, { tenantId, definition });
  // Staff see what a person without values of their own would see.
  const values = sharedValues(definition, { dueAt: clock.now(), timeZone }, tenant?.name ?? "");
  // A link that looks like theirs and leads nowhere.
  const links = context.links ? sampleLinkValues(context.links) : placeholdersOf(LINK_VARIABLES);
  const content = renderContent(definition.content, { ...links, ...values });
  const writeBy = clock.monotonic() + timings.sendDeadlineMs;
  return callChannel(
    context,
    channel.name,
    async (signal) => (await channel.showToStaff?.({ tenantId, content, staff }, { writeBy, signal })) ?? staff,
  );
}

function planTest(
  { stores, clock, random }: EngineContext,
  rule: Rule,
  customerIds: readonly number[],
  requestId: string,
): Promise<number> {
  return stores.transaction(async (tx) => {
    const now = clock.now();
    const timeZone = await zoneOf(tx, rule);
    const plan = { kind: "test", nominal: requestId, timeZone, customerIds, dueAt: now, createdAt: now } as const;
    const { occurrence } = await tx.occurrences.insert(newOccurrence(rule, plan, random));
    return occurrence.id;
  });
}
