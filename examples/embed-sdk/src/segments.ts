import type { RecallKit, RuleInput, SegmentInput } from "@recallkit/core";

/** Regulars who are late by their own habit, with a birthday soon, and no push in the last week. */
export const birthdayRegulars: SegmentInput = {
  orders: { count: { min: 3 }, totalMinor: { min: 50_000 }, overdue: { factor: 1.5 } },
  birthday: { toDays: 7 },
  engagement: [{ did: "sent", not: true, withinDays: 7 }],
  any: [{ labels: { city: ["上海"] } }, { products: [{ category: ["猫粮"], within: { minDays: 0, maxDays: 90 } }] }],
  none: [{ consents: [{ status: "withdrawn", channel: "sms" }] }, { customers: ["staff-1", "staff-2"] }],
};

/** How many are left after each question, and what is odd about the segment. */
export async function lookAt(kit: RecallKit, segment: SegmentInput): Promise<string> {
  const { steps, warnings } = await kit.audience.preview({ segment }, { people: 0 });
  const funnel = steps.map(({ name, count }) => `${name} ${count}`).join(" → ");
  return [funnel, ...warnings.map(({ code }) => code)].join("\n");
}

/** A rule for the regulars of Shanghai, of whom other rules may ask too. */
export async function ruleForRegulars(kit: RecallKit, rule: Omit<RuleInput, "segment">) {
  const regulars = await kit.segments.create({ name: "regulars", segment: { orders: { count: { min: 3 } } } });
  const segment: SegmentInput = { saved: regulars.id, labels: { city: ["上海"] } };
  return kit.rules.create({ ...rule, segment });
}
