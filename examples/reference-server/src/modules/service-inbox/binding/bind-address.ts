import type { IdentityType } from "@recallkit/core";
import { ConflictError, NotFoundError } from "@recallkit/core";
import { insertNumbered } from "../engine.js";
import type { Entrance, Inbox } from "../inbox.js";
import { splitAll } from "../sessions/merges.js";
import { inboxTables } from "../tables.js";

/** Where somebody writes from. */
export interface Place {
  readonly entrance: Entrance;
  readonly address: string;
}

/** `conflict`: somebody else has the address, or the person another one; a person decides. */
export type BindOutcome = "bound" | "already" | "conflict";

type Who = { readonly source: string; readonly actor: string };

const TYPE_OF: Readonly<Partial<Record<Entrance, IdentityType>>> = {
  official_account: "openid",
  wecom_customer: "external_userid",
};

/** Binds an address to a customer, and notes it. Call it inside a transaction. */
export async function bindAddress(inbox: Inbox, place: Place, customerId: number, who: Who): Promise<BindOutcome> {
  const { stores, tenantId } = inbox;
  const type = typeOf(place);
  const [owner] = await stores.customers.findOwners(tenantId, [{ type, value: place.address }]);
  const customer = await stores.customers.get(tenantId, customerId);
  if (!customer) throw new NotFoundError("customer.not-found", `there is no customer ${customerId}`);
  if (owner?.customerId === customerId) {
    await linkSession(inbox, place, customerId);
    return "already";
  }
  const other = customer.identities[type];
  if (owner !== undefined || (other !== undefined && other !== place.address)) {
    await note(
      inbox,
      place,
      { customerId, otherId: owner?.customerId ?? null, action: "conflict", state: "open" },
      who,
    );
    return "conflict";
  }
  await writeIdentity(inbox, customerId, type, place.address);
  await linkSession(inbox, place, customerId);
  await note(inbox, place, { customerId, otherId: null, action: "bound", state: "done" }, who);
  return "bound";
}

/** Ends a binding; the history stays. @returns false: there was none */
export async function unbindAddress(inbox: Inbox, place: Place, who: Who): Promise<boolean> {
  const { stores, tenantId } = inbox;
  return stores.transaction(async () => {
    const type = typeOf(place);
    const [owner] = await stores.customers.findOwners(tenantId, [{ type, value: place.address }]);
    if (!owner) return false;
    await writeIdentity(inbox, owner.customerId, type, undefined);
    await linkSession(inbox, place, null);
    await note(inbox, place, { customerId: owner.customerId, otherId: null, action: "unbound", state: "done" }, who);
    return true;
  });
}

/**
 * Decides a conflict: the customer who asked gets the address, and whoever had it loses it; or nothing changes.
 *
 * @throws {NotFoundError} `wechat-binding.not-found`. @throws {ConflictError} `wechat-binding.decided`
 */
export async function decideConflict(
  inbox: Inbox,
  id: number,
  {
    decision,
    customerId: chosen,
    actor,
  }: { readonly decision: "bind" | "keep"; readonly customerId?: number | undefined; readonly actor: string },
): Promise<void> {
  const { stores, tenantId, context } = inbox;
  await stores.transaction(async () => {
    const row = await inboxTables(stores)
      .selectFrom("rk_wechat_bindings")
      .selectAll()
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .executeTakeFirst();
    if (!row) throw new NotFoundError("wechat-binding.not-found", `there is no binding ${id}`);
    const { numUpdatedRows } = await inboxTables(stores)
      .updateTable("rk_wechat_bindings")
      .set({
        state: decision === "bind" ? "bound" : "kept",
        ...(chosen !== undefined && { customer_id: chosen }),
        actor,
        decided_at: context.clock.now(),
      })
      .where("tenant_id", "=", tenantId)
      .where("id", "=", id)
      .where("state", "=", "open")
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new ConflictError("wechat-binding.decided", "it has been decided");
    if (decision === "keep") return;
    const customerId = chosen ?? row.customer_id;
    if (customerId === null || !(await stores.customers.get(tenantId, customerId)))
      throw new NotFoundError("customer.not-found", "there is no such customer to bind");
    const place = { entrance: row.entrance as Entrance, address: row.address };
    const type = typeOf(place);
    const [owner] = await stores.customers.findOwners(tenantId, [{ type, value: place.address }]);
    if (owner && owner.customerId !== customerId) await writeIdentity(inbox, owner.customerId, type, undefined);
    await writeIdentity(inbox, customerId, type, place.address);
    await linkSession(inbox, place, customerId);
  });
}

/** Notes what happened to a binding. */
export async function note(
  { stores, tenantId, context }: Inbox,
  { entrance, address }: Place,
  happened: {
    readonly customerId: number | null;
    readonly otherId: number | null;
    readonly action: "bound" | "unbound" | "conflict";
    readonly state: "done" | "open";
  },
  { source, actor }: Who,
): Promise<void> {
  const db = inboxTables(stores);
  if (happened.state === "open") {
    // The same conflict again is one question.
    const same = await db
      .selectFrom("rk_wechat_bindings")
      .select("id")
      .where("tenant_id", "=", tenantId)
      .where("entrance", "=", entrance)
      .where("address", "=", address)
      .where("state", "=", "open")
      .where("customer_id", happened.customerId === null ? "is" : "=", happened.customerId)
      .executeTakeFirst();
    if (same) return;
  }
  await insertNumbered(stores, "rk_wechat_bindings", {
    tenant_id: tenantId,
    entrance,
    address,
    customer_id: happened.customerId,
    other_customer_id: happened.otherId,
    action: happened.action,
    source,
    state: happened.state,
    actor,
    created_at: context.clock.now(),
    decided_at: null,
  });
}

/** Writes the person's address, or takes it away. */
async function writeIdentity(
  { context, stores, tenantId }: Inbox,
  customerId: number,
  type: IdentityType,
  value?: string,
) {
  const customer = await stores.customers.get(tenantId, customerId);
  if (!customer) return;
  if (value !== undefined && customer.identities[type] === undefined) {
    const { externalKey } = customer;
    const field = type === "openid" ? { openid: value } : { externalUserId: value };
    await context.kit.forTenant(tenantId).customers.upsert([{ externalKey, ...field }]);
    return;
  }
  // An import leaves what is absent as it is, so that nothing but the row itself can take an identity away.
  const { [type]: _, ...others } = customer.identities;
  const identities = value === undefined ? others : { ...others, [type]: value };
  await stores.customers.updateMany([{ ...customer, identities, updatedAt: context.clock.now() }]);
}

async function linkSession(inbox: Inbox, { entrance, address }: Place, customerId: number | null) {
  const { stores, tenantId } = inbox;
  const session = await inboxTables(stores)
    .selectFrom("rk_wechat_sessions")
    .select(["id", "customer_id"])
    .where("tenant_id", "=", tenantId)
    .where("entrance", "=", entrance)
    .where("address", "=", address)
    .executeTakeFirst();
  if (!session || session.customer_id === customerId) return;
  // It is another person's from now on.
  if (session.customer_id !== null) await splitAll(inbox, session.id);
  await inboxTables(stores)
    .updateTable("rk_wechat_sessions")
    .set({ customer_id: customerId })
    .where("tenant_id", "=", tenantId)
    .where("id", "=", session.id)
    .execute();
}

function typeOf({ entrance }: Place): IdentityType {
  const type = TYPE_OF[entrance];
  if (type === undefined) throw new RangeError(`nobody is bound at ${entrance}`);
  return type;
}
