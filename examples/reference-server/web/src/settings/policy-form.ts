import type { paths } from "../api/schema";

export type Policy = paths["/api/contact-policy"]["get"]["responses"][200]["content"]["application/json"];
type PolicyParts = NonNullable<paths["/api/contact-policy"]["put"]["requestBody"]>["content"]["application/json"];

/** A contact policy as a form holds it. */
export interface PolicyForm {
  hasCaps: boolean;
  perDay: number;
  perWeek: number;
  gapHours: number;
  /** Null: every hour is permitted. */
  hours: { channel: string; from: string; to: string }[] | null;
  consent: "off" | "required" | "channels";
  consentChannels: readonly string[];
}

/** What a tenant begins with. */
const CAPS = { max_per_day: 1, max_per_week: 3, min_gap_hours: 48 };

export function formOf({ caps, quiet_hours: hours, consent }: Policy): PolicyForm {
  const { max_per_day: perDay, max_per_week: perWeek, min_gap_hours: gapHours } = caps === "off" ? CAPS : caps;
  return {
    hasCaps: caps !== "off",
    perDay,
    perWeek,
    gapHours,
    hours: hours === "off" ? null : Object.entries(hours).map(([channel, { from, to }]) => ({ channel, from, to })),
    consent: typeof consent === "string" ? consent : "channels",
    consentChannels: typeof consent === "string" ? [] : consent.channels,
  };
}

/** What a form says other than the policy did; parts that are the same are left out. */
export function partsOf(form: PolicyForm, before: Policy): PolicyParts {
  const caps = form.hasCaps
    ? { max_per_day: form.perDay, max_per_week: form.perWeek, min_gap_hours: form.gapHours }
    : "off";
  const hours = form.hours && Object.fromEntries(form.hours.map(({ channel, from, to }) => [channel, { from, to }]));
  const consent = form.consent === "channels" ? { channels: [...form.consentChannels] } : form.consent;
  return {
    ...(!same(caps, before.caps) && { caps }),
    ...(hours && !same(hours, before.quiet_hours) && { quiet_hours: hours }),
    ...(!same(consent, before.consent) && { consent }),
  };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
