import { type InboxContext, inboxOf } from "../inbox.js";
import { note } from "./bind-address.js";

/** A contact of members, and what was found out about it; as the callbacks of WeCom tell it. */
interface NotedContact {
  readonly tenantId: number;
  readonly externalUserId: string;
}

/**
 * Notes how contacts and customers go together: whose customers they are, who was bound now, and what a person has to decide.
 * Runs inside the transaction that settles the contact.
 */
export function contactNotes(context: InboxContext) {
  return async (
    { tenantId, externalUserId }: NotedContact,
    bound: {
      readonly binding: string;
      readonly customerId: number | undefined;
      readonly candidates: readonly number[];
    },
    asked: { readonly follow_user: readonly { readonly userid?: string | undefined }[] },
  ): Promise<void> => {
    const inbox = await inboxOf(context, tenantId);
    const place = { entrance: "wecom_customer", address: externalUserId } as const;
    const who = { source: "wecom_contact", actor: "wecom" };
    const { customerId, candidates } = bound;
    if (bound.binding === "bound" && customerId !== undefined) {
      await note(inbox, place, { customerId, otherId: null, action: "bound", state: "done" }, who);
    }
    for (const candidate of candidates) {
      await note(inbox, place, { customerId: candidate, otherId: null, action: "conflict", state: "open" }, who);
    }
    if (customerId === undefined) return;
    for (const { userid } of asked.follow_user) {
      const staff = userid === undefined ? undefined : await inbox.desk.staffByWecomUser(userid);
      if (staff) await inbox.desk.bindCustomer(customerId, staff.id, "wecom_contact");
    }
  };
}
