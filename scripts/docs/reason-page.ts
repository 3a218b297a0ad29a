// Writes docs/reasons.md from the list of reasons that the engine asks by.
import { CONTACT_REASONS } from "@recallkit/core";

const INTRO = `Why somebody who is meant by a push is not contacted: the \`reason\` of a delivery that is \`suppressed\`, and of people in \`kit.simulate\` and \`kit.audience.preview\`. A person has one reason, the first that holds in this order. Made from \`CONTACT_REASONS\`; [how it is decided](architecture/contact.md).`;

const OUTRO = `A plan and a preview also know \`expired\` (已过期): the pauses between batches would let the batch begin later than the rule's \`expireAfterMs\`. In the ledger that is a state of its own, not a reason.`;

const DECIDED = { snapshot: "when the people are taken", call: "right before each call" } as const;

/** The page as it has to be; `npm run docs` writes it. */
export function reasonPage(): string {
  const rows = CONTACT_REASONS.map(
    ({ reason, en, zh, decided }) => `| \`${reason}\` | ${en} | ${zh} | ${DECIDED[decided]} |`,
  );
  const table = ["| Reason | The person … | 中文 | Decided |", "|---|---|---|---|", ...rows].join("\n");
  return `${["# Reasons", INTRO, table, OUTRO].join("\n\n")}\n`;
}
