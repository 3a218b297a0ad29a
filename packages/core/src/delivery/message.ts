import type { EngineContext } from "../engine/engine-context.js";
import { ChannelError, RecallKitError } from "../errors.js";
import { sampleLinkValues } from "../link/link-place.js";
import { onChannel } from "../rule/fall-back-order.js";
import { linkVariablesOf, personalVariablesOf, renderShared, sharedValues } from "../rule/render.js";
import type { RuleDefinition } from "../rule/rule.js";
import { definitionOf } from "../rule/rule-version.js";
import type { Batch } from "./batch.js";
import type { Message, MessageLinks } from "./recipients.js";
import { isListedKind } from "./states.js";

const DAY_MS = 86_400_000;

/**
 * What a batch says, by the rule version of its occurrence: the same at every attempt.
 *
 * @throws {ChannelError} class CONFIG: `channel.unknown`, no such channel is configured; `links.unconfigured`, no page for links
 */
export async function messageOf(
  context: EngineContext,
  batch: Pick<Batch, "id" | "tenantId" | "occurrenceId" | "channel">,
): Promise<Message> {
  const { stores } = context;
  const { tenantId } = batch;
  const occurrence = await stores.occurrences.get(tenantId, batch.occurrenceId);
  if (!occurrence) throw new RecallKitError("occurrence.not-found", `batch ${batch.id} has no occurrence`);
  const channel = await context.channel(tenantId, batch.channel);
  if (!channel)
    throw new ChannelError("channel.unknown", "no such channel is configured", {
      channel: batch.channel,
      effect: "CONFIG",
    });
  const definition = onChannel(await definitionOf(stores, occurrence), batch.channel);
  const tenant = await stores.tenants.get(tenantId);
  const shared = sharedValues(definition, occurrence, tenant?.name ?? "");
  // On a channel that sends one text to all a list says the same of everybody.
  const isListed = isListedKind(occurrence.kind);
  const [first] =
    isListed && !channel.personal ? await stores.occurrences.valuesOf(tenantId, occurrence.id, "first") : [];
  const values = { ...shared, ...first?.values };
  const listed = isListed && channel.personal ? Object.keys(definition.variables) : [];
  const template = definition.content;
  const links = await linksOf(context, tenantId, channel.name, definition);
  const content = renderShared(template, values, listed);
  const judged = links ? renderShared(template, { ...values, ...sampleLinkValues(links.place) }, listed) : content;
  const markerKey = await context.markerKey(tenantId);
  return { channel, occurrence, template, values, listed, content, judged, links, markerKey };
}

async function linksOf(
  context: EngineContext,
  tenantId: number,
  channel: string,
  { content, variables, coupon, linkExpiresAfterDays }: RuleDefinition,
): Promise<MessageLinks | undefined> {
  const names = linkVariablesOf(content, variables);
  if (names.length === 0) return undefined;
  const { links: place } = context;
  if (!place) {
    const message = "the content has a link, and no option says where its page is";
    throw new ChannelError("links.unconfigured", message, { channel, effect: "CONFIG" });
  }
  const days = linkExpiresAfterDays;
  return {
    names,
    place,
    keys: await context.linkKeys(tenantId),
    couponId: coupon ?? null,
    expireAfterMs: days === undefined ? place.expireAfterMs : days * DAY_MS,
  };
}

/** Why a channel will never take this content; undefined: nothing speaks against it. */
export function refusalOf({ channel, template, judged }: Message): ChannelError | undefined {
  const refused = (what: string) =>
    new ChannelError("channel.content-refused", what, { channel: channel.name, effect: "REQUEST" });
  if (!channel.personal && personalVariablesOf(template).length > 0) {
    return refused(`${channel.name} sends one text to all and can't name a person`);
  }
  const [issue] = channel.checkContent?.(judged) ?? [];
  return issue && refused(`content.${issue.path}: ${issue.message}`);
}
