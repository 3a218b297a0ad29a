import type { ShowAddress } from "@recallkit/http";
import type * as z from "zod";
import type { Row } from "../tables.js";
import type { Consent, LeadState } from "./lead.js";
import type { leadSchema } from "./schema.js";

/** A lead in the form of answers, its number as the caller may see it. */
export function leadShape(row: Row<"rk_leads">, show: ShowAddress): z.input<typeof leadSchema> {
  return {
    id: row.id,
    package_id: row.package_id,
    phone_number: show(row.phone_number),
    name: row.name,
    company: row.company,
    region: row.region,
    time_zone: row.time_zone,
    // Only this module writes these.
    consent: row.consent as Consent,
    state: row.state as LeadState,
    last_result: row.last_result as z.input<typeof leadSchema>["last_result"],
    duplicate_of: row.duplicate_of,
    attempts: row.attempts,
    last_call_at: row.last_call_at,
    next_call_at: row.next_call_at,
    lease_owner: row.lease_owner,
    lease_until: row.lease_until,
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}
