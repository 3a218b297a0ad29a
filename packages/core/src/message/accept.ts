import type { IdentityType } from "../customer/customer.js";
import type { EngineContext } from "../engine/engine-context.js";
import { ConflictError, InputError, type InputIssue } from "../errors.js";
import type { Channel } from "../ports/channel.js";
import type { NewMessage } from "../ports/message-store.js";
import type { Stores } from "../ports/stores.js";
import { variablesIn } from "../rule/render.js";
import { addressHash, addressTypeOf, readAddress } from "./address.js";
import { DIGEST_COUNT } from "./gather.js";
import { renderMessage } from "./render-message.js";
import type { MessageTemplate, TemplateDefinition } from "./template.js";
import { getTemplate } from "./template-calls.js";
import { readValues } from "./template-values.js";

/** What calls about the messages of a tenant work with. */
export interface MessageContext
  extends Pick<EngineContext, "stores" | "clock" | "ids" | "channel" | "markerKey" | "messageBell" | "announce"> {
  readonly tenantId: number;
}

/** A template that messages may be accepted for, with what judges them. */
export interface AcceptingTemplate {
  readonly template: MessageTemplate;
  /** Values of variables that nobody declares, as they are when messages are accepted. */
  readonly shared: Readonly<Record<string, string>>;
  readonly channel: Channel | undefined;
  readonly addressType: IdentityType | undefined;
  readonly key: Uint8Array;
}

/** Clocks of callers may be this far behind. */
const SKEW_MS = 60_000;
const LONGEST_AHEAD_MS = 366 * 86_400_000;

/** @throws {NotFoundError} `template.not-found`. @throws {ConflictError} `template.inactive` */
export async function acceptingTemplate(
  context: MessageContext,
  stores: Stores,
  templateId: number,
): Promise<AcceptingTemplate> {
  const { tenantId } = context;
  const template = await getTemplate(stores, tenantId, templateId);
  const { status, definition } = template;
  if (status !== "active") throw new ConflictError("template.inactive", `template ${templateId} is not active`);
  if (definition.isLayout) {
    throw new InputError([{ path: "templateId", code: "template.is-layout", message: "is a layout and no message" }]);
  }
  const channel = await context.channel(tenantId, definition.channel);
  return {
    template,
    shared: await sharedOf(stores, tenantId, definition),
    channel,
    addressType: channel?.addressType ?? addressTypeOf(definition.channel),
    key: await context.markerKey(tenantId),
  };
}

async function sharedOf(stores: Stores, tenantId: number, { content, layoutHtml = "" }: TemplateDefinition) {
  const isUsed = variablesIn({ ...content, html: `${content.html ?? ""}${layoutHtml}` }).has("merchant_name");
  return isUsed ? { merchant_name: (await stores.tenants.get(tenantId))?.name ?? "" } : {};
}

/** @throws {InputError} it lies in the past, or more than a year ahead */
export function dueAtOf(now: number, sendAt: number | undefined): number {
  if (sendAt === undefined) return now;
  if (sendAt < now - SKEW_MS)
    throw new InputError([{ path: "sendAt", code: "time.past", message: "lies in the past" }]);
  if (sendAt > now + LONGEST_AHEAD_MS) {
    throw new InputError([{ path: "sendAt", code: "time.range", message: "lies more than a year ahead" }]);
  }
  return Math.max(sendAt, now);
}

/** A recipient as it was found good. */
export interface GoodRecipient {
  readonly address: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** Judges recipients of one template; what has been judged already is not judged again. */
export function recipientJudge({ template, shared, channel, addressType }: AcceptingTemplate) {
  const judged = new Map<string, readonly InputIssue[]>();
  return (
    recipient: unknown,
    variables: Readonly<Record<string, unknown>>,
  ): GoodRecipient | { readonly issues: readonly InputIssue[] } => {
    const address = readAddress(addressType, recipient);
    const read = readValues(template.definition.variables, variables, "variables");
    const issues = [
      ...("fault" in address ? [{ path: "recipient", code: "recipient.address", message: address.fault }] : []),
      ...("issues" in read ? read.issues : []),
    ];
    if ("fault" in address || "issues" in read) return { issues };
    const name = JSON.stringify(read.values);
    const objections = judged.get(name) ?? objectionsOf(template.definition, channel, { ...shared, ...read.values });
    if (judged.size < 1_000) judged.set(name, objections);
    return objections.length > 0
      ? { issues: objections }
      : { address: address.address, variables: { ...shared, ...read.values } };
  };
}

/** What the channel objects to once the values are in: lengths, signatures, words. */
function objectionsOf(
  definition: TemplateDefinition,
  channel: Channel | undefined,
  values: Readonly<Record<string, string>>,
): readonly InputIssue[] {
  if (!channel?.checkContent) return [];
  const all = { [DIGEST_COUNT]: "1", ...values, unsubscribe_link: "https://example.com/u" };
  return channel
    .checkContent(renderMessage(definition, all))
    .map((issue) => ({ ...issue, path: `content.${issue.path}` }));
}

/** What a send says of its message beside the recipient. */
export type SendFacts = Pick<NewMessage, "requestKey" | "batchId" | "priority" | "notBefore" | "createdAt">;

/** The rows of recipients, at most 1 000, with who they are as far as the ledger knows. */
export async function rowsOf(
  stores: Stores,
  tenantId: number,
  { template, addressType, key }: AcceptingTemplate,
  recipients: readonly (GoodRecipient & { readonly facts: SendFacts })[],
): Promise<readonly NewMessage[]> {
  const { channel, messageClass, expireAfterMs } = template.definition;
  const owners = await ownersOf(stores, tenantId, addressType, recipients);
  return recipients.map(({ address, variables, facts }) => ({
    ...facts,
    templateId: template.id,
    templateVersion: template.version,
    channel,
    customerId: owners.get(address)?.id ?? null,
    timeZone: owners.get(address)?.timeZone ?? null,
    address,
    addressHash: addressHash(key, address),
    variables,
    messageClass,
    expiresAt: facts.notBefore + expireAfterMs,
  }));
}

async function ownersOf(
  stores: Stores,
  tenantId: number,
  type: IdentityType | undefined,
  recipients: readonly GoodRecipient[],
) {
  const owners = new Map<string, { readonly id: number; readonly timeZone: string | null }>();
  if (type === undefined) return owners;
  const found = await stores.customers.findOwners(
    tenantId,
    recipients.map(({ address }) => ({ type, value: address })),
  );
  if (found.length === 0) return owners;
  const ids = [...new Set(found.map(({ customerId }) => customerId))];
  const zones = new Map((await stores.customers.getMany(tenantId, ids)).map(({ id, timeZone }) => [id, timeZone]));
  for (const { value, customerId } of found)
    owners.set(value, { id: customerId, timeZone: zones.get(customerId) ?? null });
  return owners;
}
