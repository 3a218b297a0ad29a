import type { Label } from "@recallkit/core";
import { repeatIfTaken } from "../../../frame/repeat-if-taken.js";
import type { CallResult, TagInput } from "../calls/call.js";
import type { Merchant } from "../merchant.js";
import { customerOfPhone } from "./do-not-call.js";

/** What a call says about who was called. */
export interface CallNews {
  readonly result: CallResult;
  readonly isInterested: boolean;
  readonly tags: readonly TagInput[];
}

const INTERESTED = { key: "interested", name: "有意向" };
const REACHED = { key: "reached", name: "已接通" };

/**
 * Tells segments what a call came to: the customer who has the number gets labels of kind `call`: `reached`, `interested` and
 * `tag:name=value` of its tags. A later call without interest takes `interested` away; nobody is made a customer by a call.
 */
export async function labelCaller(
  { stores, tenantId, context }: Merchant,
  phone: string,
  { result, isInterested, tags }: CallNews,
): Promise<void> {
  if (result !== "connected" && tags.length === 0) return;
  const customer = await customerOfPhone(stores, tenantId, phone);
  if (!customer) return;
  const told = [
    ...(result === "connected" ? [REACHED] : []),
    ...(isInterested ? [INTERESTED] : []),
    ...tags.map(({ tag_name: name, tag_value: value }) => {
      return { key: `tag:${name}=${value}`.slice(0, 255), name: `${name}：${value}`.slice(0, 255) };
    }),
  ];
  const labelIds = await labelsOf(stores, tenantId, told);
  await stores.labels.assign(
    tenantId,
    labelIds.map((labelId) => ({ customerId: customer.id, labelId })),
  );
  if (result === "connected" && !isInterested) {
    const [label] = await stores.labels.findMany(tenantId, [{ kind: "call", key: INTERESTED.key }]);
    if (label) await stores.labels.unassign(tenantId, [{ customerId: customer.id, labelId: label.id }]);
  }
  await stores.tenants.recordChanges(tenantId, [{ kind: "customer", id: customer.id }], { at: context.clock.now() });
}

/** Ids of labels; those that the library lacks are made. */
async function labelsOf(
  stores: Merchant["stores"],
  tenantId: number,
  told: readonly { readonly key: string; readonly name: string }[],
): Promise<readonly number[]> {
  const refs = told.map(({ key, name }): Omit<Label, "id"> => ({ kind: "call", key, name }));
  const known = await stores.labels.findMany(tenantId, refs);
  const fresh = refs.filter(({ key }) => !known.some((label) => label.key === key));
  const added = fresh.length > 0 ? await repeatIfTaken(() => stores.labels.insertMany(tenantId, fresh)) : [];
  return [...known.map(({ id }) => id), ...added];
}
