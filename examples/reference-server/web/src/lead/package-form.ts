import type { LeadPackage } from "./leads";

/** A package as a form holds it. */
export interface PackageDraft {
  name: string;
  source: string;
  industry: string;
  region: string;
  /** Major units. */
  costPerLead: number;
  /** Leads that were bought, and those of them that can be called. */
  total: number;
  valid: number;
}

export function packageBody({ costPerLead, total, valid, ...draft }: PackageDraft) {
  return { ...draft, cost_per_lead: costPerLead, total_leads: total, valid_leads: valid };
}

export function draftOf({ name, source, industry, region, ...one }: LeadPackage): PackageDraft {
  const counts = { total: one.total_leads, valid: one.valid_leads };
  return { name, source, industry, region, costPerLead: one.cost_per_lead, ...counts };
}
