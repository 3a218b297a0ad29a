import type { Message, MessageBatch, MessageEvent } from "../../message/message.js";
import { laneOf } from "../../message/priority.js";
import type { MessageTemplate, TemplateVersion } from "../../message/template.js";
import type { MessageCharge } from "../../ports/message-store.js";
import type { Journal } from "../journal.js";
import { compositeKey, createTable } from "../table.js";

export type TemplateRow = Omit<MessageTemplate, "definition">;
export type TemplateVersionRow = TemplateVersion & {
  readonly id: number;
  readonly tenantId: number;
  readonly templateId: number;
};
/** An entry of the cap ledger for a message. */
export type MessageChargeRow = MessageCharge & { readonly id: number; readonly tenantId: number };

/** Templates, and messages of them. */
export function messageTables(journal: Journal) {
  const templates = createTable<TemplateRow>(journal);
  const templateVersions = createTable<TemplateVersionRow>(journal);
  const messages = createTable<Message>(journal);
  const messageBatches = createTable<MessageBatch>(journal);
  const messageEvents = createTable<MessageEvent>(journal);
  const messageCharges = createTable<MessageChargeRow>(journal);
  return {
    templates,
    templateVersions,
    templateVersionsByNumber: templateVersions.indexBy((row) => [compositeKey(row.templateId, row.version)]),
    templateVersionsByTemplate: templateVersions.indexBy((row) => [row.templateId]),
    messages,
    messagesByWork: messages.indexBy((row) => [workKey(row.state, row.state === "queued" ? laneOf(row.priority) : 0)]),
    messagesByRequest: messages.indexBy((row) => [compositeKey(row.tenantId, row.requestKey)]),
    messagesByBatch: messages.indexBy((row) => (row.batchId === null ? [] : [row.batchId])),
    messagesByProvider: messages.indexBy((row) =>
      row.providerMessageId === null ? [] : [compositeKey(row.tenantId, row.providerMessageId)],
    ),
    messageBatches,
    messageBatchesByRequest: messageBatches.indexBy((row) => [compositeKey(row.tenantId, row.requestKey)]),
    messageEvents,
    messageEventsByMessage: messageEvents.indexBy((row) => [row.messageId]),
    messageCharges,
    messageChargesByCustomer: messageCharges.indexBy((row) => [row.customerId]),
    messageChargesByMessage: messageCharges.indexBy((row) => [row.messageId]),
  };
}

/** Where work of a state and lane is found. */
export function workKey(state: Message["state"], lane: number): string {
  return `${state} ${lane}`;
}
