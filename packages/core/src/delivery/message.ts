import type { EngineContext } from "../engine/engine-context.js";
import { ChannelError, RecallKitError } from "../errors.js";
import { personalVariablesOf, renderShared, sharedValues } from "../rule/render.js";
import { definitionOf } from "../rule/rule-version.js";
import type { Batch } from "./batch.js";
import type { Message } from "./recipients.js";

/**
 * What a batch says, by the rule version of its occurrence: the same at every attempt.
 *
 * @throws {ChannelError} `channel.unknown`, class CONFIG: no such channel is configured
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
  const definition = await definitionOf(stores, occurrence);
  const tenant = await stores.tenants.get(tenantId);
  const values = sharedValues(definition, occurrence, tenant?.name ?? "");
  const template = definition.content;
  const content = renderShared(template, values);
  return { channel, occurrence, template, values, content, markerKey: await context.markerKey(tenantId) };
}

/** Why a channel will never take this content; undefined: nothing speaks against it. */
export function refusalOf({ channel, template, content }: Message): ChannelError | undefined {
  const refused = (what: string) =>
    new ChannelError("channel.content-refused", what, { channel: channel.name, effect: "REQUEST" });
  if (!channel.personal && personalVariablesOf(template).length > 0) {
    return refused(`${channel.name} sends one text to all and can't name a person`);
  }
  const [issue] = channel.checkContent?.(content) ?? [];
  return issue && refused(`content.${issue.path}: ${issue.message}`);
}
