import { ChannelError, RecallKitError } from "@recallkit/core";
import type { OutgoingBatch, SendOptions, SendOutcome } from "@recallkit/core/ports";
import { isRefusal } from "./call-errors.js";
import type { WecomClient } from "./client.js";
import { wecomContent } from "./content.js";
import { INVALID_MEDIA } from "./error-map.js";
import { placeMarker } from "./marker.js";
import type { MediaCache } from "./media-cache.js";
import { type MessageContext, type WecomMessage, wecomMessage } from "./message.js";

const REJECTED = "rejected_by_provider";
/** People of a fail list whom the alarm names; it counts all of them. */
const MOST_NAMED = 100;

/** What sending needs besides the batch. */
export interface SendContext extends MessageContext {
  readonly client: WecomClient;
  readonly media: MediaCache;
  /** Member who is to send; undefined: whoever spoke with the customer last. */
  readonly sender: string | undefined;
}

/**
 * Makes the task for one batch; one outcome per address, in the order given.
 *
 * @throws {ChannelError} only with proof that no task was made
 */
export async function sendBatch(
  context: SendContext,
  batch: OutgoingBatch,
  options: SendOptions,
): Promise<readonly SendOutcome[]> {
  const addresses = batch.recipients.map(({ address }) => address);
  try {
    const { msgid, fail_list } = await addTask(context, batch, addresses, options);
    return outcomesOf(addresses, msgid, fail_list, options);
  } catch (error) {
    if (!ChannelError.is(error)) throw error;
    if (error.effect === "UNKNOWN") return addresses.map(() => ({ kind: "unknown", reason: reasonOf(error) }));
    if (error.effect === "RECIPIENT") return addresses.map(() => refusal(error.providerCode));
    throw error;
  }
}

async function addTask(context: SendContext, batch: OutgoingBatch, addresses: readonly string[], options: SendOptions) {
  const { client, media, sender } = context;
  const { writeBy, signal } = options;
  const content = placeMarker(wecomContent(batch.content), batch.marker);
  const attempt = async () => {
    const message = await wecomMessage(context, batch.tenantId, content, signal);
    const from = content.sender ?? sender;
    const recipients = { external_userid: addresses, ...(from !== undefined && { sender: from }) };
    const template = { chat_type: "single", ...recipients, ...templateParts(message) } as const;
    const send = () => client.addMsgTemplate(template, { writeBy, signal });
    return { uploads: message.uploads, send };
  };

  const first = await attempt();
  try {
    return await first.send();
  } catch (error) {
    // A refusal made no task, so the same message may go out again with fresh uploads.
    if (!isRefusal(error, INVALID_MEDIA) || first.uploads.length === 0) throw error;
    for (const uploaded of first.uploads) await media.expire(uploaded);
  }
  return (await attempt()).send();
}

/** Text and attachments as a task has them. */
export function templateParts({ text, attachments }: Pick<WecomMessage, "text" | "attachments">) {
  return { ...(text !== undefined && { text: { content: text } }), ...(attachments.length > 0 && { attachments }) };
}

function outcomesOf(
  addresses: readonly string[],
  msgid: string,
  failList: readonly string[],
  { onWarning }: SendOptions,
): readonly SendOutcome[] {
  const failed = new Set(failList);
  const outcomes = addresses.map((address): SendOutcome => {
    return failed.has(address) ? refusal() : { kind: "accepted", providerMessageId: msgid };
  });
  const ours = outcomes.filter(({ kind }) => kind === "refused").length;
  if (ours < failed.size) {
    const detail = `${failed.size - ours} of ${failed.size} ids in fail_list are not in the batch`;
    const meant = new Set(addresses);
    const strangers = [...failed].filter((id) => !meant.has(id)).slice(0, MOST_NAMED);
    onWarning?.({ code: "unknown_ids_in_fail_list", detail, addresses: strangers });
  }
  return outcomes;
}

function refusal(providerCode?: string): SendOutcome {
  return { kind: "refused", reason: REJECTED, ...(providerCode !== undefined && { providerCode }) };
}

/** Why the outcome is unknown, for example `transport.timeout`, `errcode -1`. */
function reasonOf(error: ChannelError): string {
  if (error.providerCode !== undefined) return `errcode ${error.providerCode}`;
  return RecallKitError.is(error.cause) ? error.cause.code : error.code;
}
