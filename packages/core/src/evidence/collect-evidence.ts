import { DEFAULT_ADDRESS_TYPE } from "../audience/audience-source.js";
import { contactMessage } from "../contact/contact-moment.js";
import { DEFAULT_ATTRIBUTION_WINDOW_MS } from "../conversion/report.js";
import { touchOf } from "../delivery/delivery.js";
import type { EngineContext } from "../engine/engine-context.js";
import { NotFoundError } from "../errors.js";
import { addressTypeOf } from "../message/address.js";
import { findPerson, type PersonRef } from "../people/find-person.js";
import { gateVerdicts } from "../people/gate-verdicts.js";
import { type PushStory, pushStories } from "../people/push-story.js";
import type { PersonRecord } from "../ports/person-store.js";
import type { JsonValue } from "./canonical-json.js";
import { chainFacts, type EvidenceFact, type EvidencePack } from "./evidence-pack.js";

/** How evidence is taken. */
export interface EvidenceOptions {
  /** How addresses are shown. @default in full */
  readonly showAddress?: ((address: string) => string) | null | undefined;
}

const MOST_TRANSITIONS = 1_000;

/**
 * All that is known about one push to one person, from the consent to the order, as a chain of hashes.
 *
 * @throws {NotFoundError} `customer.not-found`, `occurrence.not-found`, `delivery.not-found`: the person was not in it
 */
export async function collectEvidence(
  context: EngineContext & { readonly tenantId: number },
  who: PersonRef,
  occurrenceId: number,
  { showAddress = (address) => address }: { readonly showAddress?: (address: string) => string } = {},
): Promise<EvidencePack> {
  const { stores, tenantId, clock } = context;
  const person = await findPerson(context, who);
  const occurrence = await stores.occurrences.get(tenantId, occurrenceId);
  if (!occurrence) throw new NotFoundError("occurrence.not-found", `no occurrence ${occurrenceId}`);
  const record = await stores.people.collect(tenantId, person.id);
  const own = record?.deliveries.filter((delivery) => delivery.occurrenceId === occurrenceId) ?? [];
  const stories = await pushStories(stores, tenantId, own);
  const pushes = own.flatMap(({ id }) => stories.get(id) ?? []);
  if (!record || pushes.length === 0)
    throw new NotFoundError("delivery.not-found", "the person was not in this occurrence");
  const facts: EvidenceFact[] = [
    {
      kind: "pack",
      at: clock.now(),
      facts: {
        tenant_id: tenantId,
        customer_id: person.id,
        customer_key: person.externalKey,
        occurrence_id: occurrenceId,
      },
    },
    ...consentFacts(record),
    ...suppressionFacts(record, showAddress),
    await ruleFact(context, pushes[0] as PushStory),
    {
      kind: "audience",
      at: occurrence.asOf,
      facts: {
        kind: occurrence.kind,
        nominal: occurrence.nominal,
        time_zone: occurrence.timeZone,
        due_at: occurrence.dueAt,
        as_of: occurrence.asOf,
        audience_size: occurrence.audienceSize,
        state: occurrence.state,
        reason: occurrence.reason,
      },
    },
  ];
  for (const push of pushes) facts.push(...(await pushFacts(context, record, push, showAddress)));
  for (const record of await stores.audit.list(tenantId, "occurrence", occurrenceId, MOST_TRANSITIONS))
    facts.push(transitionFact(record));
  facts.push(...orderFacts(record, pushes));
  return chainFacts(facts);
}

function consentFacts({ consents }: PersonRecord): readonly EvidenceFact[] {
  return consents.map(({ id, channel, purpose, status, wording, source, evidence, at, recordedAt }) => ({
    kind: "consent",
    at,
    facts: { id, channel, purpose, status, wording, source, evidence, recorded_at: recordedAt },
  }));
}

function suppressionFacts({ suppressions }: PersonRecord, show: (address: string) => string): readonly EvidenceFact[] {
  return suppressions.map(({ id, channel, address, reason, createdAt }) => ({
    kind: "suppression",
    at: createdAt,
    facts: { id, channel, reason, address: address === null ? null : show(address) },
  }));
}

async function ruleFact(
  { stores, tenantId }: Pick<EngineContext, "stores"> & { readonly tenantId: number },
  { ruleId, ruleVersion, ruleName }: PushStory,
): Promise<EvidenceFact> {
  const version = (await stores.rules.versions(tenantId, ruleId)).find((one) => one.version === ruleVersion);
  // A definition is JSON as it is kept.
  const definition = (version?.definition ?? null) as unknown as JsonValue;
  return {
    kind: "rule",
    at: version?.createdAt ?? null,
    facts: { rule_id: ruleId, version: ruleVersion, name: ruleName, definition },
  };
}

