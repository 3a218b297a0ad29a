import { minorToMajor } from "@recallkit/core/ports";
import type * as z from "zod";
import { contactRate, costPer, countsOf, interestRate } from "../figures.js";
import type { Row } from "../tables.js";
import type { packageSchema } from "./schema.js";

/** What a package cost in all, minor units. */
export function costOf(
  row: Pick<Row<"rk_lead_packages">, "total_leads" | "cost_per_lead_minor" | "total_cost_minor">,
): number {
  return row.total_cost_minor ?? row.total_leads * row.cost_per_lead_minor;
}

/** A package in the form of answers. */
export function packageShape(row: Row<"rk_lead_packages">, currency: string): z.input<typeof packageSchema> {
  const counts = countsOf(row);
  const cost = costOf(row);
  return {
    id: row.id,
    name: row.name,
    source: row.source,
    industry: row.industry,
    region: row.region,
    total_leads: row.total_leads,
    valid_leads: row.valid_leads,
    contact_rate: contactRate(counts),
    interest_rate: interestRate(counts),
    cost_per_lead: minorToMajor(row.cost_per_lead_minor, currency),
    total_cost: minorToMajor(cost, currency),
    currency,
    total_calls: counts.calls,
    connected_calls: counts.connected,
    interested_calls: counts.interested,
    total_duration: counts.duration,
    cost_per_contact: costPer(cost, counts.connected, currency),
    cost_per_interest: costPer(cost, counts.interested, currency),
    created_at: row.created_at,
    updated_at: row.updated_at,
  };
}
