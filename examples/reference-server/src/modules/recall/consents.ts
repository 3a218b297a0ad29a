import type { ConsentInput, TenantKit } from "@recallkit/core";
import * as z from "zod";
import type { PlacedRow } from "./people.js";
import { CONTACT_TYPES, type RowRefusal } from "./read-rows.js";

const word = z.string().trim().min(1).max(255);

/** That somebody has agreed to marketing: `true`, or with what proves it. */
export const consentSchema = z.union([
  z.boolean(),
  z.strictObject({
    source: word.optional().describe("在何处同意，默认 recalls/create / where it was said"),
    wording: word.optional().describe("同意书版本 / version of the words"),
    evidence: z.string().trim().min(1).max(1000).optional().describe("凭证编号 / reference to the proof"),
    at: z
      .union([z.string().max(40), z.int()])
      .optional()
      .describe("同意时间，默认现在 / when; default: now"),
  }),
]);
export type GivenConsent = z.output<typeof consentSchema>;

/** Where a consent was said that a task brings without a word about it. */
const SOURCE = "recalls/create";

/**
 * Records that people of rows have agreed to marketing on the channel of their contact, or on those of the task.
 *
 * @param given for rows that say nothing themselves
 * @param order channels of the task. @default that of each contact
 * @returns rows whose consent was refused, for example one of tomorrow
 */
export async function recordConsents(
  kit: TenantKit,
  placed: readonly PlacedRow[],
  given: GivenConsent,
  order?: readonly string[],
): Promise<readonly RowRefusal[]> {
  const said = placed.flatMap(({ row, externalKey }): { index: number; consent: ConsentInput }[] => {
    const consent = row.consent ?? given;
    if (consent === false) return [];
    const { source = SOURCE, wording, evidence, at } = consent === true ? {} : consent;
    const who = { externalKey, status: "granted", source, wording, evidence, at } as const;
    const channels = order ?? [CONTACT_TYPES[row.contactType]];
    return channels.map((channel) => ({ index: row.index, consent: { ...who, channel } }));
  });
  if (said.length === 0) return [];
  const { rejected } = await kit.consents.recordMany(
    said.map(({ consent }) => consent),
    { onRejected: "return" },
  );
  return rejected.map(({ index, code, message }) => ({
    ...{ index: said[index]?.index ?? 0, path: "consent", code, message },
  }));
}
