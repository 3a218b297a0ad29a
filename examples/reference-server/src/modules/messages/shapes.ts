import type {
  Message,
  MessageFigures,
  MessageProgress,
  MessageStatistics,
  MessageTemplate,
  MessageTrace,
  TemplateInput,
  TemplateVersion,
} from "@recallkit/core/ports";
import type { Call, ShowAddress } from "@recallkit/http";
import type * as z from "zod";
import type {
  batchSchema,
  messageSchema,
  templateBody,
  templateSchema,
  traceSchema,
  versionsAnswer,
} from "./schema.js";

type VersionShape = z.input<typeof versionsAnswer>["items"][number];

function definitionShape({ name, variables, content, messageClass }: TemplateVersion["definition"]) {
  const shaped = Object.entries(variables).map(([name, { maxLength, isMultiline, type, default: value, example }]) => [
    name,
    {
      type,
      max_length: maxLength,
      is_multiline: isMultiline,
      ...(value !== undefined && { default: value }),
      ...(example !== undefined && { example }),
    },
  ]);
  return {
    name,
    // What was taken as JSON is JSON.
    content: content as VersionShape["content"],
    variables: Object.fromEntries(shaped),
    message_class: messageClass,
  };
}

export function versionShape({ version, definition, createdAt }: TemplateVersion): VersionShape {
  return { version, ...definitionShape(definition), created_at: createdAt };
}

export function templateShape({ definition, ...row }: MessageTemplate): z.input<typeof templateSchema> {
  return {
    id: row.id,
    ...definitionShape(definition),
    channel: definition.channel,
    status: row.status,
    version: row.version,
    category: definition.category ?? null,
    provider_template_id: definition.providerTemplateId ?? null,
    layout_id: definition.layoutId ?? null,
    is_layout: definition.isLayout,
    expire_after_ms: definition.expireAfterMs,
    on_unknown: definition.onUnknown,
    created_at: row.createdAt,
    updated_at: row.updatedAt,
  };
}

/** A template as the kit takes it; the kit judges it. */
export function templateInput(body: z.output<typeof templateBody>): TemplateInput {
  const variables = Object.entries(body.variables ?? {}).map(([name, { max_length, is_multiline, ...variable }]) => [
    name,
    { ...variable, maxLength: max_length, isMultiline: is_multiline },
  ]);
  const { name, channel, content, category } = body;
  const input = {
    name,
    channel,
    content,
    category,
    variables: Object.fromEntries(variables),
    messageClass: body.message_class,
    providerTemplateId: body.provider_template_id,
    layoutId: body.layout_id,
    isLayout: body.is_layout,
    expireAfterMs: body.expire_after_ms,
    onUnknown: body.on_unknown,
  };
  // Absent and null are the same to the kit.
  return input as TemplateInput;
}

export function messageShape(message: Message, traceId: string, show: ShowAddress): z.input<typeof messageSchema> {
  const { address } = message;
  return {
    id: message.id,
    trace_id: traceId,
    batch_id: message.batchId,
    template_id: message.templateId,
    template_version: message.templateVersion,
    channel: message.channel,
    recipient: address === null ? null : show(address),
    recipient_hash: message.addressHash,
    status: message.state,
    reason: message.reason,
    priority: message.priority,
    attempts: message.attempts,
    provider_message_id: message.providerMessageId,
    created_at: message.createdAt,
    send_at: message.state === "queued" ? message.notBefore : null,
    accepted_at: message.acceptedAt,
    delivered_at: message.state === "delivered" ? message.reportedAt : null,
    updated_at: message.updatedAt,
  };
}

/** @param tell says what is wrong with a row in the caller's language */
export function batchShape(batch: MessageProgress, tell: Call["tell"]): z.input<typeof batchSchema> {
  return {
    batch_id: batch.id,
    template_id: batch.templateId,
    priority: batch.priority,
    total: batch.total,
    accepted: batch.accepted,
    duplicates: batch.duplicates,
    rejected: batch.rejected.map(({ index, ...fault }) => ({ ...fault, index, message: tell(fault) })),
    by_status: batch.byState,
    done: batch.done,
    progress: batch.progress,
    created_at: batch.createdAt,
    cancelled_at: batch.cancelledAt,
  };
}

export function traceShape({ traceId, message, steps }: MessageTrace, show: ShowAddress): z.input<typeof traceSchema> {
  return {
    trace_id: traceId,
    message: messageShape(message, traceId, show),
    nodes: steps.map(({ node, outcome, at, afterMs, attempt, errorClass, detail }) => {
      return { node, outcome, at, after_ms: afterMs, attempt, error_class: errorClass, detail };
    }),
  };
}

export function figuresShape(figures: MessageFigures) {
  const { total, sent, delivered, failed, unknown, open, byState, successRate, deliveryRate, averageMs } = figures;
  const rates = { success_rate: successRate, delivery_rate: deliveryRate, average_ms: averageMs };
  return { total, sent, delivered, failed, unknown, open, ...rates, by_status: byState };
}

export function statisticsShape({ byChannel, ...all }: MessageStatistics) {
  const channels = Object.entries(byChannel).map(([name, figures]) => [name, figuresShape(figures)] as const);
  return { ...figuresShape(all), channels: Object.fromEntries(channels) };
}
