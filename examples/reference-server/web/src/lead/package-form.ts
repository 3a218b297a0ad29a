import type { LeadPackage } from "./leads";

/** A package as a form holds it. */
export interface PackageDraft {
  name: string;
  source: string;
  industry: string;
  region: string;
  /** Major units. */
  costPerLead: number;
}

export function packageBody({ costPerLead, ...draft }: PackageDraft) {
  return { ...draft, cost_per_lead: costPerLead };
}

export function draftOf({ name, source, industry, region, cost_per_lead }: LeadPackage): PackageDraft {
  return { name, source, industry, region, costPerLead: cost_per_lead };
}
