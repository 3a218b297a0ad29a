import type * as z from "zod";
import { instantIn } from "../fields.js";
import type { Merchant } from "../merchant.js";
import { suppressPhone } from "../recall/do-not-call.js";
import type { Row } from "../tables.js";
import type { editLeadBody } from "./schema.js";
import { getLead, writeLead } from "./store.js";

/** Changes what is given of a lead; whoever refuses is suppressed, whoever agrees on a time is called then. */
export async function editLead(
  merchant: Merchant,
  id: number,
  { callback_at: callback, ...fields }: z.output<typeof editLeadBody>,
): Promise<Row<"rk_leads">> {
  const { stores, tenantId, timeZone, context } = merchant;
  return stores.transaction(async () => {
    const before = await getLead(stores, tenantId, id, { hold: true });
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    const mayCall = before.active_phone !== null && fields.consent !== "refused";
    const isAgreed = callback !== undefined && mayCall;
    await writeLead(stores, tenantId, id, {
      ...given,
      ...(isAgreed && { state: "callback", next_call_at: instantIn(callback, timeZone) }),
      updated_at: context.clock.now(),
    });
    if (fields.consent === "refused") await suppressPhone(merchant, before.phone_number);
    return getLead(stores, tenantId, id);
  });
}
