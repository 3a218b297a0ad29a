import * as z from "zod";
import { requiredText } from "../customer/customer-schema.js";
import { idSchema } from "../input.js";
import { instantSchema } from "../instant.js";
import { pageFields } from "../page.js";
import type { MessageListOptions } from "./message.js";
import { DEFAULT_PRIORITY, MAX_PRIORITY } from "./priority.js";
import { MESSAGE_STATES } from "./states.js";

/** Most recipients of one batch. */
export const MAX_BATCH_RECIPIENTS = 10_000;

const variables = z.record(z.string().max(64), z.unknown()).default({});
const parts = {
  templateId: idSchema,
  variables,
  priority: z.int().min(0).max(MAX_PRIORITY).default(DEFAULT_PRIORITY),
  sendAt: instantSchema.optional(),
  idempotencyKey: z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/, { message: "must be 1 … 200 printable characters" })
    .optional(),
};

const gathering = z.strictObject({ key: requiredText(200), windowMs: z.int().min(1_000).max(86_400_000) }).optional();

/** A message as `messages.send` takes it, without its nulls. */
export const messageInputSchema = z
  .strictObject({ ...parts, recipient: z.string().max(1000), digest: gathering, throttle: gathering })
  .superRefine(({ digest, throttle, sendAt, idempotencyKey }, context) => {
    const [name, ...others] = Object.entries({ digest, throttle, sendAt, idempotencyKey }).flatMap(([key, value]) =>
      value === undefined ? [] : [key],
    );
    if (digest === undefined && throttle === undefined) return;
    for (const other of others)
      context.addIssue({ code: "custom", path: [other], message: `does not go with ${name}` });
  });

/** A batch as `messages.sendBatch` takes it. Recipients are looked at one by one, so that one fault leaves the others. */
export const messageBatchSchema = z.strictObject({
  ...parts,
  recipients: z.array(z.unknown()).min(1).max(MAX_BATCH_RECIPIENTS),
});

/** A recipient with values of its own. */
export const batchRecipientSchema = z.strictObject({ recipient: z.string().max(1000), variables });

/** What a list of messages may ask for. */
export const messageListSchema = z.strictObject({
  ...pageFields,
  batchId: idSchema.optional(),
  templateId: idSchema.optional(),
  channel: z.string().min(1).max(64).optional(),
  recipient: requiredText(255).optional(),
  recipientHash: z
    .string()
    .regex(/^[0-9a-f]{32}$/, { message: "must be 32 hex digits" })
    .optional(),
  providerMessageId: requiredText(255).optional(),
  states: z.array(z.enum(MESSAGE_STATES)).min(1).optional(),
  since: instantSchema.optional(),
} satisfies Record<keyof MessageListOptions, z.ZodType>);