async function pushFacts(
  context: EngineContext & { readonly tenantId: number },
  record: PersonRecord,
  push: PushStory,
  show: (address: string) => string,
): Promise<readonly EvidenceFact[]> {
  const { stores, tenantId } = context;
  const [first] = push.attempts;
  const facts: EvidenceFact[] = [...(await gateFacts(context, record, push, first?.startedAt ?? push.updatedAt))];
  if (push.content !== null) {
    // Content is JSON by its schema.
    const content = push.content as unknown as JsonValue;
    facts.push({
      kind: "text",
      at: first?.startedAt ?? null,
      facts: { channel: push.channel, content, content_hash: push.contentHash },
    });
  }
  for (const { id, number, startedAt, endedAt, class: effect, answer } of push.attempts)
    facts.push({ kind: "attempt", at: startedAt, facts: { id, number, ended_at: endedAt, class: effect, answer } });
  if (push.batchId !== null)
    for (const one of await stores.audit.list(tenantId, "batch", push.batchId, MOST_TRANSITIONS))
      facts.push(transitionFact(one));
  facts.push({
    kind: "receipt",
    at: push.deliveredAt ?? push.acceptedAt ?? push.updatedAt,
    facts: {
      delivery_id: push.id,
      channel: push.channel,
      address: push.address === null ? null : show(push.address),
      state: push.state,
      reason: push.reason,
      handed_to: push.handedTo,
      provider_message_id: push.providerMessageId,
      accepted_at: push.acceptedAt,
      delivered_at: push.deliveredAt,
    },
  });
  return facts;
}

/** What each gate said of the person, by the ledger, at the instant of the first call. */
async function gateFacts(
  context: EngineContext & { readonly tenantId: number },
  record: PersonRecord,
  push: PushStory,
  at: number,
): Promise<readonly EvidenceFact[]> {
  const { stores, tenantId } = context;
  const definition = await stores.rules.version(tenantId, push.ruleId, push.ruleVersion);
  const occurrence = await stores.occurrences.get(tenantId, push.occurrenceId);
  if (!definition || !occurrence) return [];
  const channel = (await context.channels(tenantId)).find(({ name }) => name === push.channel);
  const carrier = {
    name: push.channel,
    addressType: channel?.addressType ?? addressTypeOf(push.channel) ?? DEFAULT_ADDRESS_TYPE,
    receiveQuota: channel?.receiveQuota,
  };
  const message = await contactMessage(context, definition, carrier, occurrence);
  const { expireAfterMs } = definition;
  const question = {
    stores,
    tenantId,
    record,
    channel: carrier,
    message,
    expireAfterMs,
    merchantZone: occurrence.timeZone,
    at,
  };
  return (await gateVerdicts(question)).map(({ reason, isAsked, holds, sentence }) => ({
    kind: "gate",
    at,
    facts: { reason, is_asked: isAsked, holds, zh: sentence.zh, en: sentence.en },
  }));
}

function transitionFact({
  entity,
  entityId,
  from,
  to,
  reason,
  count,
  at,
}: {
  readonly entity: string;
  readonly entityId: number;
  readonly from: string;
  readonly to: string;
  readonly reason: string | null;
  readonly count: number;
  readonly at: number;
}): EvidenceFact {
  return { kind: "transition", at, facts: { entity, entity_id: entityId, from, to, reason, rows: count } };
}

/** Orders from the acceptance to the end of the window that reports credit by, with whether they lie within it. */
function orderFacts({ orders }: PersonRecord, pushes: readonly PushStory[]): readonly EvidenceFact[] {
  const windows = pushes.flatMap((push) => {
    const touch = touchOf(push);
    return touch === null ? [] : { from: push.acceptedAt ?? touch, touch, to: touch + DEFAULT_ATTRIBUTION_WINDOW_MS };
  });
  return orders.flatMap(({ id, source, externalId, orderedAt, amountMinor, status }): readonly EvidenceFact[] => {
    const near = windows.filter(({ from, to }) => orderedAt >= from && orderedAt < to);
    if (near.length === 0) return [];
    const isWithin = near.some(({ touch }) => orderedAt >= touch);
    const facts = { id, source, order_no: externalId, amount_minor: amountMinor, status, is_in_window: isWithin };
    return [{ kind: "order", at: orderedAt, facts }];
  });
}
